"""Opinions are told of good files, ignored by comments like other warnings, and cost only who asks."""

from pathlib import Path
from pkgutil import iter_modules

import pytest

from slyflow.code import codes
from slyflow.lint import linting, rules
from slyflow.problem import strictly
from tests.docs.markdown import ROOT
from tests.lint.told import problems, told

UNREAD = "params: {x: {type: integer, default: 1}}"
STEPS = "\nsteps: {a: {values: {y: 1}}}\n"


def test_a_comment_ignores_an_opinion_and_an_idle_one_is_told(tmp_path: Path) -> None:
    ignored = f"{UNREAD}  # slyflow: ignore[SLY501] read by a script{STEPS}"
    assert told(tmp_path, ignored) == []
    idle = f"{UNREAD}{STEPS}# slyflow: ignore[unused-param] for nothing\n"
    assert told(tmp_path, idle) == [(2, "unused-param"), (4, "unused-ignore")]


def test_a_comment_about_a_matter_of_taste_is_idle_only_where_taste_was_asked_for(tmp_path: Path) -> None:
    text = "steps: {a: {values: {y: 1}}}  # slyflow: ignore[SLY506] for nothing\n"
    assert told(tmp_path, text) == []
    assert told(tmp_path, text, pedantic=True) == [(2, "unused-ignore")]


def test_of_a_file_with_an_error_no_opinion_is_told(tmp_path: Path) -> None:
    assert told(tmp_path, f"{UNREAD}{STEPS}nmae: x\n") == [(4, "unknown-key")]


def test_opinions_are_warnings_and_errors_only_when_strict(tmp_path: Path) -> None:
    assert {one.severity for one in codes() if one.is_opinion} == {"warning"}
    found = problems(tmp_path, UNREAD + STEPS)
    assert [one.severity for one in strictly(found)] == ["error"]


@pytest.mark.parametrize("file", sorted(ROOT.glob("pipelines/*.yaml")), ids=lambda file: file.name)
def test_nothing_is_told_of_our_own_pipelines(file: Path, tmp_path: Path) -> None:
    (tmp_path / "apps").symlink_to(ROOT / "pipelines" / "apps")
    text = file.read_text(encoding="utf-8").replace("slyflow: 1\n", "", 1)
    assert told(tmp_path, text, pedantic=True) == []


def test_every_rule_is_held_against_pipelines() -> None:
    names = {one.name for one in iter_modules(rules.__path__)}
    assert names == {*linting._RULES, *linting._PEDANTIC}
