"""The launch protocol: intent first, one sending, and a look-up for every sending of unknown outcome."""

from collections.abc import Sequence
from typing import assert_never

from slyflow.engine import recovered
from slyflow.engine.effect import Accepted, Listed, LookUp, Prepare, Prepared, Reply, Send
from slyflow.engine.move import NOTHING, Move, View, Watch, fail, pause, warn
from slyflow.engine.request import Request, build, payload_sha256
from slyflow.engine.running import stays_away
from slyflow.engine.state import StepState
from slyflow.errors import (
    AuthError,
    BadReply,
    ExpressionError,
    InstanceError,
    NotSent,
    Rejected,
    SlyflowError,
    Unavailable,
)
from slyflow.model.artifact import Kind
from slyflow.model.event import (
    DuplicateFound,
    Event,
    LaunchAccepted,
    LaunchIntended,
    LaunchNotSent,
    LaunchSent,
)
from slyflow.model.outputsource import AnySource, CreatedSource
from slyflow.model.pipeline import FailureKind
from slyflow.model.run import Failure
from slyflow.model.session import Session, Status


def next_move(view: View, state: StepState, watch: Watch, now: float) -> Move:
    """Decide the next thing to do for a launch that the instance is not known to have."""
    if now < watch.due:
        return Move(wake=watch.due)
    if state.sending == "open":
        return _look_up(view, state, watch, now)
    if recovered.concerns(view, state):
        return recovered.next_move(view, state)
    try:
        request = build(view.run, view.step, view.action, state.attempt, view.scope())
    except ExpressionError as error:
        return fail(view, state, Failure(FailureKind.LAUNCH_REJECTED, error.message))
    if state.marker:
        if view.looks_first and watch.looked_at < watch.since:
            return _look_up(view, state, watch, now)
        return _send(view, state, request)
    prepare = _preparation(view, state, request)
    if prepare is not None:
        return Move(effects=(prepare,))
    assert view.watermark is not None
    return Move((_intent(view, state, request, view.watermark),))


def _look_up(view: View, state: StepState, watch: Watch, now: float) -> Move:
    if watch.window_from is None:
        watch.window_from = now
    watch.looked_at = now
    workspace = view.run.workspaces[view.step.id]
    return Move(effects=(LookUp(view.step.id, state.attempt, state.marker, workspace, state.watermark),))


def _send(view: View, state: StepState, request: Request) -> Move:
    events: list[Event] = [LaunchSent(view.step.id, state.attempt, state.sendings + 1)]
    if state.payload_sha256 != payload_sha256(request.launch):
        events.insert(0, warn(view, "the launch differs from the one first intended: has a secret changed?"))
    return Move(tuple(events), (Send(view.step.id, state.attempt, request.launch),))


def _preparation(view: View, state: StepState, request: Request) -> Prepare | None:
    """Return what must be looked up first, None when everything is known already."""
    compare: tuple[Kind, ...] = ()
    if not view.traced:
        sources = [spec.source for spec in view.action.outputs.values()]
        compare = tuple(
            sorted({source.kind for source in sources if isinstance(source, AnySource | CreatedSource)})
        )
    if not compare and not request.inputs and view.watermark is not None:
        return None
    return Prepare(
        view.step.id,
        state.attempt,
        request.launch.workspace,
        request.inputs,
        compare,
        watermark=view.watermark is None,
    )


def _intent(
    view: View, state: StepState, request: Request, watermark: int, prepared: Prepared | None = None
) -> LaunchIntended:
    return LaunchIntended(
        view.step.id,
        state.attempt,
        request.launch.marker,
        payload_sha256(request.launch),
        watermark,
        prepared.before if prepared else {},
        prepared.inputs if prepared else {},
    )


def on_reply(view: View, state: StepState, watch: Watch, reply: Reply, now: float) -> Move:
    """Decide what the end of a Prepare, Send or LookUp means."""
    match reply.effect:
        case Prepare():
            return _on_prepared(view, state, watch, reply.answer, now)
        case Send():
            return _on_sent(view, state, watch, reply.answer, now)
        case LookUp():
            return _on_looked_up(view, state, watch, reply.answer, now)
        case _:
            return NOTHING


def _on_prepared(view: View, state: StepState, watch: Watch, answer: object, now: float) -> Move:
    if isinstance(answer, Unavailable | BadReply):
        return pause(view, watch, now)
    if recovered.concerns(view, state):
        return recovered.on_prepared(view, state, answer)
    if isinstance(answer, SlyflowError):
        return fail(view, state, Failure(FailureKind.LAUNCH_REJECTED, answer.message))
    assert isinstance(answer, Prepared)
    watch.misses = watch.misses + 1 if answer.missing else 0
    if 0 < watch.misses < view.policy.lost_misses:
        # What has just been made may not be shown at once, and one such answer may be a proxy's.
        return pause(view, watch, now)
    if answer.missing:
        message = "; ".join(answer.missing[name] for name in sorted(answer.missing))
        return fail(view, state, Failure(FailureKind.LAUNCH_REJECTED, message))
    request = build(view.run, view.step, view.action, state.attempt, view.scope())
    watermark = answer.watermark if answer.watermark is not None else view.watermark
    assert watermark is not None
    watch.tries = 0
    return Move((_intent(view, state, request, watermark, answer),))


