"""A home for what tests have in common; a folder with small real apps and pipelines of them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emptied import empty

CONFIG = {
    "type": "app",
    "headless": True,
    "main_script": "main.py",
    "modal_template_state": {"word": "hello", "gate": ""},
}
# Waits for the file `gate` when one is named, and says the word.
HELLO = """
import json, os, pathlib, time
state = json.loads(os.environ["MODAL_STATE"])
while state.get("gate") and not pathlib.Path(state["gate"]).exists():
    time.sleep(0.02)
print("word:", state.get("word"), flush=True)
"""
FAIL = "import sys\nprint('about to fail', flush=True)\nsys.exit(3)\n"
GOOD = """\
slyflow: 1
name: good
params:
  word: {type: string, default: hello}
  gate: {type: string, default: ""}
steps:
  say:
    app: {path: ./apps/hello}
    arguments: {word: "${{ params.word }}", gate: "${{ params.gate }}"}
    outputs:
      said: {value: {log: "word: (.*)"}}
    timeout: {run: 1m}
  after:
    values: {told: "${{ steps.say.outputs.said }}"}
outputs:
  told: "${{ steps.after.outputs.told }}"
"""
BAD = """\
slyflow: 1
steps:
  break:
    app: {path: ./apps/fail}
    workflow: off
  after:
    needs: [break]
    app: {path: ./apps/hello}
"""


@pytest.fixture(autouse=True, scope="module")
def common_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give what the tests of a module have in common an empty home too, and no settings."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        empty(patch, home)
        yield home


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder with two apps and two pipelines: `good.yaml` and `bad.yaml`."""
    return make_project(tmp_path / "project")


def make_project(folder: Path) -> Path:
    for name, script in (("hello", HELLO), ("fail", FAIL)):
        app = folder / "apps" / name
        app.mkdir(parents=True)
        (app / "config.json").write_text(json.dumps({"name": name, **CONFIG}))
        (app / "main.py").write_text(script)
    (folder / "good.yaml").write_text(GOOD)
    (folder / "bad.yaml").write_text(BAD)
    return folder
