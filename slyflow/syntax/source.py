"""A source file's text, and the way from an offset in it to a place a person can find."""

import re
from bisect import bisect_right
from itertools import accumulate

from slyflow.code import Slug
from slyflow.problem import Problem, Span

_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_UTF8_MARK = b"\xef\xbb\xbf"


class Source:
    """The text of one file; offsets count Unicode characters from 0."""

    __slots__ = ("_starts", "file", "text")

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self._starts: list[int] | None = None

    def span(self, start: int, end: int) -> Span:
        """Return the stretch from offset `start` up to, not including, `end`."""
        starts = self._starts or self._lines()
        line = bisect_right(starts, start)
        begin = starts[line - 1]
        if line == len(starts) or end < starts[line]:
            # A large file has a hundred thousand of them: this takes half the time of calling Span.
            return tuple.__new__(Span, (self.file, line, start - begin + 1, line, end - begin + 1))
        end_line = bisect_right(starts, end)
        return Span(self.file, line, start - begin + 1, end_line, end - starts[end_line - 1] + 1)

    def _lines(self) -> list[int]:
        if self._starts is None:
            self._starts = _line_starts(self.text)
        return self._starts

    def line_end(self, offset: int) -> int:
        """Return the offset at which the line of `offset` ends."""
        text = self.text
        feed = text.find("\n", offset)
        end = len(text) if feed < 0 else feed
        carriage = text.find("\r", offset, end)
        return end if carriage < 0 else carriage

    def line_start(self, offset: int) -> int:
        """Return the offset at which the line of `offset` starts."""
        return self._lines()[bisect_right(self._lines(), offset) - 1]

    def problem(
        self,
        start: int,
        end: int,
        message: str,
        slug: Slug,
        *,
        hint: str | None = None,
        suggestion: str | None = None,
    ) -> Problem:
        """Return a problem with the stretch from `start` to `end`."""
        return Problem(self.span(start, end), message, slug, hint, suggestion=suggestion)


def _line_starts(text: str) -> list[int]:
    if "\r" in text:
        return [0, *(found.end() for found in re.finditer(r"\r\n|\r|\n", text))]
    lengths = [len(line) + 1 for line in text.split("\n")]
    return list(accumulate(lengths[:-1], initial=0))


def decode(data: bytes, file: str) -> tuple[Source, list[Problem]]:
    """Return the text of a UTF-8 file; what is not UTF-8 is a problem and becomes U+FFFD."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            source = Source(file, "")
            message = f"this file is {encoding}, a pipeline is UTF-8"
            return source, [source.problem(0, 0, message, "encoding", hint="save the file as UTF-8")]
    marked = data.startswith(_UTF8_MARK)
    body = data[len(_UTF8_MARK) :] if marked else data
    try:
        source = Source(file, body.decode())
        problems = []
    except UnicodeDecodeError as error:
        # "replace" keeps what stands before the bad byte, so its offset can be counted there.
        source = Source(file, body.decode(errors="replace"))
        offset = len(body[: error.start].decode())
        message = f"byte 0x{body[error.start]:02x} is not UTF-8"
        problems = [source.problem(offset, offset + 1, message, "encoding", hint="save the file as UTF-8")]
    if marked:
        message = "the file begins with a byte order mark"
        problems.append(
            source.problem(0, 0, message, "byte-order-mark", hint="save the file as UTF-8 without a BOM")
        )
    return source, problems
