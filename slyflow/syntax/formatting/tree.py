"""A YAML document as it is written: its nodes with their raw texts, anchors and aliases, and its comments."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from slyflow.syntax import libyaml

# What may stand between an anchor and its node.
_PROPERTIES = re.compile(r"&[^\s,\[\]{}]+(?:[ \n]|(?<=\s)#[^\n]*)*")
_HEADER = re.compile(r"[|>][0-9+-]*")
_COMMENT = re.compile(r"#[^\n]*")

# Plain classes with slots: they are filled in one after the other.


class Leaf:
    """A scalar or an alias, which is `*name`. `body` is where its text begins behind an anchor."""

    __slots__ = ("anchor", "body", "end", "is_alias", "start", "style", "value")

    def __init__(self, event: Any, text: str) -> None:
        self.start, self.end = event.start_mark.index, event.end_mark.index
        self.is_alias = isinstance(event, libyaml.AliasEvent)
        self.anchor: str | None = event.anchor
        self.value: str = "" if self.is_alias else event.value
        self.style: str = "" if self.is_alias or event.implicit[0] else event.style
        self.body: int = self.start
        if self.anchor and not self.is_alias and (found := _PROPERTIES.match(text, self.start, self.end)):
            self.body = found.end()

    @property
    def is_block(self) -> bool:
        """Whether it is written below a `|` or `>`."""
        return self.style in ("|", ">")


class Branch:
    """A map or a list. `tail` are the comments behind its last entry.

    Of a document's root, `head` are the comments that begin it, and an empty line below them is a gap.
    """

    __slots__ = ("anchor", "end", "entries", "has_gap", "head", "is_flow", "is_map", "start", "tail")

    def __init__(self, event: Any) -> None:
        self.start = self.end = event.start_mark.index
        self.is_map = isinstance(event, libyaml.MappingStartEvent)
        self.is_flow: bool = bool(event.flow_style)
        self.anchor: str | None = event.anchor
        self.entries: list[Entry] = []
        self.tail: list[Comment] = []
        self.head: list[Comment] = []
        self.has_gap = False


Tree = Leaf | Branch


class Comment:
    """A comment, and whether an empty line stands before it."""

    __slots__ = ("has_gap", "text")

    def __init__(self, text: str, *, has_gap: bool) -> None:
        self.text = text
        self.has_gap = has_gap


class Entry:
    """A value with its key, None in a list; comments on lines `above` it, and `after` it on its first line.

    `start` is where it begins, `has_gap` says that an empty line stands between it and what is above.
    """

    __slots__ = ("above", "after", "has_gap", "key", "start", "value")

    def __init__(self, key: Leaf | None, value: Tree) -> None:
        self.key = key
        self.value = value
        self.start = (key or value).start
        self.above: list[Comment] = []
        self.after = ""
        self.has_gap = False


class Written:
    """A document as it is written. `mark` is the offset of its `---`, None without one."""

    __slots__ = ("leaves", "mark", "root", "text")

    def __init__(self, text: str) -> None:
        """Read a text that was found to be one sound document with a root."""
        self.text = text
        self.leaves: list[Leaf] = []
        self.mark: int | None = None
        self.root = self._read()

    def _read(self) -> Tree:
        parser = libyaml.CParser(self.text)
        roots: list[Tree] = []
        open_: list[tuple[Branch, Leaf | None]] = []
        try:
            while (event := parser.get_event()) is not None and not isinstance(event, libyaml.StreamEndEvent):
                self._take(event, open_, roots)
        finally:
            parser.dispose()
        return roots[0]

    def _take(self, event: Any, open_: "list[tuple[Branch, Leaf | None]]", roots: list[Tree]) -> None:
        kind = type(event)
        if kind is libyaml.DocumentStartEvent and event.explicit:
            self.mark = event.start_mark.index
        elif kind in (libyaml.MappingStartEvent, libyaml.SequenceStartEvent):
            open_.append((Branch(event), None))
        elif kind in (libyaml.ScalarEvent, libyaml.AliasEvent):
            leaf = Leaf(event, self.text)
            self.leaves.append(leaf)
            _add(leaf, open_, roots)
        elif kind in (libyaml.MappingEndEvent, libyaml.SequenceEndEvent):
            branch = open_.pop()[0]
            branch.end = event.end_mark.index
            _add(branch, open_, roots)

    def comments(self) -> list[tuple[int, str]]:
        """Return the comments with their offsets, in order: outside of scalars `#` begins nothing else."""
        found: list[tuple[int, str]] = []
        at = 0
        for leaf in self.leaves:
            found += self._between(at, leaf.body)
            at = max(at, leaf.end)
            if leaf.is_block:
                header = _HEADER.match(self.text, leaf.body)
                assert header is not None
                line_end = self.text.find("\n", header.end())
                found += self._between(header.end(), leaf.end if line_end < 0 else line_end)
        found += self._between(at, len(self.text))
        return found

    def _between(self, start: int, end: int) -> Iterator[tuple[int, str]]:
        for comment in _COMMENT.finditer(self.text, start, end):
            yield comment.start(), comment[0].rstrip()


def _add(node: Tree, open_: list[tuple[Branch, Leaf | None]], roots: list[Tree]) -> None:
    if not open_:
        roots.append(node)
        return
    branch, key = open_[-1]
    if branch.is_map and key is None:
        assert isinstance(node, Leaf), "a key that is no text was refused"
        open_[-1] = branch, node
    else:
        branch.entries.append(Entry(key, node))
        open_[-1] = branch, None


def lines_of(leaf: Leaf, text: str) -> Sequence[str]:
    """Return the lines of a scalar's text, or of an alias; of a block scalar those below its header."""
    if leaf.is_alias:
        return [f"*{leaf.anchor}"]
    raw = text[leaf.body : leaf.end]
    return raw.split("\n")[1:] if leaf.is_block else raw.split("\n")
