"""What the real check of a file tells, opinions included."""

from pathlib import Path

from slyflow.catalog.lockfile import Locks
from slyflow.problem import Problem
from slyflow.running.linted import linted
from slyflow.running.locked import held


def problems(folder: Path, text: str, *, pedantic: bool = False) -> list[Problem]:
    """Return everything told of a pipeline whose text begins below its version."""
    file = folder / "pipeline.yaml"
    file.write_text(f"slyflow: 1\n{text}")
    return list(linted(held(str(file), Locks(str(folder))), pedantic=pedantic).problems)


def told(folder: Path, text: str, *, pedantic: bool = False) -> list[tuple[int, str]]:
    """Return the line and the word of each problem."""
    return [(one.span.line, one.slug) for one in problems(folder, text, pedantic=pedantic)]
