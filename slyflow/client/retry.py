"""When a request may be sent again, how long to wait before that, and how long one sending may take."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime

LONGEST_DELAY = 60.0
LONGEST_RETRY_AFTER = 300.0


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a request may be sent in all; with `only_unsent` again only when it certainly did not act."""

    tries: int
    only_unsent: bool = False


READ = Retry(tries=5)
"""For reads, and for writes that leave the same state however often they arrive."""

WRITE = Retry(tries=5, only_unsent=True)
"""For writes that would act twice."""

NEVER = Retry(tries=1, only_unsent=True)
"""For what the caller alone may send again."""


@dataclass(frozen=True, slots=True)
class Timeout:
    """Seconds: to connect, of silence while reading, and for the whole answer once it begins."""

    connect: float = 10.0
    read: float = 30.0
    total: float = 120.0

    def within(self, seconds: float | None) -> "Timeout":
        """Return the timeout of an answer that may take so long; None changes nothing.

        What takes longer in all because of its size still may.
        """
        if seconds is None:
            return self
        total = self.total if self.total > SHORT.total else seconds
        return Timeout(min(self.connect, seconds), seconds, total)


SHORT = Timeout()
LAUNCH = Timeout(read=60.0)
TRANSFER = Timeout(total=1800.0)


class Budget:
    """Bounds retries to a share of all calls, so that a failing instance is not flooded; thread-safe."""

    def __init__(self, *, share: float = 0.1, burst: float = 20.0) -> None:
        self._share = share
        self._burst = burst
        self._tokens = burst
        self._lock = threading.Lock()

    def earn(self) -> None:
        """Count one call."""
        with self._lock:
            self._tokens = min(self._burst, self._tokens + self._share)

    def spend(self) -> bool:
        """Take one retry; False when none is left."""
        with self._lock:
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True


def delay(failures: int, spread: float, retry_after: float | None) -> float:
    """Return seconds to wait after the n-th failure: full jitter, or what the instance asked for.

    `spread` is a random number in [0, 1). What the instance asks for is a lower bound.
    """
    jittered = spread * min(LONGEST_DELAY, float(2 ** min(failures - 1, 10)))
    return max(jittered, retry_after or 0.0)


def retry_after(text: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header (seconds or a date) asks for, at most 5 minutes."""
    if text is None:
        return None
    if text.strip().isdecimal():
        # Cut before int(): a header of a million digits is not worth converting.
        return min(LONGEST_RETRY_AFTER, float(text.strip()[:9]))
    # Imported here: rarely needed, and it brings half of the email package with it.
    from email.utils import parsedate_to_datetime

    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return min(LONGEST_RETRY_AFTER, max(0.0, (aware - now).total_seconds()))
