"""A pipeline file that was read, checked and found free of errors, or the problems printed."""

from collections.abc import Iterable
from typing import TextIO

from slyflow.cli.console import Console
from slyflow.errors import UsageError
from slyflow.graph.dag import Dag
from slyflow.graph.resolve import resolve
from slyflow.model.pipeline import Pipeline
from slyflow.problem import Problem, has_errors, in_order
from slyflow.record import record
from slyflow.report.problems import render
from slyflow.syntax.load import Loaded, load
from slyflow.text import plural


@record(frozen=True)
class Checked:
    """A pipeline without errors, its order, and the texts it was read from."""

    pipeline: Pipeline
    dag: Dag
    loaded: Loaded


def problems_of(file: str, *, large: bool = False) -> tuple[Loaded, Dag | None, list[Problem]]:
    """Return what the file says, its order if it has one, and everything wrong with it, sorted."""
    loaded = load(file, large=large)
    if loaded.pipeline is None:
        return loaded, None, in_order(loaded.problems)
    resolution = resolve(loaded.pipeline)
    return loaded, resolution.dag, in_order((*loaded.problems, *resolution.problems))


def checked(file: str, console: Console) -> Checked:
    """Return the checked pipeline, its warnings printed on standard error.

    UsageError, after its problems were printed there, when the file has errors.
    """
    loaded, dag, problems = problems_of(file)
    print_problems(problems, loaded, console, console.err)
    if loaded.pipeline is None or dag is None or has_errors(problems):
        raise UsageError(f"{file}: {count(problems)}")
    return Checked(loaded.pipeline, dag, loaded)


def print_problems(problems: Iterable[Problem], loaded: Loaded, console: Console, stream: TextIO) -> None:
    """Print the problems with the lines they stand in."""
    problems = list(problems)
    if problems:
        sources = {problem.span.file: loaded.source for problem in problems}
        console.rendered(render(problems, sources, color=console.has_color(stream)), stream)


def count(problems: Iterable[Problem]) -> str:
    """Return `2 errors, 1 warning`, or `no problems`."""
    severities = [problem.severity for problem in problems]
    told = [
        plural(severities.count(severity), severity)
        for severity in ("error", "warning")
        if severity in severities
    ]
    return ", ".join(told) or "no problems"
