"""`# slyflow: ignore[CODE] reason`: comments by which a person takes a problem for none."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence

from slyflow.code import Code, code, codes, find
from slyflow.problem import Problem, Span
from slyflow.record import record
from slyflow.syntax.node import Node, Scalar, scalars
from slyflow.syntax.source import Source
from slyflow.text import suggest

_FORM = "# slyflow: ignore[CODE] reason"
# Compiled where it is used: few files have such a comment.
_COMMENT = r"(?m)(?:(?<=\s)|^)#[ \t]*slyflow:[ \t]*ignore\b[ \t]*(\[([^\]\r\n]*)\])?[ \t]*([^\r\n]*)"


@record(frozen=True)
class Ignore:
    """A comment that silences the problems of these codes, by their slugs, on the lines `first` to `last`."""

    slugs: tuple[str, ...]
    first: int
    last: int
    span: Span

    def silences(self, problem: Problem) -> bool:
        """Say whether the problem is one that this comment is about."""
        return problem.slug in self.slugs and self.first <= problem.span.line <= self.last


def find_ignores(source: Source, root: Node) -> tuple[tuple[Ignore, ...], list[Problem]]:
    """Return the comments of a file that are well formed, and problems for the others."""
    comments = list(re.finditer(_COMMENT, source.text))
    if not comments:
        return (), []
    place = _Places(source, root)
    found: list[Ignore] = []
    problems: list[Problem] = []
    for comment in comments:
        if not place.is_in_text(comment.start()):
            wrong = list(_wrong(comment, source))
            problems += wrong
            if not wrong:
                found.append(_ignore(comment, place))
    return tuple(found), problems


class _Places:
    """Where in a file texts stand, and which lines say something."""

    def __init__(self, source: Source, root: Node) -> None:
        self.source = source
        self._texts = sorted({(_text_start(node, source), node.end) for node in scalars(root)})
        self._starts = [start for start, _ in self._texts]
        self._lines = [found.start(1) for found in re.finditer(r"(?:^|[\r\n])[ \t]*([^\s#])", source.text)]

    def is_in_text(self, offset: int) -> bool:
        """Say whether an offset is inside a scalar, so that what stands there is no comment."""
        before = bisect_left(self._starts, offset) - 1
        return before >= 0 and offset < self._texts[before][1]

    def lines_from(self, offset: int) -> tuple[int, int]:
        """Return the line of an offset, and the last one of the texts that begin on it.

        No comment can stand inside a text of several lines: the one at its first line is about all of it.
        """
        line = self.source.span(offset, offset).line
        first = self.source.line_start(offset)
        here = range(
            bisect_left(self._starts, first), bisect_right(self._starts, self.source.line_end(offset))
        )
        ends = (
            self.source.span(start, end).end_line for start, end in (self._texts[index] for index in here)
        )
        return line, max(ends, default=line)

    def next_line(self, offset: int) -> int:
        """Return where the first line below says something, else the end of the file."""
        below = bisect_right(self._lines, offset)
        return self._lines[below] if below < len(self._lines) else len(self.source.text)


def _text_start(node: Scalar, source: Source) -> int:
    """Return where a scalar's text begins: behind the line of `|` or `>` a comment is one."""
    return source.line_end(node.start) if node.style in ("|", ">") else node.start


def part(
    problems: Iterable[Problem], ignores: Sequence[Ignore]
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Return the problems that stay, and those that a comment silences."""
    kept: list[Problem] = []
    silenced: list[Problem] = []
    for problem in problems:
        is_silent = code(problem.slug).is_forgivable and any(one.silences(problem) for one in ignores)
        (silenced if is_silent else kept).append(problem)
    return tuple(kept), tuple(silenced)


def unused(
    ignores: Iterable[Ignore], silenced: Sequence[Problem], is_sought: Callable[[Code], bool]
) -> Iterator[Problem]:
    """Yield a warning for each comment, and code in it, that silenced nothing though it was sought."""
    for one in ignores:
        for slug in one.slugs:
            used = any(problem.slug == slug and one.silences(problem) for problem in silenced)
            found = find(slug)
            if not used and found is not None and is_sought(found):
                message = f"there is no {found.id} {slug} here that this comment could ignore"
                yield Problem(one.span, message, "unused-ignore", "remove it")


def _wrong(comment: re.Match[str], source: Source) -> Iterator[Problem]:
    listed, reason = comment[2], comment[3]
    if not (listed or "").strip():
        message = "this comment does not say which problem it ignores"
        yield source.problem(*_place(comment), message, "bad-ignore", hint=f"write {_FORM}")
        return
    for word in listed.split(","):
        yield from _wrong_word(word.strip(), comment, source)
    if not reason.strip():
        message = "this comment does not say why the problem may be ignored"
        yield source.problem(*_place(comment), message, "bad-ignore", hint=f"write {_FORM}")


def _wrong_word(word: str, comment: re.Match[str], source: Source) -> Iterator[Problem]:
    found = find(word)
    if found is None:
        known = [name for one in codes() for name in (one.id, one.slug)]
        near, message = suggest(word, known), f'there is no code "{word}"'
        start = comment.start(2) + comment[2].index(word)
        yield source.problem(
            start, start + len(word), message, "bad-ignore", hint="see `slyflow explain`", suggestion=near
        )
    elif not found.is_forgivable:
        message = f"{found.id} {found.slug} cannot be ignored: the file would say nothing certain"
        yield source.problem(*_place(comment), message, "bad-ignore", hint="correct what is wrong instead")


def _place(comment: re.Match[str]) -> tuple[int, int]:
    return comment.start(), comment.start() + len(comment[0].rstrip())


def _ignore(comment: re.Match[str], place: _Places) -> Ignore:
    source, start = place.source, comment.start()
    slugs = tuple(found.slug for word in comment[2].split(",") if (found := find(word.strip())))
    is_alone = not source.text[source.line_start(start) : start].strip()
    first, last = place.lines_from(place.next_line(start) if is_alone else start)
    return Ignore(slugs, first, last, source.span(*_place(comment)))
