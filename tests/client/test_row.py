"""Reading fields of answers that may be anything."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.client import row
from slyflow.errors import BadReply
from slyflow.model.value import Json

JSON: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, 1),
        ("17", 17),
        (2**63 - 1, 2**63 - 1),
        (0, None),
        (-1, None),
        (2**63, None),
        (2**70, None),
        (True, None),
        (1.0, None),
        ("1e3", None),
        ("12; rm -rf", None),
        ("-1", None),
        (" 1", None),
        ("٣", None),
        ("9" * 5000, None),
        ([1], None),
        (None, None),
    ],
)
def test_an_id_is_a_whole_number_above_zero(value: Json, expected: int | None) -> None:
    assert row.as_id(value) == expected


@given(JSON)
def test_no_answer_crashes_a_reader(value: Json) -> None:
    holder = {"key": value}
    assert row.whole(holder, "key") is not None
    row.text(holder, "key")
    row.at(holder, "key", "below", "that")
    with suppress(BadReply):
        assert isinstance(row.mapping(value, "m"), dict)
    with suppress(BadReply):
        assert all(isinstance(item, dict) for item in row.rows(value, "m"))
    with suppress(BadReply):
        assert row.identity(holder, "key", "m") > 0


@pytest.mark.parametrize("value", [None, True, 1, 1.5, "text", [], {}])
def test_a_bad_reply_names_the_method_and_what_was_there(value: Json) -> None:
    with pytest.raises(BadReply, match=r'm: "key" is (missing|a|another|an) ?.*, expected an id'):
        row.identity({"key": -1 if value == 1 else value}, "key", "m")


def test_at_ends_where_the_path_ends() -> None:
    assert row.at({"a": {"b": 1}}, "a", "b") == 1
    assert row.at({"a": {"b": 1}}, "a", "b", "c") is None
    assert row.at({"a": [1]}, "a", "b") is None
