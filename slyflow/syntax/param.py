"""`params`: what values a run takes, as JSON Schema, and whether a value is one of them."""

from collections.abc import Mapping, Sequence
from typing import cast

from slyflow.model.pipeline import Param, ParamType
from slyflow.model.value import Json
from slyflow.problem import Problem
from slyflow.syntax.check import compile_schema
from slyflow.syntax.finding import Finding
from slyflow.syntax.keyword import types_of
from slyflow.syntax.node import Map, Node, Scalar, plain
from slyflow.syntax.pattern import LONGEST_TEXT, PatternError, compile_pattern
from slyflow.syntax.reader import Reader, entries, items
from slyflow.syntax.schema import dotted

_CAMEL = {
    "min_length": "minLength",
    "max_length": "maxLength",
    "min_items": "minItems",
    "max_items": "maxItems",
}
# Which types a keyword says something about; the others are for every type.
_FOR = {
    "minimum": ("integer", "number"),
    "maximum": ("integer", "number"),
    "min_length": ("string",),
    "max_length": ("string",),
    "pattern": ("string",),
    "min_items": ("array",),
    "max_items": ("array",),
    "items": ("array",),
    "properties": ("object",),
    "required": ("object",),
}
_RANGES = (("minimum", "maximum"), ("min_length", "max_length"), ("min_items", "max_items"))


def parse_params(reader: Reader, node: Node | None, skipped: set[str]) -> dict[str, Param]:
    """Return the params by name, without those in `skipped`."""
    return {
        name: _param(reader, key, name, value)
        for key, name, value in entries(node)
        if isinstance(value, Map) and name not in skipped
    }


def _param(reader: Reader, key: Scalar, name: str, node: Map) -> Param:
    before = len(reader.problems)
    schema = _schema(reader, node)
    default = node.values.get("default")
    if default is not None and len(reader.problems) == before:
        reader.problems += _of_default(name, compile_schema(schema, compile_pattern)(default), reader)
    return Param(
        name,
        cast(ParamType, plain(node.values["type"])),
        schema,
        required=default is None,
        default=plain(default) if default else None,
        description=reader.text(node.values.get("description")),
        span=reader.span(key),
    )


def _of_default(name: str, findings: Sequence[Finding], reader: Reader) -> list[Problem]:
    if not findings:
        return []
    from slyflow.syntax.sentence import to_problems  # a good file does not pay for them

    def place(path: Sequence[str | int]) -> str:
        inner = f'"{dotted(path)}" in ' if path else ""
        return f'{inner}the default of param "{name}"'

    return to_problems(findings, reader.source, place)


def _schema(reader: Reader, node: Map) -> dict[str, Json]:
    """Return the JSON Schema of a param or of a value in it; contradictions in it are problems."""
    schema: dict[str, Json] = {}
    kind = str(plain(node.values["type"]))
    for key, name, value in entries(node):
        if kind not in _FOR.get(name, (kind,)):
            reader.refuse(key, f'"{name}" says nothing about type {kind}', "misplaced-key")
        elif name == "items":
            assert isinstance(value, Map)
            schema["items"] = _schema(reader, value)
        elif name == "properties":
            schema["properties"] = {
                inner: _schema(reader, item) for _, inner, item in entries(value) if isinstance(item, Map)
            }
        elif name not in ("default", "description"):
            schema[_CAMEL.get(name, name)] = plain(value)
    _contradictions(reader, node, schema)
    longest = schema.get("maxLength")
    if "pattern" in schema:
        schema["maxLength"] = min(longest, LONGEST_TEXT) if isinstance(longest, int) else LONGEST_TEXT
    return schema


def _contradictions(reader: Reader, node: Map, schema: Mapping[str, Json]) -> None:
    given = node.values
    for low, high in _RANGES:
        if low in given and high in given and reader.number(given[low]) > reader.number(given[high]):
            reader.refuse(given[low], f'"{low}" is above "{high}", so no value is allowed', "wrong-value")
    if "pattern" in schema:
        _check_pattern(reader, given["pattern"])
    for item in items(given.get("enum")):
        if schema["type"] not in types_of(item):
            reader.refuse(item, f'this value of "enum" is not of type {schema["type"]}', "wrong-value")


def _check_pattern(reader: Reader, node: Node) -> None:
    try:
        compile_pattern(str(plain(node)))
    except PatternError as error:
        reader.refuse(node, str(error), "bad-pattern")
