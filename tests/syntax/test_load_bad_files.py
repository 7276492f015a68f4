"""Every mistake has a file and what is said about it; `SLYFLOW_UPDATE_CASES=1` writes the latter anew."""

import os
from pathlib import Path

import pytest

from slyflow.report.problems import render
from slyflow.syntax.load import load

BAD = Path(__file__).parent.parent / "cases" / "bad"
# Read at import, as every test gets an environment without slyflow's variables.
UPDATE = bool(os.environ.get("SLYFLOW_UPDATE_CASES"))
CASES = sorted(path.stem for path in BAD.glob("*.yaml"))


@pytest.mark.parametrize("name", CASES)
def test_mistake_is_told_as_recorded(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)
    loaded = load(f"{name}.yaml")
    told = render(loaded.problems, {f"{name}.yaml": loaded.source}, color=False)
    recorded = BAD / f"{name}.out"
    if UPDATE:
        recorded.write_text(told, encoding="utf-8")
    assert loaded.pipeline is None
    assert told == recorded.read_text(encoding="utf-8")


def test_every_record_has_its_file() -> None:
    assert sorted(path.stem for path in BAD.glob("*.out")) == CASES
