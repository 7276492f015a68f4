"""Values → YAML text with comments, which our own parser reads back as the same values."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from slyflow.model.value import Json
from slyflow.record import record
from slyflow.syntax.builder import DEPTH_LIMIT, SCALAR_LIMIT
from slyflow.syntax.scalar import LARGEST, SMALLEST, resolve
from slyflow.syntax.spelling import misspelt_key
from slyflow.text import sanitize

WIDTH = 100
_INDENT = "  "
_PLAIN = re.compile(r"(?:[A-Za-z_/]|\.\.?/)[\w./@+-]*(?: [\w./@+(][\w./@+()-]*)*|[1-9]\d*[smhd]", re.ASCII)
# Booleans to readers of YAML 1.1, among them editors; ours takes them for text.
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off"))
# What JSON leaves as it is in a text, and YAML, or a reader's eye, cannot have there.
_RAW = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# What the language allows, less what may stand around a value.
_DEEPEST = DEPTH_LIMIT - 8
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")
_LINES = re.compile(r"\S[^\n]*(?:\n+ *\S[^\n]*)+\n?")


@record(frozen=True)
class Code:
    """The source of an expression."""

    source: str


@record(frozen=True)
class Entry:
    """A key with its value; `note` stands behind it as a comment, each of `above` on a line before it.

    An empty line of `above` is an empty line. With `is_off` the entry itself is written as a comment.
    """

    key: str
    value: "Value"
    note: str = ""
    above: tuple[str, ...] = ()
    is_off: bool = False


@record(frozen=True)
class Block:
    """A map with comments, never written on one line."""

    entries: tuple[Entry, ...]


Value = Json | Code | Block | Sequence["Value"] | Mapping[str, "Value"]
"""What may be written: JSON, whose texts never become expressions, with expressions and blocks in it."""


def emit(block: Block) -> str:
    """Return the map as a YAML document, which ends with a line end."""
    return "".join(f"{line}\n" for line in _map(block.entries, ""))


def can_hold(value: Json, depth: int = 0) -> bool:
    """Say whether a pipeline can hold the value: JSON has some that the language refuses."""
    match value:
        case str():
            return len(value) <= SCALAR_LIMIT // 2 and not _SURROGATE.search(value)
        case int() if not isinstance(value, bool):
            return SMALLEST <= value <= LARGEST
        case None | bool() | int() | float():
            return True
        case Mapping():
            keys = all(can_hold(key) and misspelt_key(key) is None for key in value)
            return depth < _DEEPEST and keys and all(can_hold(item, depth + 1) for item in value.values())
        case _:
            return depth < _DEEPEST and all(can_hold(item, depth + 1) for item in value)


def one_line(value: Json) -> str:
    """Return JSON on one line, which a reader of YAML takes for the same."""
    return _escaped(json.dumps(value, ensure_ascii=False, default=_plain))


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else list(cast("Sequence[object]", value))


def comment(text: str) -> str:
    """Return any text as a comment of one line, whatever it holds."""
    words = " ".join(_RAW.sub("", sanitize(text, 2 * WIDTH)).split())
    return f"# {words}" if words else "#"


def _map(entries: Sequence[Entry], indent: str) -> Iterator[str]:
    for entry in entries:
        yield from (indent + comment(text) if text else "" for text in entry.above)
        first, *others = _entry(entry, indent)
        lines = [f"{first}  {comment(entry.note)}" if entry.note else first, *others]
        if entry.is_off:
            lines = [f"{indent}# {line.removeprefix(indent)}".rstrip() for line in lines]
        yield from lines


def _entry(entry: Entry, indent: str) -> Iterator[str]:
    head, value = f"{indent}{_text(entry.key)}:", entry.value
    if isinstance(value, Block):
        yield head
        yield from _map(value.entries, indent + _INDENT)
    elif isinstance(value, str) and _reads_as_lines(value):
        yield f"{head} {'|' if value.endswith(chr(10)) else '|-'}"
        for line in _literal(value).removesuffix("\n").split("\n"):
            yield f"{indent}{_INDENT}{line}" if line else ""
    else:
        text = _flow(value)
        if len(head) + len(text) < WIDTH or not isinstance(value, Mapping | Sequence) or not value:
            yield f"{head} {text}"
        else:
            yield from _long(head, text, value, indent + _INDENT)


def _long(head: str, text: str, value: "Mapping[str, Value] | Sequence[Value]", indent: str) -> Iterator[str]:
    """Give what does not fit on one line."""
    if isinstance(value, str):
        yield f"{head} {text}"
        return
    yield head
    if isinstance(value, Mapping):
        yield from _map([Entry(key, item) for key, item in value.items()], indent)
    else:
        for item in value:
            yield from _item(item, indent)


def _item(item: Value, indent: str) -> Iterator[str]:
    """Give a list's item; a longer map begins behind its dash."""
    text = _flow(item)
    if len(indent) + len(text) + 2 < WIDTH or not isinstance(item, Mapping):
        yield f"{indent}- {text}"
    else:
        inner = indent + _INDENT
        first, *others = _map([Entry(key, value) for key, value in item.items()], inner)
        yield f"{indent}- {first.removeprefix(inner)}"
        yield from others


def _flow(value: Value) -> str:
    """Return a value on one line."""
    match value:
        case Code():
            return _quoted(f"${{{{ {value.source} }}}}")
        case str():
            return _text(_literal(value))
        case None | bool() | int() | float():
            return json.dumps(value)
        case Mapping():
            return "{" + ", ".join(f"{_text(key)}: {_flow(item)}" for key, item in value.items()) + "}"
        case Block():
            return _flow({entry.key: entry.value for entry in value.entries})
        case _:
            return "[" + ", ".join(map(_flow, value)) + "]"


def _literal(text: str) -> str:
    """Return the text that our parser reads as this one, and as no expression."""
    return text.replace("${{", "$${{")


def _text(text: str) -> str:
    """Return a text as one scalar, plain where that is safe."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS and resolve(text) == text:
        return text
    return _quoted(text)


def _quoted(text: str) -> str:
    return _escaped(json.dumps(text, ensure_ascii=False))


def _escaped(quoted: str) -> str:
    return _RAW.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def _reads_as_lines(text: str) -> bool:
    return bool(_LINES.fullmatch(text)) and not (_RAW.search(text) or _CONTROL.search(text))
