"""A YAML document: its text as a tree with places, and everything wrong with it as YAML."""

import re
from collections.abc import Iterator
from typing import Literal, NoReturn

from slyflow.model.value import Json
from slyflow.problem import Problem, has_errors, in_order
from slyflow.record import record
from slyflow.syntax.builder import NORMAL, Builder, Limits
from slyflow.syntax.node import Node, plain, scalars
from slyflow.syntax.source import Source
from slyflow.syntax.trap import unacceptable

_INDENTED_BY_TAB = r"(?m)^ *\t[ \t]*(?=[^\s#])"


@record(frozen=True)
class Document:
    """A file as it was read. `root` is None when the text is not YAML to its end, or is empty."""

    source: Source
    root: Node | None
    problems: list[Problem]

    def data(self) -> Json:
        """Return the JSON that the document says, null for an empty one."""
        return plain(self.root) if self.root else None


def read(source: Source, limits: Limits = NORMAL) -> Document:
    """Read one YAML document; what is wrong with it is in the document's problems, nothing is raised."""
    # ASCII control characters are left to libyaml, which looks at each character anyway.
    if not source.text.isascii() and (bad := unacceptable(source)):
        return Document(source, None, [bad])
    builder = Builder(source, limits)
    root = builder.build()
    if root is not None:
        builder.problems.extend(_tabs(source, root))
    return Document(source, root, builder.problems)


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
