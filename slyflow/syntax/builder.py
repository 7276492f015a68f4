"""libyaml's events → a tree with places, with every limit of a document kept on the way."""

from collections.abc import Callable
from typing import Any

from slyflow.code import Slug
from slyflow.problem import Problem
from slyflow.record import record
from slyflow.syntax import libyaml
from slyflow.syntax.node import Broken, Map, Node, Scalar, Sequential, last_end
from slyflow.syntax.scalar import NUMERIC, WORDS, ScalarError, resolve
from slyflow.syntax.source import Source
from slyflow.syntax.spelling import hidden_in_text, key_problem, short

DEPTH_LIMIT = 32
# How libyaml says, from version 0.2.6 on, that its own, much larger limit was passed.
_TOO_DEEP = "maximum nesting depth"
SCALAR_LIMIT = 64 * 1024


@record(frozen=True)
class Limits:
    """How large a document may be: in bytes, and in nodes after every alias is expanded."""

    size: int
    nodes: int


NORMAL = Limits(size=2**20, nodes=50_000)
LARGE = Limits(size=16 * 2**20, nodes=1_000_000)


class _Stopped(Exception):  # control flow of this module, not an error
    """Nothing after this place can be read."""


@record(frozen=True)
class _Anchored:
    """What an alias stands for; None while the anchored collection is still open.

    `size` is its nodes, `height` its levels of collections, both with aliases expanded.
    """

    node: Node | None
    size: int
    height: int


