"""Fields of requests."""

from typing import Any

import pytest

from slyflow.instance import fields
from slyflow.instance.refusal import Refused


@pytest.mark.parametrize(
    ("given", "expected"), [(5, 5), ("5", 5), ("-7", -7), (3.0, 3), (2**63 - 1, 2**63 - 1)]
)
def test_a_whole_number_may_come_as_text(given: object, expected: int) -> None:
    assert fields.integer({"id": given}, "id") == expected


@pytest.mark.parametrize(
    "given", [True, "12; DROP", "1e3", 1.5, float("inf"), 2**70, "9" * 30, [1], {}, "0x10", "٣x"]
)
def test_anything_else_is_refused_by_its_name(given: object) -> None:
    with pytest.raises(Refused, match=r'"id" is .*, expected a whole number'):
        fields.integer({"id": given}, "id")


@pytest.mark.parametrize("given", [None, ""])
def test_a_missing_number_is_none_or_refused(given: object) -> None:
    assert fields.optional_integer({"id": given}, "id") is None
    with pytest.raises(Refused, match='"id" is missing'):
        fields.integer({"id": given}, "id")


def test_a_list_of_numbers_may_be_one_number() -> None:
    assert fields.integers({"ids": [1, "2"]}, "ids") == [1, 2]
    assert fields.integers({"ids": "3"}, "ids") == [3]
    with pytest.raises(Refused, match='item 1 of "ids"'):
        fields.integers({"ids": [1, None]}, "ids")
    with pytest.raises(Refused, match="expected a list"):
        fields.integers({"ids": True}, "ids")


@pytest.mark.parametrize(
    ("given", "expected"), [(True, True), ("false", False), ("1", True), (0, False), (None, False)]
)
def test_a_flag_may_come_from_a_query_string(given: object, expected: bool) -> None:  # noqa: FBT001 - a parameter
    assert fields.flag({"on": given}, "on") is expected


@pytest.mark.parametrize(
    ("read", "given"),
    [
        (fields.text, 5),
        (fields.text, None),
        (fields.text, ""),
        (fields.optional_text, []),
        (fields.flag, "maybe"),
        (fields.mapping, None),
        (fields.optional_mapping, [1]),
        (fields.objects, {"a": 1}),
        (fields.objects, [1]),
        (fields.texts, [1]),
    ],
)
def test_a_value_of_another_type_is_refused(read: Any, given: object) -> None:
    with pytest.raises(Refused, match='"x"'):
        read({"x": given}, "x")


def test_absent_lists_are_empty_and_long_values_are_cut_in_messages() -> None:
    assert fields.objects({}, "x") == []
    assert fields.texts({"x": None}, "x") == []
    with pytest.raises(Refused) as refusal:
        fields.text({"x": ["y" * 500]}, "x")
    assert len(refusal.value.message) < 120
