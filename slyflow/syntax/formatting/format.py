"""From a text to its canonical form, or to the problems that forbid to touch it."""

from collections import Counter

from slyflow.problem import Problem, has_errors, in_order
from slyflow.record import field, record
from slyflow.syntax.builder import NORMAL, Limits
from slyflow.syntax.document import read
from slyflow.syntax.formatting.layout import lay_out
from slyflow.syntax.formatting.ordering import order_keys
from slyflow.syntax.formatting.placing import place_comments
from slyflow.syntax.formatting.tree import Branch, Leaf, Tree, Written
from slyflow.syntax.schema import load_schema
from slyflow.syntax.source import Source

_LONGEST_KEY = 1000


@record(frozen=True)
class Formatted:
    """The canonical text, None when errors among the problems forbid one."""

    text: str | None = field(repr=False)
    problems: tuple[Problem, ...] = ()


def format_source(source: Source, limits: Limits = NORMAL) -> Formatted:
    """Return a pipeline's text in its canonical form; what is not sound YAML is not touched.

    AssertionError when the result would not say the same: then nothing may be written.
    """
    plain = Source(source.file, source.text.replace("\r\n", "\n").replace("\r", "\n"))
    document = read(plain, limits)
    problems = [*document.problems]
    if not has_errors(problems) and document.root is not None:
        written = Written(plain.text)
        problems += _unfit(written, plain)
        if not has_errors(problems):
            text = _formatted(written)
            same = read(Source(plain.file, text), limits).data() == document.data()
            _require(same, "says something else")
            return Formatted(text, tuple(in_order(problems)))
    elif document.root is None and not problems:
        problems.append(plain.problem(0, 0, "the file is empty", "empty-file"))
    return Formatted(None, tuple(in_order(problems)))


def _formatted(written: Written) -> str:
    meaning, told = _meaning(written.root), Counter(text for _, text in written.comments())
    place_comments(written)
    order_keys(written.root, load_schema())
    text = lay_out(written)
    again = Written(text)
    _require(_meaning(again.root) == meaning, "is written otherwise")
    _require(Counter(found for _, found in again.comments()) == told, "has not the same comments")
    return text


def _require(holds: bool, otherwise: str) -> None:  # noqa: FBT001  # as an assertion, but never left out
    if not holds:
        raise AssertionError(f"the formatted text {otherwise}")


def _unfit(written: Written, source: Source) -> list[Problem]:
    """Return why a sound document has no canonical form."""
    root = written.root
    if not isinstance(root, Branch) or not root.is_map:
        end = source.line_end(root.start)
        return [source.problem(root.start, end, "a pipeline must be a map", "wrong-value")]
    stack: list[Tree] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, Leaf):
            continue
        for entry in node.entries:
            stack.append(entry.value)
            key = entry.key
            if key is not None and (
                key.end - key.body > _LONGEST_KEY or "\n" in source.text[key.body : key.end]
            ):
                message = f"a key must stand on one line, and have at most {_LONGEST_KEY:,} characters"
                return [source.problem(key.start, source.line_end(key.start), message, "bad-name")]
    return []


def _meaning(node: Tree) -> object:
    """Return what a tree says, its anchors and aliases, without the order of keys that are sorted."""
    if isinstance(node, Leaf):
        is_plain = not node.style
        return ("*" if node.is_alias else "", node.anchor, node.value, is_plain)
    if node.is_map:
        entries = {
            entry.key.value: (entry.key.anchor, _meaning(entry.value)) for entry in node.entries if entry.key
        }
        return (node.anchor, entries)
    return (node.anchor, [_meaning(entry.value) for entry in node.entries])
