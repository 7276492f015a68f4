"""The invariants of reliability.md 2.2, asserted of a world against the ledger of its instance."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from slyflow.model.event import (
    DuplicateFound,
    EdgeWritten,
    LaunchAccepted,
    LaunchSent,
    RunCancelled,
    RunClosed,
    RunResumed,
    SessionChanged,
    SessionEnded,
    StepEnded,
    Warned,
)
from slyflow.model.pipeline import FailureKind
from tests.simulation.behaviour import FOREVER
from tests.simulation.ledger import EdgeKey, Sent, Session
from tests.simulation.played import Played
from tests.simulation.truth import Truth, expected_exit_code
from tests.simulation.witness import Breach

# Retries of reads may be a tenth of all calls, and a burst beyond that (slyflow.client.retry.Budget).
RETRY_BURST, RETRY_SHARE = 20, 0.1
MOST_EDGE_SENDINGS = 2
# All threads may be waiting for answers that do not come.
STOP_PATIENCE = 200.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one world came to. `duplicates` and `orphans` beyond the bounds are no breaches by themselves."""

    breaches: tuple[Breach, ...]
    exit_code: int | None
    launches: int
    sessions: int
    crashes: int
    processes: int
    unknown: int
    requests: int
    duplicates: int
    orphans: int
    false_successes: int

    def with_breaches(self, more: tuple[Breach, ...]) -> "Verdict":
        """Return the verdict with what else was found."""
        return replace(self, breaches=self.breaches + more) if more else self


def judge(played: Played) -> Verdict:
    """Hold a world that was played against every invariant."""
    played.server.advance(FOREVER)
    truth = Truth(played)
    breaches = list(standing(played))
    if played.exit_code is not None:
        breaches += truth.breaches()
        breaches += _closed(played, truth)
    ledger = played.server.ledger
    false = played.exit_code == 0 and any(breach.invariant == "I8" for breach in breaches)
    return Verdict(
        tuple(breaches),
        exit_code=played.exit_code,
        launches=len(ledger.launches),
        sessions=sum(bool(session.step) for session in ledger.sessions.values()),
        crashes=played.crashes,
        processes=played.processes,
        unknown=sum(launch.outcome == "unknown" for launch in ledger.launches),
        requests=sum(ledger.requests.values()),
        duplicates=sum(len(group) - 1 for group in _by_attempt(played).values()),
        orphans=len(_orphans(played)),
        false_successes=int(false),
    )


def standing(played: Played) -> tuple[Breach, ...]:
    """Return the breaches of what holds at any moment of a run, its end among them."""
    return (
        *played.breaches,
        *_sessions(played),
        *_order(played),
        *_edges(played),
        *_load(played),
    )


def _by_attempt(played: Played) -> dict[tuple[str, int], list[Session]]:
    groups: dict[tuple[str, int], list[Session]] = {}
    for session in played.server.ledger.sessions.values():
        if session.step:
            groups.setdefault((session.step, session.attempt), []).append(session)
    return groups


def _known(played: Played) -> set[int]:
    """Return the sessions that the journal names, as accepted or as duplicates."""
    return {e.session_id for e in played.events if isinstance(e, LaunchAccepted | DuplicateFound)}


def _named(played: Played, session: Session) -> bool:
    """Whether the run closed for a person to look, and a warning names this session or its step's doubt."""
    if played.exit_code != 3:
        return False
    warned = any(isinstance(e, Warned) and f"session {session.id} " in e.message for e in played.events)
    return warned or _is_given_up(played, session)


def _is_given_up(played: Played, session: Session) -> bool:
    return any(
        isinstance(event, StepEnded)
        and event.step == session.step
        and event.result.failure is not None
        and event.result.failure.kind is FailureKind.LAUNCH_UNKNOWN
        for event in played.events
    )


def _orphans(played: Played) -> list[Session]:
    known = _known(played)
    return [
        session
        for session in played.server.ledger.sessions.values()
        if session.step and session.id not in known and not _named(played, session)
    ]


def _sessions(played: Played) -> Iterator[Breach]:
    """I1 and I2; beyond the bounds a second session must be found if it was there to be found."""
    world = played.world
    groups = _by_attempt(played)
    strict = world.is_within_bounds
    once = {step.id for step in world.steps if step.launch == "at_most_once"}
    for (step, attempt), group in groups.items():
        # An instance that knows a repeated key has no second session, however late a launch arrives.
        if len(group) > 1 and (strict or world.honours_key or step in once):
            ids = ", ".join(str(session.id) for session in group)
            yield Breach("I1", f"{step} attempt {attempt} was launched {len(group)} times: {ids}")
    if played.exit_code is None:
        return
    for session in _orphans(played):
        if strict or session.visible_at < played.ended_at - world.window:
            yield Breach("I2", f"session {session.id} of {session.step} is not in the journal")
    yield from _left_running(played)
    yield from _unstopped(played)


