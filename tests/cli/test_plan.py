"""`slyflow plan` and `slyflow graph` show a pipeline without running it."""

import json
from pathlib import Path

import pytest

from tests.cli import command


def test_a_plan_shows_waves_and_leaves_no_trace(project: Path) -> None:
    before = sorted(project.iterdir())
    ended = command.here("plan", "good.yaml", cwd=project)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert (
        ended.stdout.index("wave 1") < ended.stdout.index("say  ./apps/hello") < ended.stdout.index("wave 2")
    )
    assert "word  ${{ params.word }}" in ended.stdout
    assert sorted(project.iterdir()) == before


@pytest.mark.parametrize(
    ("form", "mark"),
    [
        ("text", "say"),
        ("mermaid", "flowchart"),
        ("dot", "digraph"),
        ("svg", "<svg "),
        ("html", "<!doctype html>"),
    ],
)
def test_a_graph_is_drawn_in_each_form(form: str, mark: str, project: Path) -> None:
    ended = command.here("graph", "good.yaml", "--format", form, cwd=project)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert mark in ended.stdout
    assert "after" in ended.stdout


@pytest.mark.parametrize("name", ["plan", "graph"])
def test_a_bad_file_is_explained_on_standard_error(name: str, project: Path) -> None:
    (project / "odd.yaml").write_text("slyflow: 1\nstpes: {}\n")
    ended = command.here(name, "odd.yaml", cwd=project)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert 'odd.yaml:2:1: unknown key "stpes"' in ended.stderr
    assert "error: odd.yaml: 2 errors" in ended.stderr


def test_a_plan_knows_how_long_steps_took_before(project: Path) -> None:
    first = command.slyflow("plan", "good.yaml", "--json", cwd=project)
    say = json.loads(first.stdout)["steps"]["say"]
    assert (first.returncode, say["seconds"], say["seconds_by"]) == (0, 60.0, "limit")
    assert not (project / ".slyflow").exists()
    command.here("run", "good.yaml", "--quiet", cwd=project)
    later = json.loads(command.here("plan", "good.yaml", "--json", cwd=project).stdout)
    assert later["steps"]["say"]["seconds_by"] == "history"
    assert 0 < later["critical_path"]["seconds"] < 60
    assert "\n    took  " in command.here("plan", "good.yaml", cwd=project).stdout
