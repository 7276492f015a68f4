"""Patterns held against Python's own, and against those that make Python's own hang."""

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from slyflow.syntax.pattern import LONGEST_TEXT, PatternError, compile_pattern

ATOMS = st.sampled_from(
    [
        "a",
        "b",
        ".",
        "[ab]",
        "[^a]",
        "[]a]",
        r"\d",
        r"\w",
        r"\.",
        r"\x61",
        "^",
        "$",
        r"\b",
        r"\B",
        r"\Z",
        "é",
        "{",
        "a{}",
    ]
)
REPEATS = st.sampled_from(["", "", "*", "+", "?", "*?", "{2}", "{1,2}", "{,2}", "{1,}"])
PATTERNS = st.recursive(
    st.builds(
        lambda atom, repeat: (
            atom + (repeat if atom[0] not in "^$" and atom[:2] not in (r"\b", r"\B", r"\Z") else "")
        ),
        ATOMS,
        REPEATS,
    ),
    lambda inner: st.one_of(
        st.builds(lambda parts: "".join(parts), st.lists(inner, max_size=3)),
        st.builds(lambda parts: "|".join(parts), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part, repeat: f"({part}){repeat}", inner, REPEATS),
        st.builds(lambda part, repeat: f"(?:{part}){repeat}", inner, REPEATS),
        st.builds(lambda part: f"(?P<n>{part})", st.just("a|b")),
    ),
    max_leaves=5,
)


@given(PATTERNS, st.text(alphabet="ab1_.é\n{}]", max_size=8))
@example("a$", "a\n")
@example(r"\ba", "b a")
@example("(a*)*b", "aab")
def test_it_finds_what_python_finds(pattern: str, text: str) -> None:
    try:
        expected = re.search(pattern, text) is not None
    except re.error:
        with pytest.raises(PatternError):
            compile_pattern(pattern)
        return
    assert compile_pattern(pattern)(text) == expected


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*$", "(a|aa)+$", "(.*)*$x", "(.*a){20}$", "a*" * 30 + "b"]
)
def test_no_pattern_hangs(pattern: str) -> None:
    matches = compile_pattern(pattern)
    began = time.process_time()
    matches("a" * (LONGEST_TEXT - 1) + "!")
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("(", "no regular expression"),
        ("a**", "no regular expression"),
        ("(?=a)", "look-around"),
        ("(?<!a)b", "look-around"),
        ("(?i)a", "flags"),
        (r"(a)\1", "references"),
        ("a*+", "possessive"),
        ("(a{100}){100}", "too large"),
        ("a{99999999999999999999}", "no regular expression"),
    ],
)
def test_what_it_does_not_know_is_refused(pattern: str, says: str) -> None:
    with pytest.raises(PatternError, match=says):
        compile_pattern(pattern)


def test_deep_groups_do_not_exhaust_the_stack() -> None:
    deep = "(" * 5_000 + "a" + ")" * 5_000
    with pytest.raises(PatternError):
        compile_pattern(deep)
