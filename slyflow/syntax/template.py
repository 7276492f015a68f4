"""`${{ … }}` in strings: finding the expressions, and the place in the file of every character in them."""

import re
from collections.abc import Sequence

from slyflow.code import Slug
from slyflow.model.value import Expression, Template
from slyflow.problem import Problem, Span
from slyflow.syntax.node import Scalar
from slyflow.syntax.source import Source

LIMIT = 1_000
# What can change the meaning of braces inside an expression: strings (raw or not, long or short) and braces.
# Compiled where they are used: in a usual file no brace or quote stands in an expression.
_PIECE = r"""(?x)(?P<text>
        [rR][bB]?(?:\"{3}[\s\S]*?\"{3}|'{3}[\s\S]*?'{3}|"[^"\n]*"|'[^'\n]*')
      | \"{3}(?:\\[\s\S]|[^\\])*?\"{3}|'{3}(?:\\[\s\S]|[^\\])*?'{3}
      | "(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'
    )
    | [A-Za-z_][A-Za-z0-9_]*
    | (?P<end>\}\}) | (?P<brace>[{}]) | (?P<quote>["'])"""
_HIDES_END = frozenset("\"'{}")
# As other languages write what `${{ … }}` is here, around one of our names.
_FORGOTTEN = r"(?:\{\{|\$\{)\s*((?:params|secrets|steps|run|task|session|outputs|matrix)\.[\w.]+[^{}]*)\}\}?"
_PROPERTIES = r"(?:[&!]\S*\s+)*"
_BLOCK_HEADER = r"[|>][^\r\n]*"
_ESCAPE = r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[^\r\n])"


def scan(node: Scalar, source: Source, problems: list[Problem]) -> str | Expression | Template:
    """Return a string scalar's text with its expressions found; add a problem for each that is malformed.

    A string that is one expression alone is that Expression. `$${{` becomes a literal `${{`.
    """
    text = node.value
    assert isinstance(text, str)
    if "{" not in text:
        return text
    if "${{" not in text:
        _without_sign(node, text, source, problems)
        return text
    return _alone(node, text, source) or _Scan(node, text, source, problems).result()


def _alone(node: Scalar, text: str, source: Source) -> Expression | None:
    """Return the expression that is all of a text, without braces, quotes or escapes in it: most are so."""
    inner = text[3:-2]
    expression = inner.strip()
    start = node.start + len(node.style)
    if not expression or len(expression) > LIMIT or not text.startswith("${{") or not text.endswith("}}"):
        return None
    if not _HIDES_END.isdisjoint(inner) or not source.text.startswith(text, start):
        return None
    first = start + text.index(expression, 3)
    return Expression(expression, source.span(first, first + len(expression)))


def _without_sign(node: Scalar, text: str, source: Source, problems: list[Problem]) -> None:
    """Warn of braces that would be an expression with a dollar, or with a second brace."""
    found = re.search(_FORGOTTEN, text) if "{{" in text or "${" in text else None
    if found:
        places = offsets(node, source)
        right = f"${{{{ {found[1].strip()} }}}}"
        message = "this is text, not an expression"
        hint = f"an expression is {right}"
        start, end = places[found.start()], places[found.end()]
        problems.append(source.problem(start, end, message, "not-an-expression", hint=hint))


