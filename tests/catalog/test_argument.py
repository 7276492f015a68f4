"""Tests of slyflow.catalog.argument."""

import pytest

from slyflow.catalog.argument import arguments_of, kind_of
from slyflow.catalog.config import read_interface
from slyflow.catalog.freezing import frozen


def test_arguments_come_in_the_app_s_order_with_kind_and_default() -> None:
    interface = read_interface({"modalTemplateState": {"b": 1, "a": {"x": [True]}}})
    found = [(one.name, one.kind, one.shown) for one in arguments_of(interface)]
    assert found == [("b", "integer", "1"), ("a", "map", '{"x": [true]}')]
    assert list(arguments_of(read_interface({}))) == []


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (True, "boolean"),
        (1, "integer"),
        (1.5, "number"),
        ("", "string"),
        ([], "list"),
        ({}, "map"),
        (frozen([1]), "list"),
        (frozen({}), "map"),
        (None, "any"),
    ],
)
def test_every_value_has_a_kind(value: object, kind: str) -> None:
    assert kind_of(value) == kind
