"""Waiting for sessions: all of them looked at together, and each told of once, when it has ended."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from slyflow.client.crowd import Crowd, Look
from slyflow.client.sessions import Sessions
from slyflow.client.waited import How, Limits, Waited, phase_of, verdict
from slyflow.errors import BadReply, Gone, Unavailable, UsageError
from slyflow.model.session import Session, Status
from slyflow.record import record

# Looks that must miss a session before it is lost.
MISSES = 3


@record(frozen=True)
class Pace:
    """Seconds between two looks, and of patience.

    Sessions are looked at after a twentieth of the time waited so far, but not sooner than `every` nor
    later than `slowest`. A session must be missing for `lost_after`; the instance may be out of reach
    for `unreachable`.
    """

    every: float = 1.0
    slowest: float = 15.0
    lost_after: float = 60.0
    unreachable: float = 3600.0

    def pause(self, waited: float) -> float:
        """Return the time to the next look, after so many seconds of waiting."""
        return max(self.every, min(waited / 20, self.slowest))


NO_LIMITS = Limits()
NOTHING_SEEN = Look({}, ())
PACE = Pace()


class Waiting:
    """Waits for sessions; it neither starts, stops nor changes any.

    `clock` returns seconds that only grow, `sleep` takes seconds.
    """

    def __init__(
        self,
        sessions: Sessions,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._sleep = sleep

    def one(
        self, session_id: int, *, limits: Limits = NO_LIMITS, until: Status | None = None, pace: Pace = PACE
    ) -> Waited:
        """Return what became of one session, as `each` tells it."""
        return next(self.each([session_id], limits=limits, until=until, pace=pace))

    def all(
        self,
        ids: Sequence[int],
        *,
        limits: Limits = NO_LIMITS,
        until: Status | None = None,
        pace: Pace = PACE,
    ) -> Mapping[int, Waited]:
        """Return what became of each session, as `each` tells it, in the order of `ids`."""
        waited = {one.id: one for one in self.each(ids, limits=limits, until=until, pace=pace)}
        return {session_id: waited[session_id] for session_id in ids}

    def each(
        self,
        ids: Sequence[int],
        *,
        limits: Limits = NO_LIMITS,
        until: Status | None = None,
        pace: Pace = PACE,
    ) -> Iterator[Waited]:
        """Yield each session once: when it has ended, is in the status `until` or past it, or is late.

        Errors of the sessions are values. What is raised is about the instance: Unavailable or BadReply
        when it gave no good answer for long, AuthError or Rejected when it refuses.
        """
        if until is Status.UNKNOWN:
            raise UsageError("UNKNOWN is what the client reads, no status that a session reaches")
        began = self._clock()
        glance = _Glance(self._sessions, self._clock, pace.unreachable)
        left = {session_id: _Watch(session_id, limits, until, pace, began) for session_id in ids}
        while left:
            look = glance.take(list(left))
            now = self._clock()
            for watch in list(left.values()):
                waited = watch.judge(look, now)
                if waited is not None:
                    del left[watch.session_id]
                    yield waited
            if left:
                now = self._clock()
                due = min(watch.due(now) for watch in left.values())
                self._sleep(min(pace.pause(now - began), max(due, pace.every)))


class _Glance:
    """Looks at sessions, and forgives the instance for a while when it gives no good answer."""

    def __init__(self, sessions: Sessions, clock: Callable[[], float], patience: float) -> None:
        self._crowd = Crowd(sessions)
        self._clock = clock
        self._patience = patience
        self._good = clock()

    def take(self, ids: Sequence[int]) -> Look:
        """Return what was seen, nothing when there was no good answer; its error when that is so for long."""
        try:
            look = self._crowd.look(ids)
        except Gone:
            raise
        except (Unavailable, BadReply):
            if self._clock() - self._good >= self._patience:
                raise
            return NOTHING_SEEN
        self._good = self._clock()
        return look


class _Watch:
    """One session that is waited for: its phase, and since when it is missing."""

    def __init__(self, session_id: int, limits: Limits, until: Status | None, pace: Pace, now: float) -> None:
        self.session_id = session_id
        self._limits = limits
        self._until = until
        self._pace = pace
        self._began = self._since = now
        self._session: Session | None = None
        self._missing_since: float | None = None
        self._misses = 0

    def judge(self, look: Look, now: float) -> Waited | None:
        """Return how the waiting ends by this look, None while it goes on."""
        session = look.seen.get(self.session_id)
        if session is not None:
            return self._seen(session, now)
        return self._missed(now) if self.session_id in look.gone else None

    def due(self, now: float) -> float:
        """Return the seconds after which the session is late."""
        limit = None if self._session is None else self._limits.of(phase_of(self._session.status))
        return float("inf") if limit is None else max(0.0, self._since + limit - now)

    def _seen(self, session: Session, now: float) -> Waited | None:
        phase = phase_of(session.status)
        if self._session is None or phase_of(self._session.status) is not phase:
            self._since = now
        self._session, self._missing_since, self._misses = session, None, 0
        how = verdict(session, self._until)
        if how is not None:
            return Waited(self.session_id, how, session, seconds=now - self._began)
        limit = self._limits.of(phase)
        if limit is None or now - self._since < limit:
            return None
        return Waited(self.session_id, How.LATE, session, phase, now - self._since)

    def _missed(self, now: float) -> Waited | None:
        if self._missing_since is None:
            self._missing_since = now
        self._misses += 1
        # One that was never there needs no long mourning.
        patience = 0.0 if self._session is None else self._pace.lost_after
        if self._misses < MISSES or now - self._missing_since < patience:
            return None
        return Waited(self.session_id, How.LOST, self._session, seconds=now - self._began)
