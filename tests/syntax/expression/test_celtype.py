"""Tests of slyflow.syntax.expression.celtype."""

import pytest

from slyflow.syntax.expression.celtype import DYN, Type, describe, element, of_param, of_value, parse


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("INT", Type("int")),
        ("LIST<INT>", Type("list<int>")),
        ("MAP<STRING, DYN>", Type("map<string, dyn>")),
        ("wrapper(int)", Type("int", nullable=True)),
        ("NULL", Type("null")),
    ],
)
def test_names_of_the_library_are_read(name: str, expected: Type) -> None:
    assert parse(name) == expected


def test_only_nullable_scalars_have_a_form_of_their_own() -> None:
    assert Type("int", nullable=True).signature == "int_wrapper"
    assert Type("list<int>", nullable=True).signature == "dyn"
    assert Type("list<int>").signature == "list<int>"


def test_declared_types_become_types_of_expressions() -> None:
    assert of_param("number") == Type("double")
    assert of_param("array") == Type("list<dyn>")
    assert of_param("array", "integer") == Type("list<int>")
    assert of_param("object") == Type("map<string, dyn>")


def test_fields_exist_in_maps_and_in_what_is_not_known() -> None:
    assert element(Type("map<string, list<map<string, int>>>")) == Type("list<map<string, int>>")
    assert element(DYN) == DYN
    assert element(Type("int")) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "a boolean"),
        (1, "an integer"),
        (1.5, "a number"),
        ("", "a string"),
        ([], "a list"),
        ({}, "a map"),
    ],
)
def test_constants_have_types_in_words(value: object, words: str) -> None:
    assert str(of_value(value)) == words
    assert describe(type(value).__name__) == words
