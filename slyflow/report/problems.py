"""Problems as people read them: the place, the message, the line of the file and a caret below it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from slyflow.problem import Problem, Span, in_order
from slyflow.text import sanitize

_BREAK = re.compile(r"\r\n|\r|\n")
_TAB = 4
_WIDTH = 100
_BEFORE = 30
_NEAR = 150
_COLORS = {"error": "\x1b[31m", "warning": "\x1b[33m", "note": "\x1b[36m"}
_BOLD, _DIM, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def render(
    problems: Iterable[Problem], sources: Mapping[str, str], *, color: bool, page: str | None = None
) -> str:
    """Return the problems sorted: `file:line:column: message [code slug]`, then the line, a caret and a hint.

    `sources` is the text of each file; a problem of a file that is not in it is shown without its line.
    With `color` the text holds ANSI colours, and with the URL of a `page` a link there from each code.
    Every line of it ends in a line feed.
    """
    renderer = _Renderer(sources, color=color, page=page)
    return "".join(f"{line}\n" for problem in in_order(problems) for line in renderer.lines(problem))


class _Renderer:
    """Holds the lines of the files, split once."""

    def __init__(self, sources: Mapping[str, str], *, color: bool, page: str | None) -> None:
        self._sources = sources
        self._page = page
        self._lines: dict[str, list[str]] = {}
        self._color = color

    def lines(self, problem: Problem) -> Iterator[str]:
        tint = _COLORS[problem.severity]
        label = "" if problem.severity == "error" else f"{self._paint(f'{problem.severity}:', tint)} "
        place = self._paint(_place(problem.span), _BOLD)
        code = self._linked(self._paint(f"[{problem.code} {problem.slug}]", _DIM), problem.code)
        yield f"{place}: {label}{_one_line(problem.text)} {code}"
        yield from self._excerpt(problem.span, tint)
        if problem.hint:
            yield f"    {self._paint('hint:', _BOLD)} {_one_line(problem.hint)}"
        for related in problem.related:
            yield f"    {_place(related.span)}: {_one_line(related.message)}"
            yield from self._excerpt(related.span, _DIM)

    def _linked(self, text: str, code: str) -> str:
        if self._page is None:
            return text
        return f"\x1b]8;;{self._page}#{code.lower()}\x1b\\{text}\x1b]8;;\x1b\\"

    def _excerpt(self, span: Span, tint: str) -> Iterator[str]:
        line = self._line(span)
        if not line:
            return
        shown, caret = _underlined(line, span)
        number = str(span.line)
        bar = self._paint("|", _DIM)
        yield f" {self._paint(number, _DIM)} {bar} {shown}".rstrip()
        yield f" {' ' * len(number)} {bar} {self._paint(caret, tint, indented=True)}"

    def _line(self, span: Span) -> str:
        if span.file not in self._lines:
            self._lines[span.file] = _BREAK.split(self._sources.get(span.file, ""))
        lines = self._lines[span.file]
        return lines[span.line - 1] if span.line <= len(lines) else ""

    def _paint(self, text: str, tint: str, *, indented: bool = False) -> str:
        if not self._color:
            return text
        spaces = len(text) - len(text.lstrip()) if indented else 0
        return f"{text[:spaces]}{tint}{text[spaces:]}{_RESET}"


def _place(span: Span) -> str:
    return f"{_one_line(span.file)}:{span.line}:{span.column}"


def _one_line(text: str) -> str:
    return " ".join(sanitize(text).split("\n")).replace("\t", " ")


def _underlined(line: str, span: Span) -> tuple[str, str]:
    """Return what is shown of a line, and the spaces and carets that stand below it."""
    start = min(span.column - 1, len(line))
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    # A file may be one long line with a problem in every word of it.
    skipped = max(0, start - _NEAR)
    rest = len(line) - skipped - 2 * _NEAR
    line = line[skipped : skipped + 2 * _NEAR]
    start, end = start - skipped, min(end - skipped, len(line))
    end = max(start, end)
    if line.isascii() and line.isprintable():
        cells, widths = list(line), [1] * len(line)
    else:
        cells = [_cell(character) for character in line]
        widths = [_width(cell) for cell in cells]
    first, last = _window(widths, start)
    head = "…" if first or skipped else ""
    tail = "…" if last < len(cells) or rest > 0 else ""
    before = len(head) + sum(widths[first:start])
    below = sum(widths[start : min(end, last)])
    return head + "".join(cells[first:last]) + tail, " " * before + "^" * max(1, below)


def _window(widths: list[int], start: int) -> tuple[int, int]:
    """Return which characters of a line are shown, so that it fits and `start` is among them."""
    first = 0
    if sum(widths) > _WIDTH and sum(widths[:start]) > _WIDTH - _BEFORE:
        first = max(0, start - _BEFORE)
    last, room = first, _WIDTH
    while last < len(widths) and (room := room - widths[last]) >= 0:
        last += 1
    return first, max(last, min(start + 1, len(widths)))


def _cell(character: str) -> str:
    """Return what stands for a character on a terminal: tabs become spaces, what is unsafe a sign for it."""
    if character == "\t":
        return " " * _TAB
    return character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"


def _width(cell: str) -> int:
    """Return how many columns a terminal gives to a cell."""
    if cell.isascii():
        return len(cell)
    if unicodedata.combining(cell):
        return 0
    return 2 if unicodedata.east_asian_width(cell) in "WF" else 1
