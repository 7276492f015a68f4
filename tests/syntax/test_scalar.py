"""Plain scalars at their limits; what they usually mean is told by test_document."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.syntax.scalar import LARGEST, SMALLEST, ScalarError, resolve


@given(st.integers(SMALLEST, LARGEST))
def test_every_int64_is_a_number(number: int) -> None:
    assert resolve(str(number)) == number


@pytest.mark.parametrize("text", [str(LARGEST + 1), str(SMALLEST - 1), "1" * 5_000, "0x" + "f" * 17])
def test_larger_integers_are_refused(text: str) -> None:
    with pytest.raises(ScalarError):
        resolve(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_double_is_read_back(number: float) -> None:
    assert resolve(repr(number)) == number


@pytest.mark.parametrize("text", [".inf", "-.INF", ".nan", "1e999", "-1e999"])
def test_numbers_json_cannot_hold_are_refused(text: str) -> None:
    with pytest.raises(ScalarError):
        resolve(text)


def test_long_text_that_begins_like_a_number_is_text() -> None:
    text = "1" + "x" * 1_000
    assert resolve(text) == text
