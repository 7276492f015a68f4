"""Patterns from a user's file: they find what they should, and none can hang a check."""

import time

import pytest

from slyflow.syntax.pattern import LONGEST_TEXT, PatternError, compile_pattern


@pytest.mark.parametrize(
    ("pattern", "found", "not_found"),
    [
        ("^/", "/a", "a/"),
        ("a{2,3}$", "xaaa", "ab"),
        (r"\.(png|jpe?g)$", "a.jpg", "a_png"),
        ("^(sample$|/)", "sample", "samples"),
        (r"\bcat\b", "a cat.", "concat"),
        ("é", "café", "cafe"),
    ],
)
def test_finds_what_it_should(pattern: str, found: str, not_found: str) -> None:
    matches = compile_pattern(pattern)
    assert matches(found)
    assert not matches(not_found)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*)*x", "(a?){50}a{50}$"])
def test_no_pattern_takes_long(pattern: str) -> None:
    matches = compile_pattern(pattern)
    begun = time.process_time()
    matches("a" * (LONGEST_TEXT - 1) + "!")
    assert time.process_time() - begun < 1.0


@pytest.mark.parametrize("pattern", ["(", "a**", "[b-a]", r"(a)\1", "(?=a)", "a{1001}", "*"])
def test_what_cannot_be_used_is_said(pattern: str) -> None:
    with pytest.raises(PatternError, match="no regular expression"):
        compile_pattern(pattern)
