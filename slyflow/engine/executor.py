"""Drives a plan: commits its facts, performs its effects in a few threads, and feeds back what returns."""

import queue
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from slyflow.engine.effect import Effect, Reply
from slyflow.engine.journal import Journal
from slyflow.engine.performer import Performer
from slyflow.engine.plan import Plan
from slyflow.errors import InstanceError, SlyflowError, StoreError
from slyflow.model.event import Event, LaunchAccepted, Recorded, Reporter

THREADS = 8
# How long an interrupted run waits for a launch on its way, so that its outcome is journalled.
LAUNCH_GRACE = 60.0
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Request:
    """Something a person asks of a running executor."""

    what: Literal["interrupt", "cancel"]
    reason: str


class Executor:
    """The one deciding thread of a run, and the threads that perform for it."""

    def __init__(
        self,
        plan: Plan,
        journal: Journal,
        performer: Performer,
        reporter: Reporter,
        *,
        clock: Callable[[], float] = time.monotonic,
        watch: Callable[[], bool] = lambda: False,
        watch_every: float = 0.5,
    ) -> None:
        """`watch` is asked every `watch_every` seconds whether another process wants the run cancelled."""
        self._plan = plan
        self._journal = journal
        self._performer = performer
        self._reporter = reporter
        self._clock = clock
        self._watch = watch
        self._watch_every = watch_every
        self._watched_at = clock()
        # SimpleQueue.put is reentrant, so that a signal handler may call it.
        self._inbox: queue.SimpleQueue[Reply | Request] = queue.SimpleQueue()
        self._interrupted_at: float | None = None

    def request(self, request: Request) -> None:
        """Ask for an interrupt or a cancel; safe in a signal handler and from any thread."""
        self._inbox.put(request)

    def run(self) -> int:
        """Drive the run to its end and return its exit code.

        An interrupted run returns 130 with its sessions left running. AuthError and Unavailable when
        the instance refuses or stays away, StoreError when the journal fails: each can be resumed.
        """
        pool = ThreadPoolExecutor(THREADS, thread_name_prefix="slyflow")
        try:
            return self._loop(pool)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _loop(self, pool: ThreadPoolExecutor) -> int:
        self._take_in(self._clock())  # a request made before the start counts before anything is begun
        while True:
            turn = self._plan.advance(self._clock())
            self._commit(turn.events)
            for effect in turn.effects:
                pool.submit(self._perform, effect)
            if self._plan.exit_code is not None:
                return self._plan.exit_code
            if self._may_leave():
                return INTERRUPTED
            if self._plan.halt is not None and not self._plan.is_sending:
                self._halt(self._plan.halt)
            self._take_in(turn.wake)

    def _may_leave(self) -> bool:
        if self._interrupted_at is None:
            return False
        return not self._plan.is_sending or self._clock() - self._interrupted_at > LAUNCH_GRACE

    def _halt(self, error: SlyflowError) -> None:
        self._plan.interrupt(error.message, self._clock())
        self._commit(self._plan.advance(self._clock()).events)
        raise error

    def _commit(self, events: Sequence[Event]) -> None:
        if events:
            for entry in self._append(events):
                self._reporter.report(entry)

    def _append(self, events: Sequence[Event]) -> Sequence[Recorded]:
        try:
            return self._journal.append(events)
        except StoreError as error:
            accepted = [event for event in events if isinstance(event, LaunchAccepted)]
            lost = ", ".join(f"{event.step}: session {event.session_id}" for event in accepted)
            if not lost:
                raise
            hint = "a resume finds these sessions by their markers"
            raise StoreError(f"{error.message}; accepted but not journalled: {lost}", hint=hint) from error

    def _take_in(self, wake: float | None) -> None:
        """Wait for the next reply, request or time, then take in everything that is there."""
        now = self._clock()
        wait = self._watch_every if wake is None else min(max(0.0, wake - now), self._watch_every)
        try:
            self._accept(self._inbox.get(timeout=wait))
            while True:
                self._accept(self._inbox.get_nowait())
        except queue.Empty:
            pass
        if self._clock() - self._watched_at >= self._watch_every:
            self._watched_at = self._clock()
            if self._watch():
                self._plan.cancel("slyflow stop asked for it", self._clock())

    def _accept(self, item: Reply | Request) -> None:
        now = self._clock()
        if isinstance(item, Reply):
            self._plan.handle(item, now)
        elif item.what == "cancel":
            self._plan.cancel(item.reason, now)
        else:
            self._interrupted_at = now
            self._plan.interrupt(item.reason, now)

    def _perform(self, effect: Effect) -> None:
        try:
            answer = self._performer.perform(effect)
        except SlyflowError as error:
            self._inbox.put(Reply(effect, error))
        except Exception as error:  # noqa: BLE001 - a thread's crash must reach the deciding thread
            self._inbox.put(Reply(effect, InstanceError(f"{type(error).__name__}: {error}")))
        else:
            self._inbox.put(Reply(effect, answer))
