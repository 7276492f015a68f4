"""Every mistake has a file and what is said about it; `SLYFLOW_UPDATE_CASES=1` writes the latter anew."""

import os
from pathlib import Path

import pytest

from slyflow.catalog.lockfile import Locks
from slyflow.report.problems import render
from slyflow.running.locked import held
from tests.cli import command

BAD = Path(__file__).parent.parent / "cases" / "bad"
# Read at import, as every test gets an environment without slyflow's variables.
UPDATE = bool(os.environ.get("SLYFLOW_UPDATE_CASES"))
CASES = sorted(path.stem for path in BAD.glob("*.yaml"))


@pytest.mark.parametrize("name", CASES)
def test_mistake_is_told_as_recorded(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)
    found = held(f"{name}.yaml", Locks(str(BAD)))
    problems = found.problems
    told = render(problems, {f"{name}.yaml": found.loaded.source}, color=False)
    recorded = BAD / f"{name}.out"
    if UPDATE:
        recorded.write_text(told, encoding="utf-8")
    assert problems
    assert told == recorded.read_text(encoding="utf-8")


def test_every_record_has_its_file() -> None:
    assert sorted(path.stem for path in BAD.glob("*.out")) == CASES
    assert len(CASES) >= 150


def test_the_command_prints_all_of_them_as_recorded() -> None:
    ended = command.slyflow("validate", *(f"{name}.yaml" for name in CASES), cwd=BAD)
    told, summary = ended.stdout.removesuffix("\n").rsplit("\n", 1)
    recorded = "".join((BAD / f"{name}.out").read_text(encoding="utf-8") for name in CASES)
    assert f"{told}\n" == recorded
    assert summary.startswith(f"{len(CASES)} files checked: ")
    assert ended.returncode == 2
