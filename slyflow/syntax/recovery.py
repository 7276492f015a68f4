"""What can still be read of a file with a syntax error: all but the section, or the step, that it is in.

A pipeline is indented, so where a step ends can be seen without understanding what is in it.
"""

import re
from collections.abc import Sequence

from slyflow.record import record
from slyflow.syntax.node import Broken, Map, Node

_DIVIDED = ("params", "steps", "finally", "outputs")
"""Sections of which one entry can be left out."""

_HEADER = r" *([A-Za-z_][\w-]*)[ \t]*:(?=[ \t\r\n]|$)"


@record(frozen=True)
class Block:
    """A section or an entry of one, from behind its key's colon to its end, and the keys that lead to it.

    `is_even` says that nothing in it is indented less than its first line, so that no other entry's key can
    have got into it.
    """

    keys: tuple[str, ...]
    start: int
    end: int
    is_even: bool


@record(frozen=True)
class _Line:
    """A line that says something."""

    start: int
    text: str

    @property
    def indentation(self) -> int:
        # A tab indents nothing, but whoever wrote it meant the line to be inside.
        return 1_000 if self.text.lstrip(" ")[:1] == "\t" else len(self.text) - len(self.text.lstrip(" "))

    @property
    def key(self) -> str | None:
        found = re.match(_HEADER, self.text)
        return found[1] if found else None

    @property
    def behind_key(self) -> int:
        found = re.match(_HEADER, self.text)
        return self.start + (found.end() if found else 0)


def block_at(text: str, offset: int) -> Block | None:
    """Return the smallest block around an offset that a file can do without, None when there is none."""
    section = _section(text, offset)
    if not section or section[0].key is None:
        return None
    end = section[-1].start + len(section[-1].text)
    whole = Block((section[0].key,), section[0].behind_key, end, is_even=len(section) == 1)
    is_divided = (
        section[0].key in _DIVIDED and not text[whole.start : section[0].start + len(section[0].text)].strip()
    )
    return (_entry(section, offset) if is_divided else None) or whole


def _section(text: str, offset: int) -> Sequence[_Line]:
    """Return the lines of the top-level section that an offset is in."""
    section: list[_Line] = []
    start = 0
    for line in text.splitlines(keepends=True):
        if line.strip() and not line.lstrip().startswith("#"):
            if line[0] not in " \t":
                if start > offset:
                    break
                section = []
            section.append(_Line(start, line))
        start += len(line)
    return section


def _entry(section: Sequence[_Line], offset: int) -> Block | None:
    """Return the entry of a section that an offset is in."""
    depth = section[1].indentation if len(section) > 1 else 0
    lines: list[_Line] = []
    for line in section[1:]:
        if line.indentation <= depth:
            if line.start > offset:
                break
            lines = []
        lines.append(line)
    if not lines or lines[0].start > offset or lines[0].indentation != depth or lines[0].key is None:
        return None
    body = [line.indentation for line in lines[1:]]
    end = lines[-1].start + len(lines[-1].text)
    is_even = not body or min(body) == body[0]
    return Block((str(section[0].key), lines[0].key), lines[0].behind_key, end, is_even)


def without(text: str, block: Block) -> str:
    """Return a text of the same length with nothing but space where the block was."""
    return text[: block.start] + re.sub(r"[^\r\n]", " ", text[block.start : block.end]) + text[block.end :]


def mark(root: Node | None, block: Block) -> bool:
    """Put what was refused in the place of a block; False when the block is not where it seemed to be."""
    holder = root
    for key in block.keys[:-1]:
        holder = holder.values.get(key) if isinstance(holder, Map) else None
    if not isinstance(holder, Map) or block.keys[-1] not in holder.values:
        return False
    holder.values[block.keys[-1]] = Broken(block.start, block.start)
    holder.partial = holder.partial or not block.is_even
    return True
