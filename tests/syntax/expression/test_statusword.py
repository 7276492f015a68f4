"""Tests of slyflow.syntax.expression.statusword."""

import pytest

from slyflow.syntax.expression.mention import references
from slyflow.syntax.expression.statusword import unknown_words
from tests.syntax.expression.build import expression


def told(source: str) -> list[tuple[int, str, str | None]]:
    """Return the column and the word of each problem, and what was meant."""
    one = expression(source, column=1)
    return [
        (problem.span.column, problem.message.split('"')[1], problem.suggestion)
        for problem in unknown_words(one, references(one))
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("steps.a.status == 'finished'", [(20, "finished", "succeeded")]),
        ("steps.a.status!='Failed'", [(18, "Failed", "failed")]),
        ('"skiped" == steps.a.status', [(2, "skiped", "skipped")]),
        ("steps.a.status in ['failed', 'eror']", [(31, "eror", None)]),
        ("run.status == 'running'", [(16, "running", None)]),
        (
            "steps.a.status == '' || steps.b.status == 'stopped'",
            [(20, "", None), (44, "stopped", "cancelled")],
        ),
    ],
)
def test_a_word_that_no_status_is_is_told(source: str, expected: list[tuple[int, str, str | None]]) -> None:
    assert told(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "steps.a.status == 'succeeded' || steps.a.status in ['failed', 'skipped', 'cancelled']",
        "run.status != 'cancelled'",
        "steps.a.outputs.status == 'finished'",
        "params.status == 'finished'",
        "steps.a.status == params.wanted ? 'finished' : 'x'",
        "'steps.a.status == \"finished\"' == params.text",
        "'a' == 'b' && steps.a.failed",
    ],
)
def test_whatever_else_stands_there_is_none(source: str) -> None:
    assert told(source) == []
