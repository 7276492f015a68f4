"""`outputs` of a step: what to look for, and where."""

import re
from collections.abc import Callable
from typing import cast

from slyflow.model.artifact import Kind
from slyflow.model.outputsource import (
    AnySource,
    ContentSource,
    CreatedSource,
    ExpressionSource,
    FileForm,
    KnownSource,
    LogSource,
    NameSource,
    OutputSource,
    PathSource,
    SelfSource,
    StateSource,
    TaskSource,
)
from slyflow.model.pipeline import OutputSpec, ParamType
from slyflow.syntax.node import Map, Node, Scalar
from slyflow.syntax.parse_node import parse_card
from slyflow.syntax.reader import Reader, entries

_KEYWORDS: dict[str, Callable[[Kind], OutputSource]] = {
    "task": TaskSource,
    "created": CreatedSource,
    "self": SelfSource,
}


def parse_outputs(reader: Reader, node: Node | None) -> dict[str, OutputSpec]:
    """Return the outputs by name."""
    return {name: _output(reader, key, name, value) for key, name, value in entries(node)}


def _output(reader: Reader, key: Scalar, name: str, node: Node) -> OutputSpec:
    if name == "session":
        message = 'every app step has the output "session" by itself'
        reader.refuse(key, message, "reserved-name", hint="choose another name")
    if isinstance(node, Scalar):
        kind = Kind(str(node.value))
        return OutputSpec(name, kind, AnySource(kind), span=reader.span(key))
    assert isinstance(node, Map)
    kind = next(kind for kind in Kind if kind in node.values)
    card = node.values.get("card")
    return OutputSpec(
        name,
        kind,
        _source(reader, kind, node.values[kind]),
        type=_type(reader, node.values.get("type")),
        items=_type(reader, node.values.get("items")),
        optional=reader.flag(node.values.get("optional")),
        card=parse_card(reader, card, node.key("card") if card else None, kind),
        span=reader.span(key),
    )


def _type(reader: Reader, node: Node | None) -> ParamType | None:
    return cast("ParamType | None", reader.text(node))


def _source(reader: Reader, kind: Kind, node: Node) -> OutputSource:
    if kind is Kind.VALUE:
        return _value_source(reader, node)
    if isinstance(node, Map):
        if "path" in node.values:
            return PathSource(kind, reader.dynamic(node.values["path"]))
        return NameSource(
            kind, reader.dynamic(node.values["name"]), project=reader.optional(node.values.get("project"))
        )
    if isinstance(node, Scalar) and isinstance(node.value, str) and node.value in _KEYWORDS:
        return _KEYWORDS[node.value](kind)
    return KnownSource(kind, reader.dynamic(node))


def _value_source(reader: Reader, node: Node) -> OutputSource:
    if not isinstance(node, Map):
        return ExpressionSource(reader.whole(node))
    if "state" in node.values:
        return StateSource(reader.dynamic(node.values["state"]))
    if "log" in node.values:
        return LogSource(_log_pattern(reader, node.values["log"]))
    form = cast(FileForm, reader.text(node.values.get("as")) or "json")
    return ContentSource(reader.dynamic(node.values["file"]), form)


def _log_pattern(reader: Reader, node: Node) -> str:
    pattern = reader.text(node) or ""
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        reader.refuse(node, f"this is no regular expression: {error}", "bad-pattern")
        return pattern
    if not groups:
        message = "the pattern has no group, and its first group would be the value"
        reader.refuse(node, message, "bad-pattern", hint="put ( ) around the part that is the value")
    return pattern
