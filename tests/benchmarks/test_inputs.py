from pathlib import Path

import pytest

from benchmarks.inputs import locked_pipeline, pipeline, short_pipeline, workflow, workflow_of
from slyflow.catalog.lockfile import Locks
from slyflow.running.linted import linted
from slyflow.running.locked import held


@pytest.mark.parametrize("steps", [1, 2, 30])
def test_a_workflow_is_as_long_as_the_pipeline(steps: int) -> None:
    assert len(workflow(steps).splitlines()) == len(pipeline(steps).splitlines())
    assert workflow(steps).count("${{") == pipeline(steps).count("${{") == steps - 1


@pytest.mark.parametrize("lines", [15, 24, 168])
def test_a_workflow_is_filled_up_to_as_many_lines(lines: int) -> None:
    assert len(workflow_of(lines).splitlines()) == lines


def test_nothing_is_wrong_with_what_is_measured(tmp_path: Path) -> None:
    for number, text in enumerate((pipeline(12), short_pipeline(12))):
        file = tmp_path / f"{number}.yaml"
        file.write_text(text)
        assert held(str(file), Locks(str(tmp_path))).problems == []


def test_a_locked_pipeline_is_checked_with_its_lock(tmp_path: Path) -> None:
    file = locked_pipeline(tmp_path / "locked", 3, 5)
    assert linted(held(str(file), Locks(str(tmp_path))), pedantic=True).problems == []
    file.write_text(file.read_text().replace("{count:", "{cuont:"))
    assert [one.slug for one in held(str(file), Locks(str(tmp_path))).problems] == [
        "argument-not-declared"
    ] * 3
