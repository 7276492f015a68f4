"""A step at a glance: a fold of the events that are about it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, assert_never

from slyflow.model.artifact import Output
from slyflow.model.event import (
    AttemptFailed,
    DuplicateEnded,
    DuplicateFound,
    EdgeFailed,
    EdgeIntended,
    EdgeWritten,
    LaunchAccepted,
    LaunchIntended,
    LaunchNotSent,
    LaunchResolved,
    LaunchSent,
    OutputsFound,
    SessionChanged,
    SessionEnded,
    StepEnded,
    StepStarted,
    StopRequested,
)
from slyflow.model.pipeline import FailureKind
from slyflow.model.run import Failure, StepStatus
from slyflow.model.session import Status
from slyflow.record import changed, field, record

ActionKind = Literal["app", "values"]


@record(frozen=True)
class StepSummary:
    """One step. `session` and `session_status` are those of the last attempt, times are ISO 8601 in UTC.

    `failure` is the last attempt's, `reason` says why the step was skipped.
    """

    id: str
    kind: ActionKind
    is_final: bool = False
    app: str | None = None
    status: StepStatus = StepStatus.WAITING
    session: int | None = None
    session_status: Status | None = None
    attempts: int = 0
    outputs: Mapping[str, Output | None] = field(default_factory=dict)
    started_at: str | None = None
    ended_at: str | None = None
    failure: Failure | None = None
    reason: str | None = None
    edges: int = 0
    failed_edges: int = 0

    @property
    def duration(self) -> float | None:
        """The seconds from its first start to its end, None until it has ended."""
        return elapsed(self.started_at, self.ended_at)

    @property
    def is_unresolved(self) -> bool:
        """Whether it ended although nobody knows if its launch has a session."""
        unknown = self.failure is not None and self.failure.kind is FailureKind.LAUNCH_UNKNOWN
        return unknown and self.ended_at is not None


def elapsed(begin: str | None, end: str | None) -> float | None:
    """Return the seconds between two ISO 8601 instants, None when one is missing; never below 0."""
    if begin is None or end is None:
        return None
    return max(0.0, (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds())


StepEvent = (
    StepStarted
    | LaunchIntended
    | LaunchSent
    | LaunchNotSent
    | LaunchAccepted
    | LaunchResolved
    | DuplicateFound
    | DuplicateEnded
    | SessionChanged
    | StopRequested
    | SessionEnded
    | OutputsFound
    | EdgeIntended
    | EdgeWritten
    | EdgeFailed
    | AttemptFailed
    | StepEnded
)


def fold_step(step: StepSummary, event: StepEvent, at: str) -> StepSummary:
    """Return how the step stands after one more fact, recorded at `at`."""
    match event:
        case StepStarted():
            return changed(
                step,
                status=StepStatus.RUNNING,
                attempts=step.attempts + 1,
                started_at=step.started_at or at,
                session=None,
                session_status=None,
                ended_at=None,
                reason=None,
            )
        case LaunchResolved() | LaunchAccepted() | SessionChanged() | SessionEnded():
            return _fold_session(step, event)
        case EdgeWritten() | EdgeFailed():
            return _fold_edge(step, event)
        case OutputsFound():
            return changed(step, outputs=event.outputs)
        case AttemptFailed():
            return changed(step, failure=event.failure)
        case StepEnded():
            return _end(step, event, at)
        case (
            LaunchIntended()
            | LaunchSent()
            | LaunchNotSent()
            | DuplicateFound()
            | DuplicateEnded()
            | StopRequested()
            | EdgeIntended()
        ):
            return step
        case _:
            assert_never(event)


def _fold_session(
    step: StepSummary, event: LaunchResolved | LaunchAccepted | SessionChanged | SessionEnded
) -> StepSummary:
    if isinstance(event, LaunchResolved):
        step = changed(step, status=StepStatus.RUNNING, session=None, failure=None, ended_at=None)
    if isinstance(event, LaunchResolved | LaunchAccepted):
        return changed(step, session=event.session_id, session_status=Status.QUEUED)
    return changed(step, session_status=event.status)


def _fold_edge(step: StepSummary, event: EdgeWritten | EdgeFailed) -> StepSummary:
    if isinstance(event, EdgeWritten):
        return changed(step, edges=step.edges + 1)
    return changed(step, failed_edges=step.failed_edges + 1)


def _end(step: StepSummary, event: StepEnded, at: str) -> StepSummary:
    result = event.result
    ran = result.status in (StepStatus.SUCCEEDED, StepStatus.FAILED)
    return changed(
        step,
        status=result.status,
        outputs=result.outputs,
        failure=result.failure,
        reason=result.reason,
        session=result.session_id if result.session_id is not None else step.session,
        # Values are computed at once: their step has no event of its own that says it started.
        started_at=step.started_at or (at if ran else None),
        ended_at=at,
    )
