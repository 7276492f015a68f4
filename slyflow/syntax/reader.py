"""Turns nodes into values of the model, and keeps the problems and the `from_file`s met on the way."""

from collections.abc import Mapping, Sequence
from typing import Literal

from slyflow.code import Slug
from slyflow.model.value import Dynamic, Expression, Field, Fields, FromFile, Json, Template
from slyflow.problem import Problem, Related, Span
from slyflow.syntax.node import Map, Node, Scalar, Sequential, plain
from slyflow.syntax.source import Source
from slyflow.syntax.template import scan
from slyflow.text import parse_duration

_FORMS: dict[str, Literal["text", "yaml", "json"]] = {"text": "text", "yaml": "yaml", "json": "json"}


class Reader:
    """Reads one document. Nodes that come here have the shape that the schema asks for."""

    __slots__ = ("files", "problems", "source")

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.files: list[FromFile] = []

    def span(self, node: Node) -> Span:
        """Return the place of a node; a longer collection's first line."""
        if isinstance(node, Scalar):
            return self.source.span(node.start, node.end)
        return self.source.span(node.start, min(node.end, self.source.line_end(node.start)))

    def refuse(
        self,
        node: Node,
        message: str,
        slug: Slug,
        *,
        hint: str | None = None,
        suggestion: str | None = None,
        related: tuple[Related, ...] = (),
    ) -> None:
        """Add a problem at a node."""
        self.problems.append(Problem(self.span(node), message, slug, hint, related, suggestion))

    def dynamic(self, node: Node, *, files: bool = False) -> Dynamic:
        """Return a value with its expressions found; with `files`, `{from_file: …}` maps are such too."""
        if type(node) is Scalar:
            value = node.value
            # Most values are no expressions, and there are many.
            if type(value) is not str or "{" not in value:
                return value
            return scan(node, self.source, self.problems)
        if isinstance(node, Map):
            if files and "from_file" in node.values:
                return self._from_file(node)
            return {key: self.dynamic(value, files=files) for key, value in node.values.items()}
        if isinstance(node, Sequential):
            return tuple(self.dynamic(item, files=files) for item in node.items)
        return None

    def optional(self, node: Node | None) -> Dynamic:
        """Return a value, None for a key that is not there."""
        return None if node is None else self.dynamic(node)

    def fields(self, node: Node, *, files: bool = False) -> Fields:
        """Return a user's map with the places of its keys and values."""
        assert isinstance(node, Map)
        place = self.span
        return {
            name: Field(self.dynamic(value, files=files), key, value, place)
            for key, (name, value) in zip(node.keys, node.values.items(), strict=True)
        }

    def expression_or_fields(self, node: Node, *, files: bool = False) -> Fields | Expression:
        """Return a map, or the one expression that gives it."""
        if isinstance(node, Map):
            return self.fields(node, files=files)
        found = self.whole(node)
        return found if isinstance(found, Expression) else {}

    def whole(self, node: Node | None) -> Dynamic:
        """Return a value whose string, if it is one, must be exactly one expression."""
        if node is None:
            return None
        found = self.dynamic(node)
        if isinstance(found, Template | str):
            message = "this must be one expression with no text around it"
            self.refuse(node, message, "wrong-value", hint='put all of it into one "${{ … }}"')
            return None
        return found

    def text(self, node: Node | None) -> str | None:
        """Return a string in which no expression may stand."""
        if node is None:
            return None
        assert isinstance(node, Scalar)
        value = str(node.value)
        if "${{" in value:
            message = "no expression can stand here: this is fixed before a run"
            self.refuse(node, message, "no-expression-here")
        return value

    def flag(self, node: Node | None) -> bool:
        """Return true or false, false for a key that is not there."""
        return isinstance(node, Scalar) and node.value is True

    def json(self, node: Node | None) -> Mapping[str, Json]:
        """Return a map that holds no expressions."""
        found = plain(node) if node else {}
        return found if isinstance(found, Mapping) else {}

    def number(self, node: Node) -> int | float:
        """Return a number; `2.0` is the whole number 2."""
        value = node.value if isinstance(node, Scalar) else 0
        assert isinstance(value, int | float)
        return int(value) if isinstance(value, float) and value.is_integer() else value

    def seconds(self, node: Node, *, positive: bool = False) -> float:
        """Return a duration in seconds."""
        assert isinstance(node, Scalar)
        found = parse_duration(node.value) if isinstance(node.value, str) else float(self.number(node))
        assert found is not None
        if positive and found == 0:
            self.refuse(
                node,
                "a limit of no time at all cannot be met",
                "wrong-value",
                hint="remove the key for no limit",
            )
        return found

    def _from_file(self, node: Map) -> FromFile:
        path, form = node.values["from_file"], node.values.get("as")
        named, read_as = plain(path), plain(form) if form else "text"
        if others := sorted(node.values.keys() - {"from_file", "as"}):
            message = f'"from_file" stands alone in its map, beside "as"; "{others[0]}" is too much'
            self.refuse(node.key(others[0]), message, "wrong-value")
        if not isinstance(named, str) or not named:
            self.refuse(path, '"from_file" must be the path of a file', "wrong-value")
        elif "${{" in named:
            self.refuse(path, 'no expression can stand in "from_file"', "no-expression-here")
        if not isinstance(read_as, str) or read_as not in _FORMS:
            self.refuse(form or node, '"as" must be text, yaml or json', "wrong-value")
            read_as = "text"
        found = FromFile(str(named), _FORMS[read_as], self.span(path))
        if isinstance(named, str) and named and "${{" not in named:
            self.files.append(found)
        return found


def items(node: Node | None) -> Sequence[Node]:
    """Return the items of a list, a lone value as a list of one, nothing for a key that is not there."""
    if node is None:
        return ()
    return node.items if isinstance(node, Sequential) else (node,)


def entries(node: Node | None) -> list[tuple[Scalar, str, Node]]:
    """Return key node, key and value of each entry of a map, nothing for a key that is not there."""
    if not isinstance(node, Map):
        return []
    return [(key, name, value) for key, (name, value) in zip(node.keys, node.values.items(), strict=True)]
