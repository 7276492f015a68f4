"""Dotted paths into an app's fields."""

from typing import Any

import pytest

from slyflow.instance.fieldpath import DEEPEST, get, put, remove
from slyflow.instance.refusal import Refused


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a", {"b": [10, {"c": 1}]}),
        ("a.b.0", 10),
        ("a.b.1.c", 1),
        ("a.b.2", None),
        ("a.x", None),
        ("a.b.c", None),
    ],
)
def test_get_finds_values_or_none(path: str, value: object) -> None:
    assert get({"a": {"b": [10, {"c": 1}]}}, path) == value


@pytest.mark.parametrize(
    ("fields", "path", "value", "after"),
    [
        ({}, "a.b", 1, {"a": {"b": 1}}),
        ({"a": 3}, "a.b", 1, {"a": {"b": 1}}),
        ({"a": [1, 2]}, "a.1", 9, {"a": [1, 9]}),
        ({"a": [1]}, "a.-", 2, {"a": [1, 2]}),
        ({"a": [1]}, "a.5", 2, {"a": [1, 2]}),
        ({"a": {"b": 1}}, "a", {"c": 2}, {"a": {"c": 2}}),
    ],
)
def test_put_sets_values_and_makes_the_way(
    fields: dict[str, Any], path: str, value: object, after: dict[str, Any]
) -> None:
    put(fields, path, value)
    assert fields == after


def test_append_and_recursive_add_to_what_is_there() -> None:
    fields: dict[str, Any] = {"l": [1], "m": {"a": {"x": 1}}}
    put(fields, "l", [2], append=True)
    put(fields, "l", 3, append=True)
    put(fields, "m", {"a": {"y": 2}, "b": 3}, recursive=True)
    assert fields == {"l": [1, 2, 3], "m": {"a": {"x": 1, "y": 2}, "b": 3}}


def test_remove_takes_what_is_there() -> None:
    fields: dict[str, Any] = {"a": {"b": [1, 2]}}
    remove(fields, "a.b.0")
    remove(fields, "a.b.7")
    remove(fields, "a.x")
    assert fields == {"a": {"b": [2]}}


@pytest.mark.parametrize("path", ["a.x", "a.x.y", ".".join("a" * (DEEPEST + 2))])
def test_places_that_cannot_be_are_refused(path: str) -> None:
    with pytest.raises(Refused):
        put({"a": [1]}, path, 1)