class _Scan:
    """One string on its way to a Template."""

    __slots__ = ("_node", "_places", "_problems", "_source", "_text")

    def __init__(self, node: Scalar, text: str, source: Source, problems: list[Problem]) -> None:
        self._node = node
        self._text = text
        self._source = source
        self._problems = problems
        self._places: Sequence[int] | None = None

    def result(self) -> str | Expression | Template:
        parts = self._parts()
        if self._node.style in ("|", ">") and len(parts) == 2 and parts[1] == "\n":
            # The line end of a block scalar is not part of what its writer meant.
            parts.pop()
        if len(parts) == 1:
            return parts[0]
        if any(isinstance(part, Expression) for part in parts):
            return Template(tuple(parts), self._source.span(self._node.start, self._node.end))
        return "".join(part for part in parts if isinstance(part, str))

    def _parts(self) -> list[str | Expression]:
        parts: list[str | Expression] = []
        literal, position = "", 0
        while (opening := self._text.find("${{", position)) >= 0:
            literal += self._text[position:opening]
            start = opening + 3
            if opening > position and self._text[opening - 1] == "$":
                literal, position = literal + "{{", start
                continue
            end = self._end(start)
            if end is None:
                return [*parts, literal + self._text[opening:]]
            if literal:
                parts.append(literal)
            literal, position = "", end + 2
            parts.append(self._expression(start, end))
        literal += self._text[position:]
        return [*parts, literal] if literal or not parts else parts

    def _end(self, start: int) -> int | None:
        """Return where the expression that begins at `start` has its `}}`, None when it has none."""
        simple = self._text.find("}}", start)
        if simple >= 0 and _HIDES_END.isdisjoint(self._text[start:simple]):
            return simple
        depth, position = 0, start
        while found := re.compile(_PIECE).search(self._text, position):
            position = found.end()
            if found["quote"]:
                self._unclosed(start, f"the quote {found[0]} in this expression is never closed")
                return None
            if found["end"] and depth == 0:
                return found.start()
            if found["end"]:
                depth, position = depth - 1, found.start() + 1
            elif found["brace"]:
                depth = depth + 1 if found["brace"] == "{" else max(0, depth - 1)
        self._unclosed(start, "this expression is never closed by }}")
        return None

    def _unclosed(self, start: int, message: str) -> None:
        hint = "close it by }}; write $${{ for a literal ${{"
        if not self._node.style and self._source.text[self._node.end :].lstrip(" \t").startswith("#"):
            hint = "a space and # begin a comment: quote the whole value"
        places = self._map()
        self._problems.append(
            self._source.problem(places[start - 3], places[start], message, "expression-syntax", hint=hint)
        )

    def _expression(self, start: int, end: int) -> Expression:
        inner = self._text[start:end]
        source = inner.strip()
        if not source:
            self._refuse(start - 3, end + 2, "this expression is empty", "expression-syntax")
            return Expression("null", self._span(start - 3, end + 2))
        if len(source) > LIMIT:
            message = f"this expression has {len(source):,} characters, at most {LIMIT:,} are allowed"
            self._refuse(start - 3, end + 2, message, "too-large")
        first = start + len(inner) - len(inner.lstrip())
        last = first + len(source)
        places = self._map()
        if type(places) is range:
            return Expression(source, self._source.span(places[first], places[last]))
        if all(places[first + step] == places[first] + step for step in (0, last - first)) and (
            self._source.text.startswith(source, places[first])
        ):
            return Expression(source, self._span(first, last))
        spots = tuple(self._spot(place) for place in places[first : last + 1])
        return Expression(source, self._span(first, last), spots)

    def _refuse(self, start: int, end: int, message: str, slug: Slug) -> None:
        places = self._map()
        self._problems.append(self._source.problem(places[start], places[end], message, slug))

    def _span(self, start: int, end: int) -> Span:
        places = self._map()
        return self._source.span(places[start], max(places[end], places[start]))

    def _spot(self, place: int) -> tuple[int, int]:
        span = self._source.span(place, place)
        return span.line, span.column

    def _map(self) -> Sequence[int]:
        if self._places is None:
            self._places = offsets(self._node, self._source)
        return self._places


def offsets(node: Scalar, source: Source) -> Sequence[int]:
    """Return for each character of a string scalar, and for its end, the offset in the source."""
    value = node.value
    assert isinstance(value, str)
    start = node.start
    if source.text[start] in "&!":
        start = re.compile(_PROPERTIES).match(source.text, start, node.end).end()  # type: ignore[union-attr]  # may be empty
    if node.style in ("|", ">"):
        start = re.compile(_BLOCK_HEADER).match(source.text, start).end()  # type: ignore[union-attr]  # a block has a header
    elif node.style:
        start += 1
    if source.text.startswith(value, start):
        return range(start, start + len(value) + 1)
    return _aligned(value, source.text, start, node)


def _aligned(value: str, text: str, position: int, node: Scalar) -> list[int]:
    """Walk value and raw text side by side: they differ in white space, escapes and doubled quotes only."""
    places: list[int] = []
    for character in value:
        if character in " \t\n" and not (node.style == '"' and _escape_end(text, position)):
            places.append(position)
            position += text[position : position + 1] == character
            continue
        while _is_layout(text, position, node.style):
            position += 1
        places.append(position)
        position = _after(text, position, node.style)
    # What stands between the last character and the closing quote is not in the value.
    return [*places, min(position, node.end)]


def _is_layout(text: str, position: int, style: str) -> bool:
    """Say whether a character is in the file only: white space, or a backslash that joins two lines."""
    joins = style == '"' and text.startswith(("\\\n", "\\\r"), position)
    return joins or text[position : position + 1].isspace()


def _after(text: str, position: int, style: str) -> int:
    if style == '"' and (end := _escape_end(text, position)):
        return end
    if style == "'" and text.startswith("''", position):
        return position + 2
    return position + 1


def _escape_end(text: str, position: int) -> int | None:
    """Return where the escape that begins at a place ends, None when there is none."""
    if not text.startswith("\\", position):
        return None
    escape = re.compile(_ESCAPE).match(text, position)
    return escape.end() if escape else None


def place(expression: Expression, offset: int) -> Span:
    """Return the place in the file of the character at `offset` in the source; its length is the end."""
    offset = max(0, min(offset, len(expression.source)))
    span = expression.span
    if expression.places:
        line, column = expression.places[offset]
    else:
        before = expression.source[:offset]
        line = span.line + before.count("\n")
        column = span.column + offset if line == span.line else offset - before.rfind("\n")
    return Span(span.file, line, column, line, column + 1)


def stretch(expression: Expression, start: int, end: int) -> Span:
    """Return the place in the file of the characters from `start` up to, not including, `end`."""
    first, last = place(expression, start), place(expression, end)
    return Span(first.file, first.line, first.column, last.line, last.column)
