"""The breaker: an instance that failed many times in a row is asked only now and then."""

import threading
import time
from collections.abc import Callable

MOST_FAILURES = 10
PROBE_EVERY = 30.0


class Breaker:
    """Counts failures in a row of all threads' requests to one instance; times are in seconds."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        *,
        most: int = MOST_FAILURES,
        probe_every: float = PROBE_EVERY,
    ) -> None:
        self._clock = clock
        self._most = most
        self._probe_every = probe_every
        self._failures = 0
        self._next_probe = 0.0
        self._lock = threading.Lock()

    def wait(self) -> float:
        """Return 0 when a request may be sent, else how long from now the next one may be."""
        with self._lock:
            now = self._clock()
            if self._failures < self._most:
                return 0.0
            if now < self._next_probe:
                return self._next_probe - now
            self._next_probe = now + self._probe_every
            return 0.0

    def note(self, *, well: bool) -> None:
        """Take note of how a request ended: well when the instance answered it, be it with a refusal."""
        with self._lock:
            self._failures = 0 if well else self._failures + 1
            if self._failures == self._most:
                self._next_probe = self._clock() + self._probe_every
