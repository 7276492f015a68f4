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


class _Open:
    """A collection whose end has not come yet; `height` is the depth of what stands below it."""

    __slots__ = ("anchor", "before", "height", "key", "node")

    def __init__(self, node: Map | Sequential, anchor: str | None, before: int) -> None:
        self.node = node
        self.anchor = anchor
        self.before = before
        self.height = 0
        self.key: Scalar | Broken | None = None


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

    __slots__ = ("_anchors", "_count", "_documents", "_limits", "_source", "_stack", "broke_at", "problems")

    def __init__(self, source: Source, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self.problems: list[Problem] = []
        # Where the text ceased to be YAML, None where it did not.
        self.broke_at: int | None = None
        self._stack = [_Open(Sequential(0), None, 0)]
        self._anchors: dict[str, _Anchored] = {}
        self._count = 0
        self._documents = 0

    def build(self) -> Node | None:
        handlers: dict[type, Callable[[Any], None]] = {
            libyaml.ScalarEvent: self._scalar,
            libyaml.MappingStartEvent: self._map,
            libyaml.SequenceStartEvent: self._list,
            libyaml.MappingEndEvent: self._close,
            libyaml.SequenceEndEvent: self._close,
            libyaml.AliasEvent: self._alias,
            libyaml.DocumentStartEvent: self._document,
            libyaml.DocumentEndEvent: self._document_end,
            libyaml.StreamStartEvent: lambda _: None,
        }
        try:
            self._run(handlers)
        except _Stopped:
            return None
        except libyaml.YAMLError as error:
            from slyflow.syntax.trap import cause, complaint  # a good file does not need it

            deep = _too_deep_for_libyaml(self._source, self._limits, error)
            self.problems += deep or [complaint(self._source, error)]
            self.broke_at = cause(error)
            return None
        roots = self._stack[0].node
        assert isinstance(roots, Sequential)
        return roots.items[0] if roots.items else None

    def _run(self, handlers: dict[type, Callable[[Any], None]]) -> None:
        parser = libyaml.CParser(self._source.text)
        try:
            next_event = parser.get_event
            while (event := next_event()) is not None:
                kind = type(event)
                if kind is libyaml.StreamEndEvent:
                    return
                handlers[kind](event)
        finally:
            parser.dispose()

    def _problem(self, event: Any, message: str, slug: Slug, *, hint: str | None = None) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        self.problems.append(self._source.problem(start, end, message, slug, hint=hint))

    def _counted(self, event: Any, nodes: int) -> None:
        self._count += nodes
        if self._count > self._limits.nodes:
            what = "with its aliases expanded, this file has" if self._anchors else "this file has"
            message = f"{what} more than {self._limits.nodes:,} nodes"
            hint = None if self._limits is LARGE else "generated files may be larger with --large"
            self._problem(event, message, "too-large", hint=hint)
            raise _Stopped

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            hint = "keep one pipeline in one file"
            self._problem(event, "a second YAML document begins here", "several-documents", hint=hint)
            raise _Stopped
        if event.version or event.tags:
            self._problem(event, "YAML directives are not read", "directive", hint="remove the line with %")

    def _document_end(self, event: Any) -> None:
        if event.explicit:
            self._problem(event, "`...` ends the document here", "several-documents", hint="remove the line")

    def _scalar(self, event: Any) -> None:
        self._count += 1
        if self._count > self._limits.nodes:
            self._counted(event, 0)
        top = self._stack[-1]
        value: str = event.value
        start, end = event.start_mark.index, event.end_mark.index
        node: Scalar | Broken
        is_text = value[:1] not in NUMERIC and value not in WORDS and len(value) <= SCALAR_LIMIT
        is_text = is_text and event.tag is None
        if is_text:
            # Most scalars are text at first sight; each call saved here is felt in a large file.
            node = Scalar(value, start, end, "" if event.implicit[0] else event.style)
        else:
            node = self._other_scalar(event, start, end)
        if event.anchor:
            self._anchors[event.anchor] = _Anchored(node, 1, 0)
        collection = top.node
        if top.key is None and type(collection) is Map:
            if is_text and value not in collection.values and value.isascii() and value != "<<":
                top.key = node
            else:
                self._key(top, node)
            return
        if not value.isascii() and (hidden := hidden_in_text(value)):
            self._hidden(event, hidden)
        self._add(top, node)

    def _other_scalar(self, event: Any, start: int, end: int) -> Scalar | Broken:
        value: str = event.value
        if event.tag is not None:
            return self._tagged(event, is_scalar=True)
        if len(value) > SCALAR_LIMIT:
            self._problem(event, f"this text is longer than {SCALAR_LIMIT // 1024} KiB", "too-large")
            return Broken(start, end)
        if not event.implicit[0]:
            return Scalar(value, start, end, event.style)
        try:
            return Scalar(resolve(value), start, end, "")
        except ScalarError as error:
            hint = "quote it if it is meant as text"
            self._problem(event, str(error), "bad-number", hint=hint)
            return Broken(start, end)

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

    def _map(self, event: Any) -> None:
        self._open(event, Map(event.start_mark.index))

    def _list(self, event: Any) -> None:
        self._open(event, Sequential(event.start_mark.index))

    def _open(self, event: Any, node: Map | Sequential) -> None:
        self._counted(event, 1)
        if len(self._stack) > DEPTH_LIMIT:
            self._too_deep(event)
        if event.tag is not None:
            self._tagged(event, is_scalar=False)
        if event.anchor:
            self._anchors[event.anchor] = _Anchored(None, 0, 0)
        self._stack.append(_Open(node, event.anchor, self._count - 1))

    def _too_deep(self, event: Any) -> None:
        self._problem(event, f"this nests deeper than {DEPTH_LIMIT} levels", "too-deep")
        raise _Stopped

    def _close(self, event: Any) -> None:
        done = self._stack.pop()
        node = done.node
        if event.end_mark.index > event.start_mark.index:
            node.end = event.end_mark.index
        else:
            node.end = last_end(node)
        if done.anchor:
            self._anchors[done.anchor] = _Anchored(node, self._count - done.before, done.height + 1)
        top = self._stack[-1]
        top.height = max(top.height, done.height + 1)
        self._add(top, node)

    def _alias(self, event: Any) -> None:
        top = self._stack[-1]
        node = self._aliased(event, top)
        if top.key is None and type(top.node) is Map:
            self._problem(event, "an alias cannot be a key", "key-not-text", hint="write the key out")
            top.key, top.node.partial = Broken(node.start, node.end), True
        else:
            self._add(top, node)

    def _aliased(self, event: Any, top: _Open) -> Node:
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
        if len(self._stack) - 1 + known.height > DEPTH_LIMIT:
            self._too_deep(event)
        top.height = max(top.height, known.height)
        return known.node

    def _add(self, top: _Open, node: Node) -> None:
        collection = top.node
        if type(collection) is Sequential:
            collection.items.append(node)
            return
        assert isinstance(collection, Map)
        key = top.key
        if key is None:
            self._complex_key(top, collection, node)
            return
        top.key = None
        if type(key) is Scalar:
            collection.keys.append(key)
            collection.values[key.value] = node  # type: ignore[index]  # _key lets only text pass

    def _complex_key(self, top: _Open, collection: Map, node: Node) -> None:
        message = "a key must be text, not a list or a map"
        hint = "quote an expression: ${{ }} without quotes is a map to YAML"
        self.problems.append(self._source.problem(node.start, node.end, message, "key-not-text", hint=hint))
        top.key, collection.partial = Broken(node.start, node.end), True

    def _key(self, top: _Open, node: Scalar | Broken) -> None:
        collection = top.node
        assert isinstance(collection, Map)
        problem = key_problem(self._source, collection, node)
        if problem is None:
            top.key = node
            return
        self.problems.append(problem)
        top.key, collection.partial = Broken(node.start, node.end), True


def _too_deep_for_libyaml(source: Source, limits: Limits, error: libyaml.YAMLError) -> list[Problem]:
    """Return our own limit of depth where libyaml, which looks far ahead, met its limit first."""
    mark = getattr(error, "problem_mark", None)
    if mark is None or _TOO_DEEP not in str(getattr(error, "problem", "")):
        return []
    before = Builder(Source(source.file, source.text[: mark.index]), limits)
    before.build()
    return before.problems
