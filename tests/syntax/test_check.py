"""The compiler of schemas by itself; test_schema holds it against jsonschema on the language."""

import pytest

from slyflow.model.value import Json
from slyflow.syntax.check import compile_schema
from slyflow.syntax.document import read
from slyflow.syntax.keyword import Schema, equal
from slyflow.syntax.node import from_json
from slyflow.syntax.schema import load_schema
from slyflow.syntax.source import Source


def rules(schema: Schema, value: Json) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(finding.rule, finding.full_path) for finding in compile_schema(schema)(from_json(value))]


def test_every_definition_of_the_language_compiles() -> None:
    schema = load_schema()
    for definition in schema["$defs"].values():
        compile_schema({**definition, "$defs": schema["$defs"]})


def test_keyword_it_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="uniqueItems"):
        compile_schema({"type": "array", "uniqueItems": True})


def test_finding_has_the_path_from_the_root() -> None:
    inner = {"type": "object", "properties": {"n": {"type": "integer"}}, "additionalProperties": False}
    schema = {"type": "object", "additionalProperties": {"type": "array", "items": inner}}
    value: Json = {"a": [{"n": 1}, {"n": "x", "m": 2}], "b": 3}
    assert rules(schema, value) == [
        ("expected", ("a", 1, "n")),
        ("unknown", ("a", 1, "m")),
        ("expected", ("b",)),
    ]


def test_definition_may_refer_to_itself() -> None:
    tree = {"type": "object", "additionalProperties": {"$ref": "#/$defs/tree"}}
    schema = {"$ref": "#/$defs/tree", "$defs": {"tree": tree}}
    assert rules(schema, {"a": {"b": {}}}) == []
    assert rules(schema, {"a": {"b": 1}}) == [("expected", ("a", "b"))]


def test_half_a_set_is_told_once() -> None:
    schema = {"type": "object", "dependentRequired": {"a": ["b", "c"], "b": ["a", "c"], "c": ["a", "b"]}}
    assert rules(schema, {"a": 1, "b": 2}) == [("partner", ("a",))]
    assert rules(schema, {}) == rules(schema, {"a": 1, "b": 2, "c": 3}) == []


def test_nothing_is_said_about_what_was_refused_before() -> None:
    schema = {"type": "object", "required": ["b"], "properties": {"a": {"type": "string"}}}
    document = read(Source("f", "a: .nan\n1: x\n"))
    assert document.root is not None
    assert list(compile_schema(schema)(document.root)) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [(1, 1.0, True), (1, True, False), (0, False, False), ([1], [1.0], True), ({"a": True}, {"a": 1}, False)],
)
def test_values_are_equal_as_in_json_schema(one: Json, other: Json, *, same: bool) -> None:
    assert equal(one, other) is same
