"""The page on problems is made of the explanations, and its examples show what they say."""

from pathlib import Path

import pytest

from slyflow.code import codes
from slyflow.report.explanation import Explanation, explanations
from tests.docs.problempage import PAGE, check, page

# What only a path, or an instance, can show.
WITHOUT_EXAMPLE = {"unreadable", "unknown-app", "unknown-workspace", "unknown-agent", "unknown-user"} | {
    "lock-changed",
    "lock-doubtful",
    "lock-damaged",
    "lock-newer",
}
SHOWN = [one for one in explanations().values() if one.example is not None]


def test_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make problems`"


def test_every_code_is_explained_and_shown() -> None:
    assert list(explanations()) == [one.slug for one in codes()]
    assert all(one.cause and one.remedy for one in explanations().values())
    assert {slug for slug, one in explanations().items() if one.example is None} == WITHOUT_EXAMPLE


@pytest.mark.parametrize("one", SHOWN, ids=lambda one: one.code.slug)
def test_example_has_just_this_problem_at_its_place(one: Explanation, tmp_path: Path) -> None:
    assert one.example is not None
    _, problems = check(one.example, tmp_path, pedantic=one.code.is_pedantic)
    (problem,) = problems
    assert problem.slug == one.code.slug
    assert (problem.span.line, problem.span.column) == (one.example.line, one.example.column)