def _left_running(played: Played) -> Iterator[Breach]:
    known = _known(played)
    at = played.ended_at
    for session in played.server.ledger.sessions.values():
        runs = session.is_there(at) and not session.is_terminal(at)
        if session.id in known and runs and not _named(played, session):
            yield Breach("I2", f"session {session.id} of {session.step} runs on after the run was closed")


def _unstopped(played: Played) -> Iterator[Breach]:
    """A second session that was found is asked to stop, by a process that lives long enough to do so."""
    asked = {stop.key for stop in played.server.ledger.stops}
    for session_id, found in played.found_at.items():
        session = played.server.ledger.sessions[session_id]
        for drive in played.drives:
            at = max(found, drive.begin) + STOP_PATIENCE
            if session_id not in asked and drive.end > at and not session.is_terminal(at):
                yield Breach("I1", f"the second session {session_id} was found, and never asked to stop")
                break


def _closed(played: Played, truth: Truth) -> Iterator[Breach]:
    """I8: the exit code is what the steps' results stand for, and only a doubt may change it."""
    expected = expected_exit_code(played, truth.results)
    missing = {step.id for step in played.world.steps} - truth.results.keys()
    if missing:
        yield Breach("I8", f"the run was closed before {', '.join(sorted(missing))} ended")
    if played.exit_code == expected:
        return
    doubtful = any(len(group) > 1 or _is_given_up(played, group[0]) for group in _by_attempt(played).values())
    if played.exit_code != 3 or not doubtful:
        yield Breach("I8", f"exit code {played.exit_code}, but the results stand for {expected}")


def _order(played: Played) -> Iterator[Breach]:
    """I6: an attempt's session ends once, and nothing is told of it afterwards; what is over stays over."""
    over: set[tuple[str, int]] = set()
    closed = False
    for event in played.events:
        if closed and not isinstance(event, RunResumed):
            yield Breach("I6", f"{type(event).__name__} after the run was closed")
        match event:
            case SessionChanged() | SessionEnded():
                if (event.step, event.attempt) in over:
                    yield Breach("I6", f"{event} after the session had ended")
                if isinstance(event, SessionEnded):
                    over.add((event.step, event.attempt))
            case RunClosed():
                closed = True
            case _:
                pass
    yield from _after_cancel(played)


def _after_cancel(played: Played) -> Iterator[Breach]:
    """A stopped run launches nothing any more but what `finally` has."""
    final = {step.id for step in played.world.steps if step.final}
    cancelled = False
    for event in played.events:
        cancelled = cancelled or isinstance(event, RunCancelled)
        if cancelled and isinstance(event, LaunchSent) and event.step not in final:
            yield Breach("I8", f"{event.step} was launched after the run had been stopped")


def _edges(played: Played) -> Iterator[Breach]:
    """I7: an edge is journalled as written once, and sent again only after a doubt."""
    written = Counter(event.key for event in played.events if isinstance(event, EdgeWritten))
    for key, count in written.items():
        if count > 1:
            yield Breach("I7", f"edge {key} is in the journal {count} times")
    acted = {edge.key for edge in played.server.ledger.edges if edge.acted}
    for key in written:
        if key not in acted:
            yield Breach("I7", f"edge {key} is in the journal, but was never written")
    sent: dict[EdgeKey, list[Sent[EdgeKey]]] = {}
    for edge in played.server.ledger.edges:
        if edge.outcome != "unsent":
            sent.setdefault(edge.key, []).append(edge)
    for edge_key, sendings in sent.items():
        yield from _edge(edge_key, sendings, is_readable=played.world.embedded)


def _edge(key: EdgeKey, sendings: list[Sent[EdgeKey]], *, is_readable: bool) -> Iterator[Breach]:
    for first, second in pairwise(sendings):
        if first.process == second.process and first.outcome != "unknown":
            yield Breach("I7", f"edge {key} was sent again after it was answered: {first.outcome}")
    if is_readable and sum(edge.acted for edge in sendings) > 1:
        yield Breach("I7", f"edge {key} was written more than once, though the graph can be read")
    if not is_readable and len(sendings) > MOST_EDGE_SENDINGS:
        yield Breach("I7", f"edge {key} was sent {len(sendings)} times")


def _load(played: Played) -> Iterator[Breach]:
    """I13: retries stay within their budget, and polls keep their distance."""
    for drive in played.drives:
        calls, exchanges = drive.budget.calls, drive.wire.exchanges
        if exchanges - calls > RETRY_BURST + RETRY_SHARE * calls + 1:
            yield Breach("I13", f"{exchanges} requests for {calls} calls")
        most = (drive.end - drive.begin) / played.world.poll_floor + 2
        if drive.performer.polls > most:
            yield Breach("I13", f"{drive.performer.polls} polls in {drive.end - drive.begin:.0f} s")
