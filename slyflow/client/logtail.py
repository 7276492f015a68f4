"""The end of a log as far as it was told, by which new lines are known however the log moved."""

from collections.abc import Sequence

from slyflow.model.session import LogLine

# Up to here a log is read whole each time; a longer one from the lines that were last in it.
SHORT = 2000
# So many of the last lines are looked for when a log is read anew.
REMEMBERED = 200
LOST = LogLine("lines may be missing here: the log turned over before it was read", "warn")


class Tail:
    """The last lines that were told of one log."""

    def __init__(self) -> None:
        self._count = 0
        self._last: list[LogLine] = []

    @property
    def since(self) -> str | None:
        """The time from which to read on, None for the whole log.

        It is the earliest of the remembered lines: an app may write the time of another zone.
        """
        times = [line.timestamp for line in self._last if line.timestamp]
        return min(times) if self._count > SHORT and times else None

    def new_in(self, lines: Sequence[LogLine]) -> Sequence[LogLine]:
        """Return the lines after those told before, and take them for told.

        Where none of those is there any more, all are new, and LOST goes ahead of them.
        """
        start = _start_of_new(self._last, lines)
        new = list(lines[start or 0 :])
        self._count += len(new)
        if not self._last or start is not None or not lines:
            self._last = [*self._last, *new][-REMEMBERED:]
            return new
        self._last = new[-REMEMBERED:]
        return [LOST, *new]


def _start_of_new(known: Sequence[LogLine], lines: Sequence[LogLine]) -> int | None:
    """Return the place in `lines` after as many of the last known ones as can be found; None for none."""
    length, place = _overlap(known, lines)
    before, changed = _overlap(known[:-1], lines)
    if length and length >= before:
        return place
    # The last line was told before it was whole: it is told again.
    return changed if before or len(known) == 1 else None


def _overlap(known: Sequence[LogLine], lines: Sequence[LogLine]) -> tuple[int, int]:
    """Return how many of the last known lines stand together in `lines`, and the place after them.

    The most that there are; where they stand twice, the first place: rather tell twice than not at all.
    """
    best, place = 0, 0
    for end in range(1, len(lines) + 1):
        length = _common_end(known, lines, end)
        if length > best:
            best, place = length, end
        if best == len(known):
            break
    return best, place


def _common_end(known: Sequence[LogLine], lines: Sequence[LogLine], end: int) -> int:
    length = 0
    while length < min(len(known), end) and known[-1 - length] == lines[end - 1 - length]:
        length += 1
    return length
