"""A real notebook shows runs and pipelines: a table that lives while a run goes on, and pictures."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

import slyflow
from slyflow.errors import UsageError
from slyflow.python import notebook

CELLS = (
    "import slyflow",
    "slyflow.load('good.yaml')",
    "run = slyflow.run('good.yaml', {'word': 'ahoy'}, instance='embedded')",
    "slyflow.run('bad.yaml', instance='embedded')",
    "run",
    "quiet = slyflow.run('good.yaml', instance='embedded', show=False)",
    "import pathlib; gate = pathlib.Path('gate').absolute()",
    "background = slyflow.start('good.yaml', {'gate': gate}, instance='embedded')",
    "print(background.is_driven); gate.touch(); print(background.wait())",
    "slyflow.run('good.yaml', {'wrod': 1})",
)


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Any]]:
    """Return the cells with their outputs, executed by a real kernel in a folder with apps."""
    from tests.cli.conftest import make_project

    project = make_project(tmp_path_factory.mktemp("notebook") / "project")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(project))
        patch.setenv("IPYTHONDIR", str(project / "ipython"))
        patch.setenv("PYTHONPATH", str(Path(slyflow.__file__).parent.parent))
        make: Any = nbformat.v4  # it has no types
        book = make.new_notebook(cells=[make.new_code_cell(cell) for cell in CELLS])
        client = NotebookClient(
            book, timeout=120, allow_errors=True, resources={"metadata": {"path": project}}
        )
        yield client.execute().cells


def _html(cell: Any) -> list[str]:
    return [output["data"]["text/html"] for output in cell.outputs if "data" in output]


def test_a_pipeline_is_a_picture(executed: list[Any]) -> None:
    (output,) = executed[1].outputs
    assert output.output_type == "execute_result"
    assert "<svg " in output.data["text/html"]
    assert output.data["image/svg+xml"].startswith("<svg ")
    assert output.data["text/plain"] == "<Pipeline good (good.yaml): 2 steps>"


def test_a_run_is_one_table_that_ends_with_its_last_state(executed: list[Any]) -> None:
    (html,) = _html(executed[2])
    assert html.count("<svg ") == 1
    assert re.search(r"say</b>.*succeeded.*ahoy", html, re.DOTALL)
    assert "exit code 0" in html
    (output,) = executed[2].outputs
    assert re.fullmatch(r"<Run [\w-]+: good succeeded, exit code 0>", output.data["text/plain"])


def test_a_cell_that_ends_in_its_run_shows_it_once(executed: list[Any]) -> None:
    (html,) = _html(executed[3])
    assert "about to fail" in html
    assert "exit code 1" in html


def test_another_cell_shows_it_again(executed: list[Any]) -> None:
    (html,) = _html(executed[4])
    assert "ahoy" in html


def test_nothing_is_shown_where_that_is_wanted(executed: list[Any]) -> None:
    assert executed[5].outputs == []


def test_a_table_lives_on_below_its_cell(executed: list[Any]) -> None:
    (html,) = _html(executed[7])
    assert "exit code 0" in html
    assert "running" not in html
    printed = "".join(output.text for output in executed[8].outputs if output.output_type == "stream")
    assert printed.startswith("True\n<Run ")


def test_a_mistake_is_told_with_what_to_do(executed: list[Any]) -> None:
    (output,) = executed[9].outputs
    assert output.ename == "UsageError"
    assert 'unknown param "wrod", did you mean "word"?' in output.evalue
    assert any("hint: give values as" in line for line in output.traceback)


def test_a_program_is_no_notebook(project: Path) -> None:
    assert notebook.cell() is None
    run = slyflow.run("good.yaml")
    with pytest.raises(UsageError, match="this program runs in no notebook"):
        run.show()
