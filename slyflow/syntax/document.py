"""A YAML document: its text as a tree with places, and everything wrong with it as YAML."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NoReturn

from slyflow.model.value import Json
from slyflow.problem import Problem, has_errors, in_order
from slyflow.record import record
from slyflow.syntax.builder import NORMAL, Builder, Limits
from slyflow.syntax.node import Node, plain, scalars
from slyflow.syntax.source import Source

if TYPE_CHECKING:
    from slyflow.syntax.recovery import Block

# A file is read again for each error in it, and all of that must end within a second.
_MOST_ERRORS = 10
_MOST_READ = 2**21
_INDENTED_BY_TAB = r"(?m)^ *\t[ \t]*(?=[^\s#])"


@record(frozen=True)
class Document:
    """A file as it was read. `root` is None when the text is not YAML, or is empty.

    Where there is YAML beside syntax errors, `source` is blank where these are, and the tree refuses that.
    """

    source: Source
    root: Node | None
    problems: list[Problem]

    def data(self) -> Json:
        """Return the JSON that the document says, null for an empty one."""
        return plain(self.root) if self.root else None


def read(source: Source, limits: Limits = NORMAL) -> Document:
    """Read one YAML document; what is wrong with it is in the document's problems, nothing is raised."""
    # ASCII control characters are left to libyaml, which looks at each character anyway.
    if not source.text.isascii():
        from slyflow.syntax.trap import unacceptable  # most files are ASCII

        if bad := unacceptable(source):
            return Document(source, None, [bad])
    builder = Builder(source, limits)
    root = builder.build()
    if root is None and builder.broke_at is not None:
        return _recovered(source, limits, builder)
    if root is not None:
        builder.problems.extend(_tabs(source, root))
    return Document(source, root, builder.problems)


def _recovered(source: Source, limits: Limits, first: Builder) -> Document:
    """Read what can be read beside syntax errors: each error's block is left out, and counts as refused."""
    from slyflow.syntax.recovery import mark, without  # few files need it

    blocks: list[Block] = []
    problems: list[Problem] = []
    readable, builder = source, first
    for _ in range(max(1, min(_MOST_ERRORS, _MOST_READ // max(1, len(source.text))))):
        block, told = _blamed(readable, builder, limits)
        problems += told
        if block is None or any(block.start == one.start for one in blocks):
            break
        blocks.append(block)
        readable = Source(source.file, without(readable.text, block))
        builder = Builder(readable, limits)
        root = builder.build()
        if root is not None and all(mark(root, one) for one in blocks):
            problems += [*builder.problems, *_tabs(readable, root)]
            return Document(readable, root, in_order(problems))
        if builder.broke_at is None:
            problems += builder.problems
            break
    return Document(source, None, in_order(problems))


def _blamed(source: Source, builder: Builder, limits: Limits) -> "tuple[Block | None, list[Problem]]":
    """Return the block in which a syntax error is, and what is wrong up to there.

    Where the text before the block is not YAML by itself, something in an earlier one was never closed: that
    is the error, wherever libyaml stumbled over its consequences.
    """
    from slyflow.syntax.recovery import block_at

    problems, at = builder.problems, builder.broke_at
    while at is not None and (block := block_at(source.text, at)):
        before = Builder(Source(source.file, source.text[: block.start]), limits)
        before.build()
        if before.broke_at is None:
            return block, problems
        if before.broke_at >= at:
            break
        problems, at = before.problems, before.broke_at
    return None, problems


def parse_value(text: str, form: Literal["json", "yaml"]) -> Json:
    """Return what a text says as JSON or YAML; ValueError, with line and column, when it says nothing."""
    if form == "yaml":
        document = read(Source("", text))
        if has_errors(document.problems):
            first = next(one for one in in_order(document.problems) if one.severity == "error")
            raise ValueError(f"line {first.span.line}, column {first.span.column}: {first.message}")
        return document.data()
    import json

    try:
        value: Json = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("it nests too deep") from error
    return value


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number that JSON can hold")


def _tabs(source: Source, root: Node) -> Iterator[Problem]:
    """Find lines indented by a tab where libyaml lets that pass (inside brackets)."""
    if "\t" not in source.text:
        return
    found = list(re.finditer(_INDENTED_BY_TAB, source.text))
    texts = [(node.start, node.end) for node in scalars(root)] if found else []
    for match in found:
        if not any(start < match.start() < end for start, end in texts):
            place = match.end() - 1
            hint = "indent by spaces"
            yield source.problem(place, place + 1, "a tab cannot indent", "tab", hint=hint)
