"""A line for people: parts of text with a style, made safe when the line is drawn."""

from collections.abc import Sequence
from typing import Literal

from slyflow.record import record
from slyflow.text import sanitize

Style = Literal["plain", "strong", "dim", "good", "bad", "warn", "active"]
_CODES = {"strong": "1", "dim": "2", "good": "32", "bad": "31", "warn": "33", "active": "36"}


@record(frozen=True)
class Part:
    """Some text and how it looks where colour is allowed."""

    text: str
    style: Style = "plain"


Line = Sequence[str | Part]
"""Parts in order; a bare string is plain."""


def one_line(text: str) -> str:
    """Return remote text made safe, with its line ends and tabs turned into spaces."""
    return sanitize(text.translate({10: " ", 13: " ", 9: " "}))


def draw(line: Line, *, color: bool) -> str:
    """Return the line as safe text without a line end, with colour codes only where `color` allows."""
    return "".join(_draw(part, color=color) for part in line)


def _draw(part: str | Part, *, color: bool) -> str:
    if isinstance(part, str):
        return one_line(part)
    text = one_line(part.text)
    if not color or part.style == "plain" or not text:
        return text
    return f"\x1b[{_CODES[part.style]}m{text}\x1b[0m"


def columns(rows: Sequence[Sequence[str | Part]]) -> list[Line]:
    """Return rows of cells as lines whose cells stand below each other, two spaces apart.

    Empty cells at the end of a row are left out.
    """
    rows = [_trimmed(row) for row in rows]
    texts = [[one_line(cell if isinstance(cell, str) else cell.text) for cell in row] for row in rows]
    count = max((len(row) for row in texts), default=0)
    widths = [max((len(row[i]) for row in texts if i < len(row)), default=0) for i in range(count)]
    return [_padded(row, texts[number], widths) for number, row in enumerate(rows)]


def _trimmed(row: Sequence[str | Part]) -> Sequence[str | Part]:
    full = [index for index, cell in enumerate(row, 1) if (cell if isinstance(cell, str) else cell.text)]
    return row[: full[-1] if full else 0]


def _padded(row: Sequence[str | Part], texts: Sequence[str], widths: Sequence[int]) -> Line:
    line: list[str | Part] = []
    for index, cell in enumerate(row):
        line.append(cell)
        if index < len(row) - 1:
            line.append(" " * (widths[index] - len(texts[index]) + 2))
    return line
