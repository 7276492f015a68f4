"""One ordinary file in a cold process, beside the interpreter's start and what peers take for theirs."""

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.inputs import locked_pipeline, workflow_of
from benchmarks.measure import ROOT, SLYFLOW, Comparison, Contender, Result, Row, environment, in_turn
from benchmarks.peers import Peers, installed

ROUNDS = 25
LIMIT = 3.0
"""Times `python -c pass`."""
_QUICKSTART = "pipelines/quickstart.yaml"
_WORK = (
    "One file, one new process. slyflow, yamllint and check-jsonschema (by slyflow's schema) check the "
    "quickstart, actionlint a workflow of as many lines ({lines}), pre-commit a configuration of two hooks; "
    "doit lists two tasks. The pipeline with a lock has eight steps, each with a condition, and a target and "
    "arguments that are checked against a lock of 40 apps."
)


def run(scratch: Path) -> Iterator[Comparison]:
    """Measure 25 rounds."""
    rows = in_turn(_contenders(scratch, installed()), environment(scratch))
    floor, _, quickstart, locked, *_ = rows
    lines = (ROOT / _QUICKSTART).read_text().count("\n")
    yield Comparison(
        "One file, cold",
        _WORK.format(lines=lines),
        tuple(rows),
        (_limit("validate, cold", quickstart, floor), _limit("validate with a lock, cold", locked, floor)),
    )


def _contenders(scratch: Path, peers: Peers) -> list[Contender]:
    locked = locked_pipeline(scratch / "locked", 8, 40)
    workflow = scratch / "workflow.yaml"
    workflow.write_text(workflow_of((ROOT / _QUICKSTART).read_text().count("\n")))
    hooks = scratch / "hooks.yaml"
    hooks.write_text(_HOOKS)
    tasks = scratch / "dodo.py"
    tasks.write_text(_TASKS)
    schema = "schemas/pipeline.v1.schema.json"
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        'python -c "import yaml"': [sys.executable, "-c", "import yaml"],
        "slyflow validate": [*SLYFLOW, "validate", _QUICKSTART],
        "slyflow validate, with a lock": [*SLYFLOW, "validate", "--strict", str(locked)],
        "actionlint": [peers.actionlint, str(workflow)],
        "yamllint": [peers.script("yamllint"), "-d", "relaxed", _QUICKSTART],
        "check-jsonschema": [peers.script("check-jsonschema"), "--schemafile", schema, _QUICKSTART],
        "pre-commit validate-config": [peers.script("pre-commit"), "validate-config", str(hooks)],
        "doit list": [peers.script("doit"), "list", "-f", str(tasks), "--db-file", str(scratch / "doit.db")],
    }
    return [Contender(name, command, ROUNDS) for name, command in commands.items()]


def _limit(name: str, row: Row, floor: Row) -> Result:
    times, took, base = row.times(floor), row.median, floor.median
    detail = (
        f"{took.wall * 1000:.0f} ms against {base.wall * 1000:.0f} ms; {times.cpu:.2f} x by CPU, "
        f"{took.memory:.0f} MiB"
    )
    return Result(name, times.wall, LIMIT, "x python -c pass", detail)


_HOOKS = """repos:
  - repo: https://github.com/pre-commit/pre-commit-hooks
    rev: v5.0.0
    hooks:
      - id: check-yaml
      - id: trailing-whitespace
"""
_TASKS = """def task_first():
    return {"actions": ["true"]}


def task_second():
    return {"actions": ["true"], "task_dep": ["first"]}
"""
