"""A folder to complete in, and the command that completes."""

from pathlib import Path

import pytest

from tests.cli.completing.shell import write_command

PIPELINE = """\
slyflow: 1
params:
  mode: {type: string, default: good, enum: [fast, good], description: How it is done}
  share: {type: number, default: 0.5}
  strict: {type: boolean}
  word: {type: string}
steps:
  first: {values: {x: 1}, description: It goes first}
  second: {values: {x: "${{ steps.first.outputs.x }}"}}
finally:
  last_one: {values: {x: 1}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with pipelines of easy and of difficult names."""
    folder = tmp_path / "here"
    (folder / "sub").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    for name in ("a.yaml", "my file.yaml", "it's.yml", "sub/b.yaml", ".c.yaml", "readme.md", 'say "$x".yaml'):
        (folder / name).write_text(PIPELINE)
    return folder


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """Return a folder with the command `slyflow`."""
    return write_command(tmp_path / "bin")
