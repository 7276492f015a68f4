"""Drives a plan: commits its facts, performs its effects in a few threads, and feeds back what returns."""

import queue
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from slyflow.engine.effect import Accepted, Effect, Reply, Send
from slyflow.engine.emergency import Emergency, Kept
from slyflow.engine.journal import Journal
from slyflow.engine.performer import Performer
from slyflow.engine.plan import Plan
from slyflow.errors import InstanceError, NotSent, SlyflowError, StoreError
from slyflow.model.event import Event, LaunchAccepted, Recorded, Reporter

THREADS = 8
# How long an interrupted run waits for a launch on its way, so that its outcome is journalled.
LAUNCH_GRACE = 60.0
# A disk may be full for a moment; these seconds cost less than what is lost.
MORE_TRIES, TRY_AGAIN_AFTER = 4, 0.1
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
        emergency: Emergency | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`watch` is asked every `watch_every` seconds whether another process wants the run cancelled.

        `emergency` takes the ids of accepted sessions that the journal cannot.
        """
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
        self._emergency = emergency
        self._sleep = sleep
        self._outstanding: dict[int, Send] = {}
        self._is_over = False

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
            if self._emergency is not None:
                self._emergency.clear()  # what was in it is in the first commit
            for effect in turn.effects:
                if isinstance(effect, Send):
                    self._outstanding[id(effect)] = effect
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
            if self._emergency is None:
                raise
            return self._append_at_last(events, error, self._emergency)

    def _append_at_last(
        self, events: Sequence[Event], error: StoreError, emergency: Emergency
    ) -> Sequence[Recorded]:
        """Try a few times more; then keep the ids of sessions that the journal does not know, and raise."""
        for _ in range(MORE_TRIES):
            self._sleep(TRY_AGAIN_AFTER)
            try:
                return self._journal.append(events)
            except StoreError as again:
                error = again
        known = [event for event in events if isinstance(event, LaunchAccepted)]
        lost = [*(self._kept(event) for event in known), *self._still_accepted()]
        if not lost:
            raise error
        told = "; ".join(f"{one.step}: session {one.session_id}, marker {one.marker}" for one in lost)
        where = f"kept in {emergency.path}" if emergency.keep(lost) else "kept nowhere but here"
        hint = "make room, then resume: it takes them over"
        raise StoreError(f"{error.message}; accepted but not journalled ({where}): {told}", hint=hint)

    def _kept(self, event: LaunchAccepted) -> Kept:
        return Kept(event.step, event.attempt, event.session_id, self._plan.marker(event.step))

    def _still_accepted(self) -> Iterator[Kept]:
        """Wait for the launches that are on their way; those that have not left stay here."""
        self._is_over = True
        deadline = self._clock() + LAUNCH_GRACE
        while self._outstanding and self._clock() < deadline:
            try:
                item = self._inbox.get(timeout=deadline - self._clock())
            except queue.Empty:
                return
            if isinstance(item, Reply) and isinstance(item.effect, Send):
                self._outstanding.pop(id(item.effect), None)
                if isinstance(item.answer, Accepted):
                    send, session_id = item.effect, item.answer.session_id
                    yield Kept(send.step, send.attempt, session_id, send.launch.marker)

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
            if isinstance(item.effect, Send):
                self._outstanding.pop(id(item.effect), None)
            self._plan.handle(item, now)
        elif item.what == "cancel":
            self._plan.cancel(item.reason, now)
        else:
            self._interrupted_at = now
            self._plan.interrupt(item.reason, now)

    def _perform(self, effect: Effect) -> None:
        try:
            if self._is_over and isinstance(effect, Send):
                raise NotSent("the journal cannot be written")
            answer = self._performer.perform(effect)
        except SlyflowError as error:
            self._inbox.put(Reply(effect, error))
        except Exception as error:  # noqa: BLE001 - a thread's crash must reach the deciding thread
            self._inbox.put(Reply(effect, InstanceError(f"{type(error).__name__}: {error}")))
        else:
            self._inbox.put(Reply(effect, answer))
