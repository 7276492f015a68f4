"""A running session: its statuses, its limits, and its stop."""

from slyflow.engine.effect import Heard, Listen, Reply, Stop
from slyflow.engine.move import NOTHING, Move, View, Watch, fail, warn
from slyflow.engine.state import StepState
from slyflow.model.event import SessionChanged, SessionEnded, StopRequested
from slyflow.model.pipeline import FailureKind
from slyflow.model.run import Failure
from slyflow.model.session import Session, Status
from slyflow.text import format_duration

_RUNNING = (Status.STARTED, Status.DEPLOYED, Status.UNKNOWN)


def on_listed(
    view: View,
    state: StepState,
    watch: Watch,
    session: Session | None,
    now: float,
    *,
    place_gone: bool = False,
) -> Move:
    """Take note of what a poll says of the session, None when the instance does not have it.

    `place_gone`: the instance does not have its workspace either.
    """
    if session is None:
        return on_missing(view, state, watch, now, place_gone=place_gone)
    watch.misses = 0
    status = session.status
    if status is Status.UNKNOWN:
        return _on_unknown(view, watch, now)
    if status.is_terminal:
        return Move((SessionEnded(view.step.id, state.attempt, status),))
    if status is state.status:
        return NOTHING
    return Move((SessionChanged(view.step.id, state.attempt, status),))


def note_status(watch: Watch, status: Status, now: float) -> None:
    """Remember when the session left the queue and when it started, for the limits of those phases.

    An unknown status counts as that of a session that runs.
    """
    if status is not Status.QUEUED and watch.consumed_at is None:
        watch.consumed_at = now
    if status in _RUNNING and watch.started_at is None:
        watch.started_at = watch.heard_at = now


def _on_unknown(view: View, watch: Watch, now: float) -> Move:
    # It may be the first that a resumed run sees of a session which was queued when it last looked.
    note_status(watch, Status.UNKNOWN, now)
    if watch.warned_status:
        return NOTHING
    watch.warned_status = True
    return Move((warn(view, "the instance tells a status this version does not know; it counts as running"),))


def on_missing(view: View, state: StepState, watch: Watch, now: float, *, place_gone: bool = False) -> Move:
    """A session is lost only when it stays missing: lists lag, and pages shift."""
    if not stays_away(view, watch, now):
        return NOTHING
    message = f"session {state.session_id} is no longer on the instance"
    if place_gone:
        message += f", nor is its workspace {view.run.workspaces[view.step.id].id}"
    return fail(view, state, Failure(FailureKind.LOST, message))


def stays_away(view: View, watch: Watch, now: float) -> bool:
    """Count that something is missing once more, and say whether that is believed."""
    if watch.misses == 0:
        watch.missed_since = now
    watch.misses += 1
    missed_for = now - watch.missed_since
    return watch.misses >= view.policy.lost_misses and missed_for >= view.policy.absence


def next_move(view: View, state: StepState, watch: Watch, now: float) -> Move:
    """Stop what ran out of time; listen where silence is limited."""
    assert state.session_id is not None
    if state.stop is not None:
        if now < watch.due:
            return Move(wake=watch.due)
        watch.due = now + view.policy.stop_every
        return Move(effects=(Stop(view.step.id, state.attempt, state.session_id),), wake=watch.due)
    limit = _nearest_limit(view, watch)
    # Only a poll after the limit proves that it still waits or runs: it may have ended while nobody looked.
    if limit is not None and limit[0] <= watch.seen_at:
        return Move((StopRequested(view.step.id, state.attempt, limit[1]),))
    wake = limit[0] if limit and limit[0] > now else None
    return _listen(view, state, watch, now, wake)


def _listen(view: View, state: StepState, watch: Watch, now: float, wake: float | None) -> Move:
    """Read the end of the log in time; only what was read after the limit proves that it was silent."""
    silent = view.step.timeout.silent
    if silent is None or watch.started_at is None:
        return Move(wake=wake)
    assert state.session_id is not None
    quiet_until = watch.heard_at + silent
    if quiet_until <= watch.listened_at:
        failure = Failure(FailureKind.STALLED, f"it was silent for {format_duration(silent)}")
        return Move((StopRequested(view.step.id, state.attempt, failure),))
    if watch.due <= now:
        watch.due = now + silent / view.policy.silent_checks
        return Move(effects=(Listen(view.step.id, state.attempt, state.session_id),), wake=watch.due)
    return Move(wake=min(watch.due, wake) if wake is not None else watch.due)


def _nearest_limit(view: View, watch: Watch) -> tuple[float, Failure] | None:
    """Return when the first of the limits that count now is reached, and what that means."""
    timeout = view.step.timeout
    limits: list[tuple[float, Failure]] = []

    def add(begin: float, length: float | None, kind: FailureKind, what: str) -> None:
        if length is not None:
            limits.append((begin + length, Failure(kind, f"{what} for {format_duration(length)}")))

    if watch.consumed_at is None:
        add(watch.accepted_at, timeout.queue, FailureKind.QUEUE_TIMEOUT, "it was queued")
    elif watch.started_at is None:
        add(watch.consumed_at, timeout.start, FailureKind.START_TIMEOUT, "it did not start")
    else:
        add(watch.started_at, timeout.run, FailureKind.RUN_TIMEOUT, "it ran")
    return min(limits, key=lambda limit: limit[0], default=None)


def on_reply(watch: Watch, reply: Reply, now: float) -> Move:
    """Take note of a log's end; a stop's outcome shows in the status."""
    if isinstance(reply.answer, Heard):
        watch.listened_at = now
    if isinstance(reply.answer, Heard) and reply.answer.last is not None:
        last = reply.answer.last
        mark = f"{last.timestamp} {last.message}"
        if mark != watch.heard:
            watch.heard, watch.heard_at = mark, now
    return NOTHING
