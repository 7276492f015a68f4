"""The names an expression mentions and where they stand, read from its tokens without the CEL library."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from slyflow.record import record

LONGEST = 1000
"""Characters an expression may have."""

_OPENING, _CLOSING = "([{", ")]}"
_KEYWORDS = frozenset({"true", "false", "null", "in"})
_MACROS = frozenset({"all", "exists", "exists_one", "filter", "map"})
_NAMESPACES = frozenset({"cel", "math", "optional"})
_TYPES = frozenset({"bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint"})


_BLANK = r"(?P<blank>\s+|//[^\n]*)"
_STRINGS = (
    r"|(?P<string>(?:[bB]?[rR]|[rR][bB])(?:\"\"\".*?\"\"\"|'''.*?'''|\"[^\"\n]*\"|'[^'\n]*')"
    r"|[bB]?(?:\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?'''"
    r"|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'))"
)
_OTHERS = (
    r"|(?P<number>0[xX][0-9a-fA-F]+[uU]?|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?[uU]?)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<quoted>`[^`\n]*`)"
    r"|(?P<sign>.)"
)


@record(frozen=True, slots=True)
class Reference:
    """A dotted name, such as steps.a.outputs.b: its segments, where it starts and where each ends.

    Offsets count characters of the source. A name that a macro binds is not a reference.
    """

    path: tuple[str, ...]
    start: int
    ends: tuple[int, ...]

    @property
    def end(self) -> int:
        """The offset behind the last segment."""
        return self.ends[-1]

    def offset(self, index: int) -> int:
        """Return where segment `index` starts."""
        return self.ends[index] - len(self.path[index])

    def __str__(self) -> str:
        return ".".join(self.path)


@record(frozen=True)
class _Token:
    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


_NOTHING = _Token("end", "", 0)


class _Frame:
    """An open bracket; inside it `bound` names a macro's variable, from argument `since` on."""

    def __init__(self, bound: str | None = None, since: int = 0) -> None:
        self.bound = bound
        self.since = since
        self.argument = 0


# An expression is asked for its references several times: for the order of all steps, then for each.
@lru_cache(maxsize=2**14)
def scan(source: str) -> tuple[Reference, ...]:
    """Return the references of a CEL source in order; what is not CEL is passed over, not judged."""
    path = tuple(source.split("."))
    if _is_plain(source, path):
        ends, end = [], -1
        for name in path:
            end += 1 + len(name)
            ends.append(end)
        return (Reference(path, 0, tuple(ends)),)
    return tuple(_references(list(_tokens(source))))


def _is_plain(source: str, path: Sequence[str]) -> bool:
    """Whether a source is two names or more joined by dots and nothing else: most are just that."""
    return (
        len(path) > 1
        and source.isascii()
        and path[0] not in _KEYWORDS
        and all(name.isidentifier() for name in path)
    )


def bare(source: str, references: Sequence[Reference]) -> Reference | None:
    """Return the reference that is the whole source, None when there is more to it."""
    if len(references) != 1:
        return None
    name = str(references[0])
    return references[0] if source == name or "".join(source.split()) == name else None


def _token(source: str) -> re.Pattern[str]:
    # To compile the strings takes longer than to check a usual file, and only quotes begin one.
    strings = _STRINGS if '"' in source or "'" in source else ""
    return re.compile(_BLANK + strings + _OTHERS, re.DOTALL)


def _tokens(source: str) -> Iterator[_Token]:
    for match in _token(source).finditer(source):
        if match.lastgroup != "blank":
            assert match.lastgroup is not None
            yield _Token(match.lastgroup, match.group(), match.start())


def _references(tokens: Sequence[_Token]) -> Iterator[Reference]:
    frames: list[_Frame] = [_Frame()]
    for index, token in enumerate(tokens):
        if token.kind == "sign":
            _nest(frames, tokens, index)
        elif token.kind == "word" and token.text not in _KEYWORDS and not _is_member(tokens, index):
            reference = _path(tokens, index)
            if reference and not (_is_bound(frames, token.text) and not _is_absolute(tokens, index)):
                yield reference


def _nest(frames: list[_Frame], tokens: Sequence[_Token], index: int) -> None:
    sign = tokens[index].text
    if sign in _OPENING:
        frames.append(_macro(tokens, index) if sign == "(" else _Frame())
    elif sign in _CLOSING and len(frames) > 1:
        frames.pop()
    elif sign == ",":
        frames[-1].argument += 1


def _macro(tokens: Sequence[_Token], index: int) -> _Frame:
    """Return the frame of a call, which for `list.map(x, …)` and `cel.bind(x, …, …)` binds x."""
    name, dot, owner = (_at(tokens, index - back).text for back in (1, 2, 3))
    variable = _at(tokens, index + 1)
    if dot != "." or variable.kind != "word" or _at(tokens, index + 2).text != ",":
        return _Frame()
    if name in _MACROS:
        return _Frame(variable.text, since=0)
    if (owner, name) == ("cel", "bind"):
        # The value it is bound to, argument 1, does not see it.
        return _Frame(variable.text, since=2)
    return _Frame()


def _is_bound(frames: Sequence[_Frame], name: str) -> bool:
    return any(f.bound == name and (f.argument >= f.since or f.argument == 0) for f in frames)


def _is_member(tokens: Sequence[_Token], index: int) -> bool:
    """Whether a word stands behind the dot (or `.?`) of an operand."""
    before = index - 1
    if _at(tokens, before).text == "?" and _at(tokens, before - 1).text == ".":
        before -= 1
    return _at(tokens, before).text == "." and _ends_operand(_at(tokens, before - 1))


def _is_absolute(tokens: Sequence[_Token], index: int) -> bool:
    return _at(tokens, index - 1).text == "."


def _ends_operand(token: _Token) -> bool:
    if token.kind == "sign":
        return token.text in _CLOSING
    return token.kind != "end" and token.text != "in"


def _path(tokens: Sequence[_Token], index: int) -> Reference | None:
    """Return the dotted name that starts at a word, None for a function, a namespace or a type."""
    if _at(tokens, index + 1).text == "(":
        return None
    path, ends, last = [tokens[index].text], [tokens[index].end], index
    while _at(tokens, last + 1).text == "." and _at(tokens, last + 2).kind == "word":
        if _at(tokens, last + 3).text == "(":
            if len(path) == 1 and path[0] in _NAMESPACES:
                return None
            break
        last += 2
        path.append(tokens[last].text)
        ends.append(tokens[last].end)
    if len(path) == 1 and path[0] in _TYPES:
        return None
    return Reference(tuple(path), tokens[index].start, tuple(ends))


def _at(tokens: Sequence[_Token], index: int) -> _Token:
    return tokens[index] if 0 <= index < len(tokens) else _NOTHING
