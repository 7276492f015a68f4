"""Tests of slyflow.graph.valuetype."""

import pytest

from slyflow.graph.valuetype import declared_type, fits, result_type
from slyflow.model.artifact import Kind
from slyflow.model.outputsource import ContentSource, LogSource, OutputSource
from slyflow.model.pipeline import OutputSpec, ParamType
from slyflow.model.value import Dynamic, FromFile
from slyflow.syntax.expression.celtype import ANY_LIST, ANY_MAP, DOUBLE, DYN, INT, NULL, STRING, Type
from tests.graph.build import NOWHERE, cel, text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (cel("x"), INT),
        (text("a", cel("x")), STRING),
        (FromFile("f", "text", NOWHERE), STRING),
        (FromFile("f", "json", NOWHERE), DYN),
        (1.5, DOUBLE),
        ("a", STRING),
        (None, NULL),
        ([1], ANY_LIST),
        ({"a": 1}, ANY_MAP),
    ],
)
def test_whole_values_have_types(value: Dynamic, expected: Type) -> None:
    assert result_type(value, [INT]) == expected


@pytest.mark.parametrize(
    ("source", "declared", "expected"),
    [
        (LogSource("x"), None, STRING),
        (LogSource("x"), "integer", INT),
        (ContentSource("/a", "text"), None, STRING),
        (ContentSource("/a", "json"), None, None),
        (ContentSource("/a", "json"), "array", Type("list<string>")),
    ],
)
def test_outputs_have_the_type_they_declare(
    source: OutputSource, declared: ParamType | None, expected: Type | None
) -> None:
    spec = OutputSpec(
        "o", Kind.VALUE, source, declared, "string" if declared == "array" else None, span=NOWHERE
    )
    assert declared_type(spec) == expected


@pytest.mark.parametrize(
    ("found", "declared", "may"),
    [
        (INT, DOUBLE, True),
        (DOUBLE, INT, False),
        (DYN, INT, True),
        (STRING, INT, False),
        (Type("list<int>"), Type("list<string>"), True),
        (ANY_MAP, ANY_LIST, False),
    ],
)
def test_a_type_fits_when_in_doubt(found: Type, declared: Type, may: bool) -> None:  # noqa: FBT001 -- a parameter
    assert fits(found, declared) is may
