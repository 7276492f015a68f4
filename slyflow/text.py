"""Words for people: suggestions, plurals, durations and text made safe to print."""

import re
from collections.abc import Iterable

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
# Compiled where they are used, which is seldom: it takes longer than the rest of this module.
_ESCAPE = (
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # OSC, DCS, SOS, PM, APC
    r"|\x9b[0-?]*[ -/]*[@-~]"  # 8-bit CSI
    r"|[\x90\x98\x9d-\x9f][^\x07\x9c]*(?:\x07|\x9c)?"  # 8-bit strings
    r"|\x1b[ -/]*[0-~]"  # two-character escapes
)
_CONTROL = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
LINE_LIMIT = 8192


def suggest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word nearest to `word` by edit distance, or None when none is near."""
    best: str | None = None
    low, letters, nearest = word.lower(), set(word.lower()), len(word) + 1
    for candidate in sorted(known):
        other = candidate.lower()
        shorter = min(len(low), len(other))
        # Of two letters one alone says nothing; and what is no nearer than another is not looked at.
        limit = min(max(1, (shorter + 1) // 3), shorter - 1, nearest - 1)
        if limit < 0 or len(letters ^ set(other)) > 2 * limit:
            continue  # each edit changes two letters at most
        distance = _distance(low, other, limit)
        if distance is not None:
            best, nearest = candidate, distance
    return best


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `, did you mean "x"?`, or the empty string when nothing is near."""
    nearest = suggest(word, known)
    return f', did you mean "{nearest}"?' if nearest else ""


def _distance(a: str, b: str, limit: int) -> int | None:
    """Damerau-Levenshtein distance (adjacent swaps count one), or None above `limit`."""
    if abs(len(a) - len(b)) > limit:
        return None
    far = limit + 1
    before: list[int] = []
    row = [*range(far), *([far] * (len(b) + 1 - far))] if len(b) >= far else list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        current = [far] * (len(b) + 1)
        current[0] = min(i, far)
        # Further from the diagonal every way is longer than the limit.
        for j in range(max(1, i - limit), min(len(b), i + limit) + 1):
            cost = min(row[j] + 1, current[j - 1] + 1, row[j - 1] + (x != b[j - 1]))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == b[j - 1]:
                cost = min(cost, before[j - 2] + 1)
            current[j] = cost
        before, row = row, current
    return row[-1] if row[-1] <= limit else None


def parse_duration(text: str) -> float | None:
    """Return seconds for `90s`, `15m`, `2h`, `1d`, or None when `text` is not a duration."""
    number, unit = text[:-1], text[-1:]
    whole, point, part = number.partition(".")
    if unit not in _UNITS or not whole.isdecimal() or bool(point) != part.isdecimal():
        return None
    return float(number) * _UNITS[unit]


def format_duration(seconds: float) -> str:
    """Return seconds in the form a person reads: `0.4s`, `12s`, `3m 05s`, `2h 07m`, `1d 02h`."""
    if seconds < 10:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02d}s"
    if whole < 86400:
        return f"{whole // 3600}h {whole % 3600 // 60:02d}m"
    return f"{whole // 86400}d {whole % 86400 // 3600:02d}h"


def plural(count: int, noun: str) -> str:
    """Return `1 step`, `2 steps`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def sanitize(text: str, limit: int = LINE_LIMIT) -> str:
    """Return remote text without terminal escapes, control and direction characters, cut to `limit`.

    Line feeds and tabs stay.
    """
    clean = text if text.isprintable() else re.sub(_CONTROL, "", re.sub(_ESCAPE, "", text))
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"
