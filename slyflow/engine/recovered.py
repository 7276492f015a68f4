"""A step of a run whose journal was rebuilt: the sessions it has are taken over, none is launched again."""

from collections.abc import Mapping, Sequence

from slyflow.engine.effect import Prepare, Prepared, Wanted
from slyflow.engine.move import Move, View, warn
from slyflow.engine.request import build
from slyflow.engine.state import StepState
from slyflow.errors import ExpressionError, SlyflowError
from slyflow.model.artifact import Artifact
from slyflow.model.event import (
    AttemptFailed,
    DuplicateFound,
    EdgeFailed,
    Event,
    LaunchAccepted,
    LaunchIntended,
    SessionRecovered,
    StepStarted,
)
from slyflow.model.node import Edge, EdgeKey
from slyflow.model.pipeline import FailureKind
from slyflow.model.run import Failure


def concerns(view: View, state: StepState) -> bool:
    """Whether a session of this attempt, or of a later one, is known from before the journal was lost."""
    return bool(view.recovered) and state.attempt <= max(view.recovered)


def next_move(view: View, state: StepState) -> Move:
    """Pass over an attempt that was followed by another; take over the last one's session."""
    step, attempt = view.step.id, state.attempt
    if attempt < max(view.recovered):
        return Move((AttemptFailed(step, attempt, _followed(view, attempt), 0.0),))
    try:
        inputs = build(view.run, view.step, view.action, attempt, view.scope()).inputs
    except ExpressionError as error:
        return Move((warn(view, f"what its session uses is not known: {error.message}"), *taken(view, {})))
    if not inputs:
        return Move(tuple(taken(view, {})))
    workspace = view.run.workspaces[step]
    return Move(effects=(Prepare(step, attempt, workspace, inputs, (), watermark=False),))


def on_prepared(view: View, state: StepState, answer: object) -> Move:
    """Take the session over with the inputs that are still there; no edge can be written for the others."""
    if not isinstance(answer, Prepared):
        assert isinstance(answer, SlyflowError)
        return Move((warn(view, f"what its session uses is not known: {answer.message}"), *taken(view, {})))
    events = taken(view, answer.inputs)
    if answer.missing:
        wanted = build(view.run, view.step, view.action, state.attempt, view.scope()).inputs
        events += _lost(view, {name: wanted[name] for name in answer.missing}, answer.missing)
    return Move(tuple(events))


def taken(view: View, inputs: Mapping[str, Artifact]) -> list[Event]:
    """Return the facts that make the last attempt's session the step's own; a second one is a duplicate."""
    step, attempt = view.step.id, max(view.recovered)
    kept, *extra = view.recovered[attempt]
    # Lists show what is above it; what existed before the launch nobody knows any more.
    watermark = min(found.session_id for found in (kept, *extra)) - 1
    return [
        LaunchIntended(step, attempt, kept.marker, "", watermark, {}, inputs),
        LaunchAccepted(step, attempt, kept.session_id, "adopted"),
        *(DuplicateFound(step, attempt, found.session_id) for found in extra),
    ]


def taken_at_once(view: View, state: StepState) -> list[Event]:
    """Return the same for a step whose turn has not come, so that its session can be stopped."""
    missing = max(view.recovered) - state.attempt
    return [*(StepStarted(view.step.id) for _ in range(missing)), *taken(view, {})]


def _followed(view: View, attempt: int) -> Failure:
    ids = [found.session_id for found in view.recovered.get(attempt, ())]
    which = f"its session {ids[0]}" if ids else "it"
    message = f"{which} was followed by another attempt; why is lost with the journal"
    return Failure(FailureKind.ERROR, message)


def _lost(view: View, wanted: Mapping[str, Wanted], missing: Mapping[str, str]) -> Sequence[EdgeFailed]:
    step, attempt = view.step.id, max(view.recovered)
    session: SessionRecovered = view.recovered[attempt][0]
    team = view.run.workspaces[step].team_id
    return [
        EdgeFailed(step, attempt, _key(team, session, used), f"it may stand or not: {missing[name]}")
        for name, used in wanted.items()
    ]


def _key(team: int, session: SessionRecovered, used: Wanted) -> EdgeKey:
    return Edge(team, session.session_id, "input", used.kind, used.value).key
