"""Conditions of lists."""

import pytest

from slyflow.client.filter import OPERATORS, Filter
from slyflow.errors import UsageError


def test_a_filter_says_field_operator_and_value() -> None:
    assert Filter("id", 5).body() == {"field": "id", "operator": "=", "value": 5}
    assert [Filter("id", 5, operator).body()["operator"] for operator in OPERATORS] == list(OPERATORS)


def test_an_unknown_operator_is_refused() -> None:
    with pytest.raises(UsageError, match='"like" is no operator'):
        Filter("name", "x", "like").body()
