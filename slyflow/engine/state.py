"""Where one step stands: a frozen value folded from the journal's events, and the fold."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Literal, assert_never

from slyflow.model.artifact import Artifact, Output
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
from slyflow.model.node import EdgeKey
from slyflow.model.run import Failure, StepResult
from slyflow.model.session import Status
from slyflow.record import changed, field, record

LaunchEvent = LaunchIntended | LaunchSent | LaunchNotSent | LaunchAccepted | LaunchResolved
DuplicateEvent = DuplicateFound | DuplicateEnded
SessionEvent = SessionChanged | StopRequested | SessionEnded
EdgeEvent = EdgeIntended | EdgeWritten | EdgeFailed
AttemptEvent = LaunchEvent | DuplicateEvent | SessionEvent | OutputsFound | EdgeEvent | AttemptFailed
StepEvent = StepStarted | AttemptEvent | StepEnded


class Phase(Enum):
    """What a step does next."""

    WAITING = auto()
    """Other steps must end first."""
    READY = auto()
    """Its conditions hold; it wants a slot."""
    LAUNCHING = auto()
    """It holds a slot; its launch is being prepared, sent or looked for."""
    RUNNING = auto()
    """The instance has the session."""
    ENDED = auto()
    """The session is terminal; what it made is being read."""
    LINKING = auto()
    """The attempt succeeded; its edges are being written."""
    OVER = auto()
    """It is never run again."""


Sending = Literal["none", "open", "refused"]
"""Of the launch: nothing was sent; the last sending's outcome is open; it was certainly not accepted."""

EdgeStatus = Literal["intended", "written", "app", "failed"]


@record(frozen=True)
class StepState:
    """Everything the journal says of a step; `attempt` counts from 1 once it was started.

    `doubtful` are the sendings of its launch that may have been accepted, unlike those certainly refused.
    """

    phase: Phase = Phase.WAITING
    attempt: int = 0
    marker: str = ""
    payload_sha256: str = ""
    watermark: int = 0
    before: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    inputs: Mapping[str, Artifact] = field(default_factory=dict)
    sending: Sending = "none"
    sendings: int = 0
    doubtful: int = 0
    session_id: int | None = None
    status: Status | None = None
    stop: Failure | None = None
    outputs: Mapping[str, Output | None] = field(default_factory=dict)
    edges: Mapping[EdgeKey, EdgeStatus] = field(default_factory=dict)
    edge_sendings: Mapping[EdgeKey, int] = field(default_factory=dict)
    edge_failure: str | None = None
    result: StepResult | None = None

    @property
    def holds_slot(self) -> bool:
        """Whether the step counts against the limit of sessions."""
        return self.phase in (Phase.LAUNCHING, Phase.RUNNING)


def fold(state: StepState, event: StepEvent) -> StepState:
    """Return the state after one more fact; facts about an earlier attempt change nothing."""
    match event:
        case StepStarted():
            return StepState(phase=Phase.LAUNCHING, attempt=state.attempt + 1)
        case StepEnded():
            return changed(state, phase=Phase.OVER, result=event.result)
        case _:
            return state if event.attempt < state.attempt else _fold_attempt(state, event)


def _fold_attempt(state: StepState, event: AttemptEvent) -> StepState:
    match event:
        case LaunchIntended() | LaunchSent() | LaunchNotSent() | LaunchAccepted() | LaunchResolved():
            return _fold_launch(state, event)
        case SessionChanged() | StopRequested() | SessionEnded():
            return _fold_session(state, event)
        case OutputsFound() if event.hidden:
            # What the journal does not have whole is read from the instance once more.
            return state
        case OutputsFound():
            return changed(state, phase=Phase.LINKING, outputs=event.outputs)
        case EdgeIntended() | EdgeWritten() | EdgeFailed():
            return _fold_edge(state, event)
        case AttemptFailed():
            return changed(state, phase=Phase.READY)
        case DuplicateFound() | DuplicateEnded():
            return state
        case _:
            assert_never(event)


def _fold_launch(state: StepState, event: LaunchEvent) -> StepState:
    match event:
        case LaunchIntended():
            return changed(
                state,
                marker=event.marker,
                payload_sha256=event.payload_sha256,
                watermark=event.watermark,
                before=event.before,
                inputs={name: item for name, item in event.inputs.items() if name not in event.hidden},
                edge_failure=_lost_inputs(event),
            )
        case LaunchSent():
            return changed(state, sending="open", sendings=event.sending, doubtful=state.doubtful + 1)
        case LaunchNotSent():
            return changed(state, sending="refused", doubtful=state.doubtful - event.is_certain)
        case LaunchAccepted():
            return changed(state, phase=Phase.RUNNING, session_id=event.session_id, status=Status.QUEUED)
        case LaunchResolved():
            return _resolved(state, event.session_id)
        case _:
            assert_never(event)


def _resolved(state: StepState, session_id: int | None) -> StepState:
    again = changed(state, result=None, stop=None)
    if session_id is None:
        return changed(again, phase=Phase.LAUNCHING, sending="refused", sendings=0, doubtful=0)
    return changed(again, phase=Phase.RUNNING, session_id=session_id, status=Status.QUEUED)


def _lost_inputs(event: LaunchIntended) -> str | None:
    if not event.hidden:
        return None
    names = ", ".join(event.hidden)
    return f"the journal does not keep the secret in the path or name of: {names}"


def _fold_session(state: StepState, event: SessionEvent) -> StepState:
    match event:
        case SessionChanged():
            return changed(state, status=event.status)
        case StopRequested():
            return changed(state, stop=event.failure)
        case SessionEnded():
            return changed(state, phase=Phase.ENDED, status=event.status)
        case _:
            assert_never(event)


def _fold_edge(state: StepState, event: EdgeEvent) -> StepState:
    match event:
        case EdgeIntended():
            sendings = {**state.edge_sendings, event.key: state.edge_sendings.get(event.key, 0) + 1}
            return changed(state, edges={**state.edges, event.key: "intended"}, edge_sendings=sendings)
        case EdgeWritten():
            how: EdgeStatus = "app" if event.how == "app" else "written"
            return changed(state, edges={**state.edges, event.key: how})
        case EdgeFailed():
            return changed(state, edges={**state.edges, event.key: "failed"}, edge_failure=event.message)
        case _:
            assert_never(event)
