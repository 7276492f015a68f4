"""Gives each comment of a document to what it is about."""

from collections.abc import Sequence

from slyflow.syntax.formatting.tree import Branch, Comment, Entry, Written

_MODELINES = ("# yaml-language-server:", "#!")
# Characters of white space that are looked through.
_FAR = 512


def place_comments(document: Written) -> None:
    """Attach every comment to an entry, to the end of a branch, or to the beginning of the document.

    One on a line of its own is about the entry below; where that stands further left, it ends the branch that
    it is indented like. One behind something is about that.
    """
    root = document.root
    assert isinstance(root, Branch)
    placing = _Placing(document)
    if document.mark is not None:
        root.head += placing.before(document.mark)
    placing.branch(root, len(document.text), parent_column=-1)
    root.tail += placing.before(len(document.text))
    if document.mark is None:
        _behead(root)


def _behead(root: Branch) -> None:
    """Let the comments that begin a document stay there, whatever its first entry becomes."""
    if not root.entries:
        return
    first = root.entries[0]
    above, has_gap = first.above, first.has_gap
    if above and not has_gap and above[0].text.startswith(_MODELINES):
        root.head, first.above = above, []
        return
    cut = len(above) if has_gap else max((i for i, one in enumerate(above) if one.has_gap), default=0)
    root.head, first.above, root.has_gap = above[:cut], above[cut:], bool(cut)


class _Placing:
    """The comments of a document that were not given away yet."""

    def __init__(self, document: Written) -> None:
        self._text = document.text
        self._comments: Sequence[tuple[int, str]] = document.comments()
        self._next = 0

    def before(self, end: int) -> list[Comment]:
        """Take the comments before an offset."""
        taken: list[Comment] = []
        while (offset := self._offset()) is not None and offset < end:
            taken.append(self._take(offset))
        return taken

    def branch(self, branch: Branch, limit: int, parent_column: int) -> None:
        """Take what is about the entries of a branch, and before `limit` what ends it."""
        column = -1 if branch.is_flow or not branch.entries else self._column(branch)
        for index, entry in enumerate(branch.entries):
            following = branch.entries[index + 1].start if index + 1 < len(branch.entries) else limit
            start = self._dash(entry.start) if not (branch.is_map or branch.is_flow) else entry.start
            entry.above += self.before(entry.start)
            entry.has_gap = self._has_gap(start)
            self._entry(entry, min(following, limit), column)
        if branch.is_flow:
            branch.tail += self.before(branch.end)
        else:
            self._tail(branch, limit, max(column, parent_column + 1))

    def _tail(self, branch: Branch, limit: int, column: int) -> None:
        while (offset := self._offset()) is not None and offset < limit and self._column_of(offset) >= column:
            branch.tail.append(self._take(offset))

    def _entry(self, entry: Entry, limit: int, column: int) -> None:
        value = entry.value
        if isinstance(value, Branch) and not value.is_flow:
            first = value.entries[0].start if value.entries else limit
            self._behind(entry, entry.key.end if entry.key else entry.start, first)
            self.branch(value, limit, column)
            return
        if entry.key is not None:
            entry.above += self.before(value.start)
        if isinstance(value, Branch):
            self.branch(value, value.end, column)
            if not value.entries:
                entry.above, value.tail = entry.above + value.tail, []
        elif value.is_block:
            # Its end is the beginning of a later line.
            header = self.before(value.end)
            entry.above += header[:-1]
            entry.after = entry.after or (header[-1].text if header else "")
            return
        elif value.anchor:
            entry.above += self.before(value.end)
        self._behind(entry, value.end, limit)

    def _behind(self, entry: Entry, end: int, limit: int) -> None:
        """Take the comment on the line on which something ends."""
        offset = self._offset()
        if entry.after or offset is None or offset >= limit or offset < end:
            return
        between = self._text[end:offset]
        if "\n" not in between and not set(between) & set("}]"):
            entry.after = self._take(offset).text

    def _offset(self) -> int | None:
        return self._comments[self._next][0] if self._next < len(self._comments) else None

    def _take(self, offset: int) -> Comment:
        text = self._comments[self._next][1]
        self._next += 1
        return Comment(text, has_gap=self._has_gap(offset))

    def _has_gap(self, offset: int) -> bool:
        """Say whether the line above that of an offset, before which nothing stands, is empty."""
        before = self._text[max(0, offset - _FAR) : offset]
        return before.count("\n", len(before.rstrip(" \n"))) > 1

    def _column(self, branch: Branch) -> int:
        start = branch.entries[0].start
        return self._column_of(start if branch.is_map else self._dash(start))

    def _column_of(self, offset: int) -> int:
        return offset - (self._text.rfind("\n", 0, offset) + 1)

    def _dash(self, start: int) -> int:
        """Return where the dash before a list's item stands, or the item where a comment is between them."""
        before = self._text[max(0, start - _FAR) : start]
        bare = before.rstrip(" \n")
        return start - len(before) + len(bare) - 1 if bare.endswith("-") else start
