"""What a decision about one step looks at, what it remembers between looks, and what it answers."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field

from slyflow.engine.effect import Others, StepEffect
from slyflow.engine.policy import Policy
from slyflow.engine.state import StepState
from slyflow.model.artifact import Kind
from slyflow.model.event import AttemptFailed, Event, RunCreated, SessionRecovered, StepEnded, Warned
from slyflow.model.node import EdgeKey
from slyflow.model.pipeline import AppAction, FailureKind, Step
from slyflow.model.run import Failure, StepResult, StepStatus
from slyflow.model.session import Session
from slyflow.model.value import Json
from slyflow.syntax.expression import Scope

# Repeating these by default could run twice what still runs, or override what a person decided.
NOT_RETRIED = frozenset(
    {
        FailureKind.LOST,
        FailureKind.STOPPED,
        FailureKind.CANCELLED,
        FailureKind.LAUNCH_UNKNOWN,
        FailureKind.EDGE_FAILED,
    }
)


@dataclass(slots=True)
class Watch:
    """Volatile memory about a step's attempt: times on the monotonic clock; a resume starts it afresh.

    `doing` is the effect under way; `due` is when to look again; `since` when the phase
    began for this process; `looked_at` when a session in doubt or its outputs were last asked for; `looks`
    how often an output was missing; `seen_at` when the last poll that told a status was asked for;
    `info` is the ended session's `tasks.info`, `row` the list's row in which its end was seen; `graph` the
    edges of the session that stand, `unsent` one that certainly was not sent.
    """

    since: float
    doing: StepEffect | None = None
    due: float = 0.0
    tries: int = 0
    window_from: float | None = None
    looked_at: float = float("-inf")
    rejection: str | None = None
    warned_status: bool = False
    accepted_at: float = 0.0
    consumed_at: float | None = None
    started_at: float | None = None
    misses: int = 0
    missed_since: float = 0.0
    looks: int = 0
    seen_at: float = float("-inf")
    heard: str = ""
    heard_at: float = 0.0
    listened_at: float = float("-inf")
    graph: frozenset[EdgeKey] | None = None
    unsent: EdgeKey | None = None
    info: Mapping[str, Json] | None = None
    row: Session | None = None


@dataclass(frozen=True, slots=True)
class View:
    """One app step as its decisions see it.

    `scope` gives the names of its expressions, `others` the steps beside it, both as of this moment.

    `inherited`: the attempt was begun by an earlier process of this run. `drivers` are the users by whose
    tokens the run was ever driven, None among them when one is not known. `looks_first`: another machine
    may have sent the launch already, unknown to this journal. `recovered` are the sessions of
    attempts that a lost journal knew, by attempt.
    """

    step: Step
    action: AppAction
    run: RunCreated
    policy: Policy
    scope: Callable[[], Scope]
    others: Callable[[], Others]
    random: Callable[[], float]
    watermark: int | None
    traced: bool
    unwritable: frozenset[Kind]
    drivers: Container[int | None]
    inherited: bool
    looks_first: bool
    redact: Callable[[str], str]
    recovered: Mapping[int, Sequence[SessionRecovered]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Move:
    """Facts to commit first, effects to perform then, and when to look again at the latest."""

    events: tuple[Event, ...] = ()
    effects: tuple[StepEffect, ...] = ()
    wake: float | None = None


NOTHING = Move()


def pause(view: View, watch: Watch, now: float, least: float = 0.0) -> Move:
    """Count a failed try and return the move that waits with jitter, at least `least` seconds."""
    watch.tries += 1
    watch.due = now + max(least, view.policy.pause(watch.tries) * (0.5 + view.random() / 2))
    return Move(wake=watch.due)


def fail(view: View, state: StepState, failure: Failure, *events: Event) -> Move:
    """Return the move that ends this attempt: another one after a delay, or the step's end."""
    retry = view.step.retry
    kinds = retry.kinds or tuple(kind for kind in FailureKind if kind not in NOT_RETRIED)
    # What a session made before the journal was lost may be gone by now: that is no reason to make it again.
    is_old = failure.kind is FailureKind.OUTPUT_MISSING and state.attempt in view.recovered
    if state.attempt <= retry.max and failure.kind in kinds and not is_old:
        longest = min(retry.delay * retry.factor ** (state.attempt - 1), retry.cap)
        delay = longest * (0.8 + 0.2 * view.random())
        return Move((*events, AttemptFailed(view.step.id, state.attempt, failure, delay)))
    if failure.kind is FailureKind.LOST and view.inherited and view.traced:
        # It went down with the embedded instance, which is certain of it: the crash is not the step's fault.
        return Move((*events, AttemptFailed(view.step.id, state.attempt, failure, 0.0)))
    stopped = failure.kind in (FailureKind.STOPPED, FailureKind.CANCELLED)
    status = StepStatus.CANCELLED if stopped else StepStatus.FAILED
    result = StepResult(status, failure=failure, session_id=state.session_id)
    return Move((*events, StepEnded(view.step.id, result)))


def warn(view: View, message: str) -> Warned:
    """Return a warning about this step."""
    return Warned(message, view.step.id)
