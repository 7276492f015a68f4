"""Time for tests: it passes only by sleeping."""

from collections.abc import Callable


class Clock:
    """A clock whose `sleep` moves it; `wakes` are called with the time after each sleep."""

    def __init__(self, now: float = 100.0) -> None:
        self.now = now
        self.slept: list[float] = []
        self.wakes: list[Callable[[float], None]] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.slept.append(seconds)
        self.now += seconds
        for wake in self.wakes:
            wake(self.now)
