"""Annotations of GitHub: one line each, with nothing in it that the runner would take for more."""

import re

from slyflow.report.annotation import annotations
from tests.report.samples import PROBLEMS


def test_each_problem_is_one_line_that_is_one_command() -> None:
    lines = annotations(PROBLEMS).splitlines()
    assert len(lines) == len(PROBLEMS)
    for line in lines:
        assert re.fullmatch(r"::(error|warning|notice) (\w+=[^,:]*)(,\w+=[^,:]*)*::[^\x00-\x1f]*", line)


def test_what_would_end_a_line_or_a_property_is_escaped() -> None:
    hostile = annotations(PROBLEMS[:1])
    assert "\x1b" not in hostile
    assert "a %250A%0D%0A::set-env" in hostile.replace("%0D%0A", "%0D%0A") or "a %250A%0A::set-env" in hostile
    assert "file=../e%2C %25%3A%0A%3A%3Aerror%3A%3Avil" in hostile
    assert "endColumn" not in hostile, "a stretch over lines has no columns on GitHub"


def test_place_title_and_message_stand_where_github_reads_them() -> None:
    assert annotations(PROBLEMS[3:4]) == (
        "::error file=a.yaml,line=3,endLine=3,col=5,endColumn=10,title=SLY102 unknown-key::"
        'unknown key "value", did you mean "values"?\n'
    )
