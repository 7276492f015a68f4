"""The page on Python says what slyflow does: its examples are run, its tables compared."""

import json
import os
import re
import subprocess
import sys

import pytest

import slyflow
from tests.docs.markdown import PYTHON, ROOT, Block, blocks, code, prose, rows

# Runs blocks in one namespace, and tells what each printed.
RUNNER = """
import contextlib, io, json, sys
told, namespace = [], {"__name__": "__main__"}
for block in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(block["text"], block["name"], "exec"), namespace)
    told.append(out.getvalue())
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what each example printed, by its place."""
    folder = tmp_path_factory.mktemp("examples")
    (folder / "pipelines").symlink_to(ROOT / "pipelines")
    examples = _examples()
    done = subprocess.run(
        [sys.executable, "-c", RUNNER],
        cwd=folder,
        env={**os.environ, "HOME": str(folder), "PYTHONPATH": str(ROOT)},
        input=json.dumps([{"name": str(block), "text": block.text} for block in examples]),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(map(str, examples), json.loads(done.stdout), strict=True))


def _examples() -> list[Block]:
    return [block for block in blocks(PYTHON) if block.info == "python"]


@pytest.mark.parametrize("block", _examples(), ids=str)
def test_example_prints_what_is_shown(block: Block, printed: dict[str, str]) -> None:
    following = blocks(PYTHON)
    shown = following[following.index(block) + 1]
    assert shown.info == "text", f"{block} must be followed by what it prints"
    assert printed[str(block)] == shown.text


def test_every_public_name_is_in_the_table() -> None:
    table = prose(PYTHON).partition("\n## ")[0]
    named = {re.split(r"\W", found)[0] for row in rows(table) for found in code(row[0])}
    assert named == set(slyflow.__all__)


def test_everything_of_a_run_is_in_the_table() -> None:
    table = prose(PYTHON).partition("| of a `Run` |")[2].partition("\n\n")[0]
    named = {
        re.split(r"\W", found)[0] for line in table.splitlines()[1:] for found in code(line.split("|")[1])
    }
    assert named == {name for name in dir(slyflow.Run) if not name.startswith("_")}


def test_every_argument_is_in_the_table() -> None:
    table = prose(PYTHON).partition("| argument of `run`")[2].partition("\n\n")[0]
    named = {found for line in table.splitlines()[1:] for found in code(line.split("|")[1])}
    assert named | {"pipeline", "params"} == _parameters(slyflow.run)
    assert (named - {"on_event"}) | {"pipeline", "params"} == _parameters(slyflow.start)
    assert named | {"run", "wait", "take_over"} == _parameters(slyflow.resume)


def _parameters(function: object) -> set[str]:
    return set(getattr(function, "__annotations__", {})) - {"return"}
