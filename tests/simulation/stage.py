"""Virtual time: what happens when, and the inbox and the threads that the real executor believes it has."""

import heapq
import queue
from collections import deque
from collections.abc import Callable
from functools import partial

from slyflow.engine.effect import Effect, Reply
from slyflow.engine.executor import THREADS, Request
from tests.simulation.behaviour import FOREVER
from tests.simulation.crash import Crash
from tests.simulation.wire import Wire

Happening = Callable[[], None]
# So long may a run wait for nothing, and so often may it look: more of either is never right.
LONGEST = 30 * 86400.0
MOST_HAPPENINGS = 10_000
MOST_VAIN_LOOKS = 1_000


class Stuck(BaseException):
    """The run is not over, but nothing will ever happen again, or the same for ever."""


class Paused(BaseException):
    """The time has come to which a process was to be played; its executor can be driven on."""


class Agenda:
    """All that is going to happen in a world, in order of time; what belongs to a process dies with it."""

    def __init__(self) -> None:
        self.now = 0.0
        self._entries: list[tuple[float, int, int, Happening]] = []
        self._count = 0

    def at(self, time: float, happening: Happening, process: int = 0) -> None:
        """Have something happen at a time, not before now. `process` 0 = whatever processes do."""
        self._count += 1
        heapq.heappush(self._entries, (max(time, self.now), self._count, process, happening))

    def forget(self, process: int) -> None:
        """Drop what was to happen within a process."""
        self._entries = [entry for entry in self._entries if entry[2] != process]
        heapq.heapify(self._entries)

    @property
    def next(self) -> float | None:
        """When something happens next, None when nothing will."""
        return self._entries[0][0] if self._entries else None

    def run_next(self) -> None:
        """Let time pass to the next happening, and let it happen."""
        time, _, _, happening = heapq.heappop(self._entries)
        self.now = max(self.now, time)
        if self._count > MOST_HAPPENINGS:
            raise Stuck
        happening()

    def pass_until(self, time: float) -> None:
        """Let everything happen that happens before a time."""
        while self._entries and self._entries[0][0] <= time:
            self.run_next()
        self.now = max(self.now, time)


class Inbox:
    """Stands in for the executor's queue: waiting on it makes virtual time pass, `until` a time at most."""

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._items: deque[Reply | Request] = deque()
        self._vain = 0
        self.until = FOREVER

    def put(self, item: Reply | Request) -> None:
        self._items.append(item)

    def take_back(self) -> Reply | Request:
        """Return what was put in last, as if it had not been yet."""
        return self._items.pop()

    def get(self, timeout: float) -> Reply | Request:
        """Return the next item; queue.Empty after the time."""
        agenda = self._agenda
        until = agenda.now + timeout
        self._vain = 0 if self._items or until > agenda.now else self._vain + 1
        if self._vain > MOST_VAIN_LOOKS:
            raise Stuck  # it turns on the spot: nothing came, and it did not wait either
        while not self._items:
            following = FOREVER if agenda.next is None else agenda.next
            if min(following, until) > self.until:
                agenda.now = max(agenda.now, self.until)
                raise Paused
            if following > until:
                if timeout >= LONGEST:
                    raise Stuck
                agenda.now = until
                raise queue.Empty
            agenda.run_next()
        return self._items.popleft()

    def get_nowait(self) -> Reply | Request:
        if not self._items:
            raise queue.Empty
        return self._items.popleft()


class Pool:
    """Stands in for the executor's threads: so many effects at once, and each takes its time."""

    def __init__(self, agenda: Agenda, inbox: Inbox, wire: Wire) -> None:
        self._agenda = agenda
        self._inbox = inbox
        self._wire = wire
        self._waiting: deque[tuple[Callable[[Effect], None], Effect]] = deque()
        self._busy = 0

    def submit(self, perform: Callable[[Effect], None], effect: Effect) -> None:
        """Perform the effect as soon as a thread is free."""
        self._waiting.append((perform, effect))
        self._agenda.at(self._agenda.now, self._begin, self._wire.process)

    def _begin(self) -> None:
        if self._busy >= THREADS or not self._waiting:
            return
        perform, effect = self._waiting.popleft()
        self._busy += 1
        self._wire.local = self._agenda.now
        try:
            perform(effect)
        except Crash:
            ending: Happening = _die
        else:
            ending = partial(self._end, self._inbox.take_back())
        self._agenda.at(self._wire.local, ending, self._wire.process)

    def _end(self, reply: Reply | Request) -> None:
        self._busy -= 1
        self._inbox.put(reply)
        self._begin()


def _die() -> None:
    raise Crash
