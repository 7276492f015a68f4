"""A run at a glance: everything that `show`, `--json` and the live view tell is a fold of its events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
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
    Recorded,
    RunCancelled,
    RunClosed,
    RunCreated,
    RunInterrupted,
    RunResumed,
    SessionChanged,
    SessionEnded,
    SessionRecovered,
    StepEnded,
    StepStarted,
    StopRequested,
    Warned,
)
from slyflow.model.pipeline import AppAction, FailureKind, Pipeline, ValuesAction
from slyflow.model.run import Failure, RunStatus, StepStatus
from slyflow.model.session import Status
from slyflow.model.value import Json

ActionKind = Literal["app", "values"]


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Summary:
    """A run. `exit_code` is None until the run is closed; `outputs` is what the pipeline returned."""

    run: str
    pipeline: str
    path: str
    instance_url: str
    is_embedded: bool
    started_at: str
    status: RunStatus
    steps: Mapping[str, StepSummary]
    exit_code: int | None = None
    ended_at: str | None = None
    outputs: Mapping[str, Json] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def session_url(self, session_id: int) -> str:
        """Return where a person sees the session."""
        return f"{self.instance_url}/apps/sessions/{session_id}"

    def absolute(self, url: str | None) -> str | None:
        """Return an artifact's address with the instance's in front when it is relative."""
        return self.instance_url + url if url and url.startswith("/") else url


def elapsed(begin: str | None, end: str | None) -> float | None:
    """Return the seconds between two ISO 8601 instants, None when one is missing; never below 0."""
    if begin is None or end is None:
        return None
    return max(0.0, (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds())


class Fold:
    """Takes events in order and gives the summary so far.

    Another thread may ask for the summary meanwhile: it is built from one copy of the steps, and the
    steps themselves are frozen.
    """

    def __init__(self, pipeline: Pipeline | None = None) -> None:
        """`pipeline` tells the steps that have not begun; without it a step is known from its first event."""
        self._steps: dict[str, StepSummary] = _waiting(pipeline) if pipeline else {}
        self._run: Summary | None = None
        self._warnings: list[str] = []

    def add(self, recorded: Recorded) -> None:
        """Take one more event."""
        at, event = recorded.at, recorded.event
        match event:
            case RunCreated():
                self._create(event)
            case RunResumed() | RunInterrupted() | RunCancelled() | RunClosed():
                self._run = _fold_run(self.head, event, at)
            case Warned():
                self._warnings.append(event.message)
            case SessionRecovered():
                pass  # it counts when its step's turn comes
            case _:
                self._steps[event.step] = _fold_step(self.step(event.step), event, at)

    def step(self, name: str) -> StepSummary:
        """Return one step as it stands."""
        return self._steps.get(name) or StepSummary(name, "values")

    @property
    def has_begun(self) -> bool:
        """Whether RunCreated was told."""
        return self._run is not None

    @property
    def head(self) -> Summary:
        """The run as it stands without its steps and warnings; costs nothing."""
        assert self._run is not None, "a journal begins with RunCreated"
        return self._run

    @property
    def summary(self) -> Summary:
        """The run as it stands."""
        return replace(self.head, steps=self._steps.copy(), warnings=tuple(self._warnings))

    def _create(self, event: RunCreated) -> None:
        self._run = Summary(
            run=event.run_id,
            pipeline=event.pipeline,
            path=event.path,
            instance_url=event.instance_url,
            is_embedded=event.home_instance,
            started_at=event.started_at,
            status=RunStatus.RUNNING,
            steps={},
        )
        for name, app in event.apps.items():
            step = self._steps.get(name) or StepSummary(name, "app")
            self._steps[name] = replace(step, kind="app", app=f"{app.slug}@{app.version}")


def summarize(events: Iterable[Recorded], pipeline: Pipeline | None = None) -> Summary:
    """Return the summary of a journal's events, of which the first is RunCreated."""
    fold = Fold(pipeline)
    for recorded in events:
        fold.add(recorded)
    return fold.summary


def _waiting(pipeline: Pipeline) -> dict[str, StepSummary]:
    steps = {}
    for step in pipeline.all_steps.values():
        match step.action:
            case AppAction():
                kind: ActionKind = "app"
            case ValuesAction():
                kind = "values"
            case _:
                assert_never(step.action)
        steps[step.id] = StepSummary(step.id, kind, is_final=step.is_final)
    return steps


def _fold_run(
    run: Summary, event: RunResumed | RunInterrupted | RunCancelled | RunClosed, at: str
) -> Summary:
    match event:
        case RunResumed():
            url = event.instance_url or run.instance_url
            return replace(run, status=RunStatus.RUNNING, ended_at=None, exit_code=None, instance_url=url)
        case RunInterrupted():
            return replace(run, status=RunStatus.INTERRUPTED)
        case RunCancelled():
            return replace(run, status=RunStatus.CANCELLED)
        case RunClosed():
            return replace(
                run,
                status=_closed_status(run, event.exit_code),
                exit_code=event.exit_code,
                outputs=event.outputs,
                ended_at=at,
            )
        case _:
            assert_never(event)


def _closed_status(run: Summary, exit_code: int) -> RunStatus:
    if run.status is RunStatus.CANCELLED:
        return RunStatus.CANCELLED
    return RunStatus.SUCCEEDED if exit_code == 0 else RunStatus.FAILED


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


def _fold_step(step: StepSummary, event: StepEvent, at: str) -> StepSummary:
    match event:
        case StepStarted():
            return replace(
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
            return replace(step, outputs=event.outputs)
        case AttemptFailed():
            return replace(step, failure=event.failure)
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
        step = replace(step, status=StepStatus.RUNNING, session=None, failure=None, ended_at=None)
    if isinstance(event, LaunchResolved | LaunchAccepted):
        return replace(step, session=event.session_id, session_status=Status.QUEUED)
    return replace(step, session_status=event.status)


def _fold_edge(step: StepSummary, event: EdgeWritten | EdgeFailed) -> StepSummary:
    if isinstance(event, EdgeWritten):
        return replace(step, edges=step.edges + 1)
    return replace(step, failed_edges=step.failed_edges + 1)


def _end(step: StepSummary, event: StepEnded, at: str) -> StepSummary:
    result = event.result
    ran = result.status in (StepStatus.SUCCEEDED, StepStatus.FAILED)
    return replace(
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
