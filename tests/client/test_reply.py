"""JSON that is read within limits, whatever it is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.client.reply import DEPTH, parse
from slyflow.errors import BadReply
from slyflow.model.value import Json

JSON: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON, st.booleans())
def test_json_comes_back_as_it_was(value: Json, ascii_only: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
    assert parse(json.dumps(value, ensure_ascii=ascii_only).encode(), "m") == value


@given(st.binary() | st.text(alphabet='[]{}",:\\ 0au').map(str.encode))
def test_anything_else_is_a_bad_reply_and_nothing_worse(content: bytes) -> None:
    try:
        expected = json.loads(
            content, parse_constant=lambda _: pytest.skip("not JSON, though Python reads it")
        )
    except ValueError:
        with pytest.raises(BadReply, match="m: "):
            parse(content, "m")
    else:
        assert parse(content, "m") == expected


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_nesting_is_allowed_up_to_its_limit(opening: str, closing: str) -> None:
    def nest(depth: int) -> bytes:
        return (opening * depth + "1" + closing * depth).encode()

    assert parse(nest(DEPTH), "m")
    with pytest.raises(BadReply, match="deeper than 64"):
        parse(nest(DEPTH + 1), "m")


def test_what_was_said_instead_is_shown_without_escapes() -> None:
    with pytest.raises(BadReply) as raised:
        parse(b"\x1b[2J<html>\nlog in", "tasks.list")
    assert (
        raised.value.message == "tasks.list: the instance did not answer with JSON but with '<html> log in'"
    )
