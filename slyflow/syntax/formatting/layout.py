"""The layout of a tree: two spaces a level, what fits on a line there, one empty line at most."""

import re
from collections.abc import Iterator, Sequence

from slyflow.syntax.formatting.tree import Branch, Comment, Entry, Leaf, Tree, Written, lines_of

WIDTH = 100
_STEP = "  "
# A line that a comment of ours is about must stay one line.
_IGNORE = re.compile(r"#[ \t]*slyflow:[ \t]*ignore\b")


def lay_out(document: Written) -> str:
    """Return the document's text; its comments were placed and its keys ordered."""
    root, layout = document.root, _Layout(document.text)
    assert isinstance(root, Branch)
    lines = list(layout.comments(root.head, "", is_first=True))
    if document.mark is not None:
        lines.append("---")
    is_short = root.is_flow and not layout.has_comment_inside(root)
    text = layout.inline(root, WIDTH) if is_short or not root.entries else None
    if text is not None:
        body = [text, *layout.comments(root.tail, "", is_first=True)]
    else:
        body = [f"&{root.anchor}"] if root.anchor else []
        body += layout.branch(root, "")
    if root.has_gap:
        lines.append("")
    return "\n".join([*lines, *body, ""])


class _Layout:
    """Lays out the branches of one document."""

    def __init__(self, text: str) -> None:
        self._text = text
        # Empty lines behind a `|+` are part of its text.
        self._keeps = False
        # By the ids of branches: it is asked for at every level around one.
        self._commented: dict[int, bool] = {}

    def has_comment_inside(self, branch: Branch) -> bool:
        """Say whether a branch, or anything in it, has a comment."""
        found = self._commented.get(id(branch))
        if found is None:
            found = self._commented[id(branch)] = bool(branch.tail) or any(
                map(self._has_comment, branch.entries)
            )
        return found

    def _has_comment(self, entry: Entry) -> bool:
        value = entry.value
        return bool(entry.above or entry.after) or (
            isinstance(value, Branch) and self.has_comment_inside(value)
        )

    def branch(self, branch: Branch, indent: str) -> Iterator[str]:
        """Yield the lines of a branch, each entry on lines of its own."""
        for index, entry in enumerate(branch.entries):
            if entry.key is None:
                self._hoist(entry, indent)
            yield from self.comments(entry.above, indent, is_first=not index)
            yield from self._gap(wanted=entry.has_gap and bool(index or entry.above))
            self._keeps = False
            yield from self._entry(entry, indent)
        yield from self.comments(branch.tail, indent, is_first=not branch.entries)

    def _hoist(self, entry: Entry, indent: str) -> None:
        """Move what would stand between the dash of a list's item and its first key above the dash."""
        value = entry.value
        if isinstance(value, Leaf) or value.anchor or self._one_line(entry, indent) is not None:
            return
        first = value.entries[0]
        if first.key is None:
            self._hoist(first, indent + _STEP)
        if entry.after:
            entry.above.append(Comment(entry.after, has_gap=False))
            entry.after = ""
        entry.above += first.above
        first.above = []

    def comments(self, comments: Sequence[Comment], indent: str, *, is_first: bool) -> Iterator[str]:
        """Yield comments on lines of their own; the first thing in a branch has no empty line above it."""
        for index, comment in enumerate(comments):
            yield from self._gap(wanted=comment.has_gap and bool(index or not is_first))
            self._keeps = False
            yield indent + comment.text

    def _gap(self, *, wanted: bool) -> Iterator[str]:
        if wanted and not self._keeps:
            yield ""

    def _entry(self, entry: Entry, indent: str) -> Iterator[str]:
        value, head = entry.value, self._head(entry, indent)
        if isinstance(value, Leaf):
            yield from self._leaf(value, head, indent, entry.after)
        elif (line := self._one_line(entry, indent)) is not None:
            yield line
        elif entry.key is not None or value.anchor:
            yield _behind(f"{head} &{value.anchor}" if value.anchor else head, entry.after)
            yield from self.branch(value, indent + _STEP)
        else:
            # A list's item begins behind its dash.
            first, *others = self.branch(value, indent + _STEP)
            yield f"{head} {first.removeprefix(indent + _STEP)}"
            yield from others

    def _one_line(self, entry: Entry, indent: str) -> str | None:
        """Return an entry whose value is a branch on one line, None where it is to have several."""
        value = entry.value
        assert isinstance(value, Branch)
        if (value.entries and not value.is_flow) or self.has_comment_inside(value):
            return None
        head = self._head(entry, indent)
        is_free = not value.entries or _is_fixed(entry)
        text = self.inline(value, len(self._text) if is_free else WIDTH - len(head) - 1)
        if text is None:
            return None
        return _behind(f"{head} {text}", entry.after)

    def _head(self, entry: Entry, indent: str) -> str:
        if entry.key is None:
            return f"{indent}-"
        key = entry.key
        mark = f"&{key.anchor} " if key.anchor else ""
        return f"{indent}{mark}{lines_of(key, self._text)[0]}:"

    def _leaf(self, leaf: Leaf, head: str, indent: str, after: str) -> Iterator[str]:
        mark = f" &{leaf.anchor}" if leaf.anchor and not leaf.is_alias else ""
        if leaf.is_block:
            yield from self._block(leaf, head + mark, indent + _STEP, after)
            return
        lines = [line.lstrip(" ") if index else line for index, line in enumerate(lines_of(leaf, self._text))]
        if len(lines) == 1:
            yield _behind(f"{head}{mark} {lines[0]}".rstrip(" "), after)
            return
        lines = [_ended(line) for line in lines[:-1]] + lines[-1:]
        yield f"{head}{mark} {lines[0]}"
        yield from (indent + _STEP + line if line else "" for line in lines[1:-1])
        yield _behind(indent + _STEP + lines[-1], after)

    def _block(self, leaf: Leaf, head: str, indent: str, after: str) -> Iterator[str]:
        value = leaf.value
        content = _content(leaf, self._text)
        while content and not content[-1]:
            content.pop()
        kept = len(value) - len(value.rstrip("\n"))
        chomp = "-" if not kept else "+" if kept > 1 or not value.strip("\n") else ""
        hint = "2" if content and _spaces(next((line for line in content if line), "")) else ""
        yield _behind(f"{head} {leaf.style}{hint}{chomp}", after)
        yield from (indent + line if line else "" for line in content)
        if chomp == "+":
            yield from [""] * (kept - (1 if content else 0))
            self._keeps = True

    def inline(self, node: Tree, room: int) -> str | None:
        """Return a node on one line of at most `room` characters, None where it cannot stand so."""
        mark = f"&{node.anchor} " if node.anchor and not (isinstance(node, Leaf) and node.is_alias) else ""
        if isinstance(node, Leaf):
            return self._inline_leaf(node, mark, room)
        parts: list[str] = []
        left = room - len(mark) - 2
        for entry in node.entries:
            head = "" if entry.key is None else f"{self._head(entry, '')} "
            value = self.inline(entry.value, left - len(head))
            if value is None:
                return None
            parts.append(head + value)
            left -= len(parts[-1]) + 2
        opening, closing = "{}" if node.is_map else "[]"
        text = f"{mark}{opening}{', '.join(parts)}{closing}"
        return text if len(text) <= room else None

    def _inline_leaf(self, leaf: Leaf, mark: str, room: int) -> str | None:
        if leaf.is_block or leaf.end - leaf.body > room:
            return None
        lines = lines_of(leaf, self._text)
        if len(lines) > 1 or not lines[0] or len(mark) + len(lines[0]) > room:
            return None
        return mark + lines[0]


def _content(leaf: Leaf, text: str) -> list[str]:
    """Return the lines of a block scalar without their indentation."""
    told = next((line for line in leaf.value.split("\n") if line.strip(" ")), None)
    if leaf.style == "|" or told is None:
        return leaf.value.split("\n")
    lines = lines_of(leaf, text)
    cut = _spaces(next(line for line in lines if line.strip(" "))) - _spaces(told)
    return [line[cut:] for line in lines]


def _is_fixed(entry: Entry) -> bool:
    """Say whether a comment ignores problems on the entry's line, so that it must stay one."""
    return any(map(_IGNORE.match, (entry.after, *(comment.text for comment in entry.above))))


def _behind(line: str, comment: str) -> str:
    return f"{line}  {comment}" if comment else line


def _ended(line: str) -> str:
    """Return a line of a longer scalar without the spaces at its end, unless a backslash makes one a sign."""
    bare = line.rstrip(" ")
    return line if bare.endswith("\\") else bare


def _spaces(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
