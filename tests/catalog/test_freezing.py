"""Tests of slyflow.catalog.freezing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.catalog.freezing import frozen, thawed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_a_frozen_value_thaws_to_what_it_was(value: Any) -> None:
    assert thawed(frozen(value)) == value


def test_nothing_in_a_frozen_value_can_be_changed_or_follows_a_change() -> None:
    value: dict[str, Any] = {"map": {"a": 1}, "list": [{"b": 2}]}
    cold: Any = frozen(value)
    value["map"]["a"] = 9
    value["list"].append(3)
    assert thawed(cold) == {"map": {"a": 1}, "list": [{"b": 2}]}
    with pytest.raises(TypeError):
        cold["map"]["a"] = 2
    with pytest.raises(TypeError):
        cold["list"][0]["b"] = 2
    with pytest.raises(AttributeError):
        cold["list"].append(1)


def test_a_thawed_value_is_ones_own() -> None:
    cold: Any = frozen({"map": {"a": [1]}})
    warm: Any = thawed(cold)
    warm["map"]["a"].append(2)
    assert thawed(cold) == {"map": {"a": [1]}}
