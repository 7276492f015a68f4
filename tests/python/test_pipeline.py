"""Files are loaded or refused with all their problems, and shown."""

from pathlib import Path

import pytest

import slyflow
from slyflow.errors import UsageError
from tests.cli import command

WRONG = """\
slyflow: 1
nmae: x
steps:
  one: {values: {x: "${{ steps.two.outputs.x }}"}}
"""
ODD = 'slyflow: 1\nsteps:\n  one: {values: {x: "${{ 1 }} and more"}}\n  none: {needs: [one], values: {}}\n'


def test_a_good_file_is_a_pipeline(project: Path) -> None:
    for path in ("good.yaml", project / "good.yaml"):
        pipeline = slyflow.load(path)
        assert (pipeline.name, pipeline.path) == ("good", str(path))
        assert list(pipeline.params) == ["word", "gate"]
        assert pipeline.params["word"].default == "hello"
        assert list(pipeline.steps) == ["say", "after"]
        assert pipeline.needs("after") == ("say",)
        assert pipeline.outputs == ("told",)
        assert pipeline.description is None
        assert pipeline.problems == ()
        assert slyflow.validate(path) == []
    assert repr(slyflow.load("good.yaml")) == "<Pipeline good (good.yaml): 2 steps>"
    with pytest.raises(KeyError):
        pipeline.needs("before")


def test_a_bad_file_raises_what_validate_prints(project: Path) -> None:
    (project / "wrong.yaml").write_text(WRONG)
    with pytest.raises(slyflow.InvalidPipeline) as caught:
        slyflow.load("wrong.yaml")
    printed = command.slyflow("validate", "wrong.yaml", cwd=project).stdout
    problems, _ = printed.rstrip("\n").rsplit("\n", 1)
    head, *lines = str(caught.value).split("\n")
    assert "\n".join(lines) == problems
    assert head.startswith("wrong.yaml: ")
    assert list(caught.value.problems) == slyflow.validate("wrong.yaml")
    assert isinstance(caught.value, UsageError)
    assert caught.value.problems[0].slug == "unknown-key"


def test_a_file_that_is_not_there_is_a_problem(project: Path) -> None:
    (problem,) = slyflow.validate("missing.yaml")
    assert problem.slug == "unreadable"
    with pytest.raises(slyflow.InvalidPipeline, match="there is no such file"):
        slyflow.load(Path("missing.yaml"))


def test_warnings_forbid_nothing_and_are_kept(project: Path) -> None:
    (project / "odd.yaml").write_text(
        "slyflow: 1\nparams: {unused: {type: string, default: x}}\nsteps: {one: {values: {x: 1}}}\n"
    )
    problems = slyflow.validate("odd.yaml")
    assert slyflow.load("odd.yaml").problems == tuple(problems)
    assert {problem.severity for problem in problems} <= {"warning"}


def test_a_large_file_is_allowed_where_it_is_wanted(project: Path) -> None:
    good = (project / "good.yaml").read_text()
    (project / "large.yaml").write_text(good + "# padding\n" * 150_000)
    assert [problem.slug for problem in slyflow.validate("large.yaml")] == ["too-large"]
    assert slyflow.validate("large.yaml", large=True) == []
    assert slyflow.load("large.yaml", large=True).name == "good"


def test_a_notebook_is_given_a_picture_and_tables(project: Path) -> None:
    pipeline = slyflow.load("good.yaml")
    picture = pipeline._repr_svg_()
    assert picture.startswith("<svg ")
    assert picture in pipeline._repr_html_()
    assert ">word<" in pipeline._repr_html_()