class Builder:
    """Makes the tree from libyaml's events; a node counts when it is written and at each alias of it."""

    __slots__ = (
        "_anchors",
        "_count",
        "_deepest",
        "_depth",
        "_limits",
        "_next",
        "_source",
        "broke_at",
        "problems",
    )

    def __init__(self, source: Source, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self.problems: list[Problem] = []
        # Where the text ceased to be YAML, None where it did not.
        self.broke_at: int | None = None
        self._next: Callable[[], Any]
        self._anchors: dict[str, _Anchored] = {}
        self._count = 0
        # Collections that are open, and how many there have been at once since the innermost anchor.
        self._depth = 0
        self._deepest = 0

    def build(self) -> Node | None:
        parser = libyaml.CParser(self._source.text)
        self._next = parser.get_event
        try:
            return self._stream()
        except _Stopped:
            return None
        except libyaml.YAMLError as error:
            from slyflow.syntax.trap import cause, complaint  # a good file does not need it

            deep = _too_deep_for_libyaml(self._source, self._limits, error)
            self.problems += deep or [complaint(self._source, error)]
            self.broke_at = cause(error)
            return None
        finally:
            parser.dispose()

    def _stream(self) -> Node | None:
        root: Node | None = None
        self._next()  # the start of the stream
        while type(event := self._next()) is libyaml.DocumentStartEvent:
            if root is not None:
                hint = "keep one pipeline in one file"
                self._problem(event, "a second YAML document begins here", "several-documents", hint=hint)
                raise _Stopped
            if event.version or event.tags:
                hint = "remove the line with %"
                self._problem(event, "YAML directives are not read", "directive", hint=hint)
            root = self._value(self._next())
            end = self._next()
            if end.explicit:
                hint = "remove the line"
                self._problem(end, "`...` ends the document here", "several-documents", hint=hint)
        return root

    def _value(self, event: Any) -> Node:
        if type(event) is not libyaml.ScalarEvent:
            return self._compound(event)
        value: str = event.value
        if not value.isascii() and (hidden := hidden_in_text(value)):
            node = self._scalar(event)
            self._hidden(event, hidden)
            return node
        return self._scalar(event)

    def _scalar(self, event: Any) -> Scalar | Broken:
        self._count += 1
        if self._count > self._limits.nodes:
            self._counted(event, 0)
        value: str = event.value
        start, end = event.start_mark.index, event.end_mark.index
        is_plain: bool = event.implicit[0]
        if event.tag is not None or len(value) > SCALAR_LIMIT:
            node = self._refused(event, start, end)
        elif is_plain and (value[:1] in NUMERIC or value in WORDS):
            node = self._resolved(event, start, end)
        else:
            # Most scalars are text at first sight. In a large file it is felt that `__init__` is not called.
            node = Scalar.__new__(Scalar)
            node.value, node.start, node.end = value, start, end
            node.style = "" if is_plain else event.style
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(node, 1, 0)
        return node

    def _refused(self, event: Any, start: int, end: int) -> Scalar | Broken:
        if event.tag is not None:
            return self._tagged(event, is_scalar=True)
        self._problem(event, f"this text is longer than {SCALAR_LIMIT // 1024} KiB", "too-large")
        return Broken(start, end)

    def _resolved(self, event: Any, start: int, end: int) -> Scalar | Broken:
        try:
            return Scalar(resolve(event.value), start, end, "")
        except ScalarError as error:
            self._problem(event, str(error), "bad-number", hint="quote it if it is meant as text")
            return Broken(start, end)

    def _compound(self, event: Any) -> Node:
        """Return a list, a map, or what an alias stands for."""
        if type(event) is libyaml.AliasEvent:
            return self._aliased(event)
        anchor: str | None = event.anchor
        if anchor is None:
            return self._collection(event)
        self._anchors[anchor] = _Anchored(None, 0, 0)
        before, deepest, self._deepest = self._count, self._deepest, self._depth
        node = self._collection(event)
        self._anchors[anchor] = _Anchored(node, self._count - before, self._deepest - self._depth)
        self._deepest = max(self._deepest, deepest)
        return node

    def _collection(self, event: Any) -> Map | Sequential:
        self._count += 1
        self._depth += 1
        if self._count > self._limits.nodes:
            self._counted(event, 0)
        if self._depth > self._deepest:
            self._deepen(event, 0)
        if event.tag is not None:
            self._tagged(event, is_scalar=False)
        start: int = event.start_mark.index
        node: Map | Sequential
        if type(event) is libyaml.MappingStartEvent:
            node = Map(start)
            end = self._entries(node)
        else:
            node = Sequential(start)
            end = self._items(node)
        self._depth -= 1
        closing = end.end_mark.index
        node.end = closing if closing > end.start_mark.index else last_end(node)
        return node

    def _entries(self, node: Map) -> Any:
        """Read the entries of a map; return the event that ends it."""
        next_event, keys, values = self._next, node.keys, node.values
        while type(event := next_event()) is not libyaml.MappingEndEvent:
            key = self._key(event, node)
            event = next_event()
            if type(event) is libyaml.ScalarEvent and event.value.isascii():
                value: Node = self._scalar(event)
            else:
                value = self._value(event)
            if key is not None:
                keys.append(key)
                values[key.value] = value  # type: ignore[index]  # _key lets only text pass
        return event

    def _items(self, node: Sequential) -> Any:
        """Read the items of a list; return the event that ends it."""
        next_event, items = self._next, node.items
        while type(event := next_event()) is not libyaml.SequenceEndEvent:
            items.append(self._value(event))
        return event

    def _key(self, event: Any, collection: Map) -> Scalar | None:
        """Return a key that may enter a map, None for one that was refused."""
        if type(event) is not libyaml.ScalarEvent:
            self.problems.append(self._complex_key(event))
            collection.partial = True
            return None
        node = self._scalar(event)
        if type(node) is Scalar:
            key = node.value
            if type(key) is str and key.isascii() and key not in collection.values and key != "<<":
                return node
        problem = key_problem(self._source, collection, node)
        if problem is None and type(node) is Scalar:
            return node
        self.problems += () if problem is None else (problem,)
        collection.partial = True
        return None

    def _complex_key(self, event: Any) -> Problem:
        node = self._compound(event)
        start, end = event.start_mark.index, event.end_mark.index
        if type(event) is libyaml.AliasEvent:
            message, hint = "an alias cannot be a key", "write the key out"
        else:
            start, end = node.start, node.end
            message = "a key must be text, not a list or a map"
            hint = "quote an expression: ${{ }} without quotes is a map to YAML"
        return self._source.problem(start, end, message, "key-not-text", hint=hint)

    def _aliased(self, event: Any) -> Node:
        broken = Broken(event.start_mark.index, event.end_mark.index)
        known = self._anchors.get(event.anchor)
        if known is None:
            message = f"there is no anchor &{short(event.anchor)} before this alias"
            hint = f'quote it if a star is meant: "*{short(event.anchor)}"'
            self._problem(event, message, "unknown-anchor", hint=hint)
            return broken
        if known.node is None:
            message = f"the alias *{short(event.anchor)} stands inside its own anchor"
            self._problem(event, message, "recursive-alias")
            return broken
        self._counted(event, known.size)
        self._deepen(event, known.height)
        return known.node

    def _counted(self, event: Any, nodes: int) -> None:
        self._count += nodes
        if self._count > self._limits.nodes:
            what = "with its aliases expanded, this file has" if self._anchors else "this file has"
            message = f"{what} more than {self._limits.nodes:,} nodes"
            hint = None if self._limits is LARGE else "generated files may be larger with --large"
            self._problem(event, message, "too-large", hint=hint)
            raise _Stopped

    def _deepen(self, event: Any, levels: int) -> None:
        depth = self._depth + levels
        if depth > DEPTH_LIMIT:
            self._problem(event, f"this nests deeper than {DEPTH_LIMIT} levels", "too-deep")
            raise _Stopped
        self._deepest = max(self._deepest, depth)

    def _problem(self, event: Any, message: str, slug: Slug, *, hint: str | None = None) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        self.problems.append(self._source.problem(start, end, message, slug, hint=hint))

    def _hidden(self, event: Any, character: str) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        place = self._source.text.find(character, start, end)
        start, end = (start, end) if place < 0 else (place, place + 1)
        message = f"the character U+{ord(character):04X} is invisible or turns the text around"
        self.problems.append(self._source.problem(start, end, message, "invisible-character"))

    def _tagged(self, event: Any, *, is_scalar: bool) -> Broken:
        from slyflow.syntax.trap import tag_problem  # as above

        start, end = event.start_mark.index, event.end_mark.index
        self.problems.append(tag_problem(self._source, start, end, event.tag, is_scalar=is_scalar))
        return Broken(start, end)


def _too_deep_for_libyaml(source: Source, limits: Limits, error: libyaml.YAMLError) -> list[Problem]:
    """Return our own limit of depth where libyaml, which looks far ahead, met its limit first."""
    mark = getattr(error, "problem_mark", None)
    if mark is None or _TOO_DEEP not in str(getattr(error, "problem", "")):
        return []
    before = Builder(Source(source.file, source.text[: mark.index]), limits)
    before.build()
    return before.problems
