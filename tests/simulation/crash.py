"""Crashes: every place where a process may die is a numbered point, and a world says at which it dies."""

from collections.abc import Iterator, Sequence


class Crash(BaseException):
    """The process dies here, as by kill -9; not an Exception, so that nothing of it is caught."""


class CrashPlan:
    """Counts crash points; `gaps` are how many of them each process lives through."""

    def __init__(self, gaps: Sequence[int]) -> None:
        self._gaps: Iterator[int] = iter(gaps)
        self._left: int | None = next(self._gaps, None)
        self.crashes = 0

    def arm(self, points: int) -> None:
        """Die after so many more points."""
        self._left = points

    def point(self) -> None:
        """Pass a point, or die there."""
        if self._left is None:
            return
        if self._left > 0:
            self._left -= 1
            return
        self._left = next(self._gaps, None)
        self.crashes += 1
        raise Crash