def _on_sent(view: View, state: StepState, watch: Watch, answer: object, now: float) -> Move:
    """The outcome classes of a launch call: accepted, not sent, rejected, or unknown."""
    if isinstance(answer, Accepted):
        return Move((LaunchAccepted(view.step.id, state.attempt, answer.session_id, "reply"),))
    if isinstance(answer, NotSent):
        wait = pause(view, watch, now, least=answer.retry_after or 0.0)
        return Move((LaunchNotSent(view.step.id, state.attempt, answer.message),), wake=wait.wake)
    if isinstance(answer, Rejected):
        # It should not exist, but one look costs little: a proxy may have answered for an accepting server.
        watch.rejection = answer.message
        watch.due = now
        return NOTHING
    assert isinstance(answer, InstanceError | AuthError)
    watch.window_from = now
    watch.due = now
    return Move(
        (warn(view, f"whether the launch was accepted is unknown ({answer.message}); looking for it"),)
    )


def _on_looked_up(view: View, state: StepState, watch: Watch, answer: object, now: float) -> Move:
    if isinstance(answer, SlyflowError):
        watch.looked_at = float("-inf")
        return pause(view, watch, now)
    assert isinstance(answer, Listed)
    ours = [session for session in answer.sessions if is_ours(view, session)]
    foreign = len(answer.sessions) - len(ours)
    strangers = (warn(view, f"{foreign} foreign session(s) carry this launch's marker"),) if foreign else ()
    if ours:
        return _adopt(view, state, ours, strangers)
    if watch.rejection is not None:
        return fail(view, state, Failure(FailureKind.LAUNCH_REJECTED, watch.rejection), *strangers)
    if state.sending != "open":
        return NOTHING  # it was looked for before its first sending
    if answer.place_gone:
        return _on_place_gone(view, state, watch, now)
    watch.misses = 0
    assert watch.window_from is not None
    # An answer may take minutes: it tells of the time when it was asked for.
    if watch.looked_at - watch.window_from < view.policy.launch_window:
        watch.due = now + view.policy.look_up_every
        return Move(wake=watch.due)
    if strangers:
        message = "a session carries its marker but is of another app, workspace or user"
        return fail(view, state, Failure(FailureKind.LAUNCH_UNKNOWN, message), *strangers)
    return _window_over(view, state, watch)


def _on_place_gone(view: View, state: StepState, watch: Watch, now: float) -> Move:
    """Where its workspace stays gone, nobody will ever tell what became of the launch."""
    if not stays_away(view, watch, now):
        watch.due = now + view.policy.look_up_every
        return Move(wake=watch.due)
    place = view.run.workspaces[view.step.id].id
    message = f"its workspace {place} is no longer on the instance, and a session of it with that"
    return fail(view, state, Failure(FailureKind.LAUNCH_UNKNOWN, message))


def _window_over(view: View, state: StepState, watch: Watch) -> Move:
    window = view.policy.launch_window
    message = f"no session with its marker appeared within {window:g} s"
    match view.action.launch:
        case "relaunch" if state.doubtful >= view.policy.most_sendings:
            failure = Failure(FailureKind.LAUNCH_UNKNOWN, f"{message}, {state.doubtful} times over")
            return fail(view, state, failure)
        case "relaunch":
            watch.window_from = None
            watch.due = 0.0
            return Move((LaunchNotSent(view.step.id, state.attempt, message, is_certain=False),))
        case "at_most_once":
            failure = Failure(FailureKind.LAUNCH_UNKNOWN, f"{message}; at_most_once forbids to send it again")
            return fail(view, state, failure)
        case _:
            assert_never(view.action.launch)


def is_ours(view: View, session: Session) -> bool:
    """A session counts only when it runs our app in our workspace, by one of the users that drove the run.

    What the instance does not tell counts as right; a step that names its `user` is not held to that.
    """
    app = view.run.apps[view.step.id]
    workspace = view.run.workspaces[view.step.id]
    return (
        session.module_id in (None, app.module_id)
        and session.workspace_id in (None, workspace.id)
        and _is_by_us(view, session)
    )


def _is_by_us(view: View, session: Session) -> bool:
    if session.created_by is None or view.action.user is not None:
        return True
    return None in view.drivers or session.created_by in view.drivers


def _adopt(view: View, state: StepState, sessions: Sequence[Session], events: Sequence[Event]) -> Move:
    """Take the oldest session that did not fail; any other is a duplicate."""
    step, attempt = view.step.id, state.attempt
    kept, *extra = sorted(sessions, key=lambda s: (s.status in (Status.ERROR, Status.STOPPED), s.id))
    accepted = LaunchAccepted(step, attempt, kept.id, "adopted")
    if not extra:
        return Move((*events, accepted))
    ids = ", ".join(str(session.id) for session in extra)
    warning = warn(view, f"the launch exists more than once: keeping {kept.id}, stopping {ids}")
    duplicates = (DuplicateFound(step, attempt, session.id) for session in extra)
    return Move((*events, warning, accepted, *duplicates))
