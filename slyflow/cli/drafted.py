"""Drafts on their way to the user: held against the language and the apps, then written or printed."""

from collections.abc import Mapping
from pathlib import Path

from slyflow.catalog.check import check_app_step
from slyflow.cli.console import Console
from slyflow.cli.writing import STDOUT, write_new
from slyflow.graph.resolve import resolve
from slyflow.model.interface import App
from slyflow.problem import Problem, in_order
from slyflow.syntax.load import Loaded, load_source


def deliver(
    text: str, apps: Mapping[str, App], output: str, cwd: Path, console: Console, *, force: bool
) -> list[Problem]:
    """Write the draft to `output`, `-` is standard output; return, and print, what is left to do in it.

    `apps` are those of its steps, by step id, as far as they are known.
    """
    loaded, problems = review(text, apps, "pipeline.yaml" if output == STDOUT else output)
    if output == STDOUT:
        console.rendered(text, console.out)
    else:
        write_new(cwd / output, text, force=force)
    console.problems(problems, loaded)
    return problems


def review(text: str, apps: Mapping[str, App], name: str) -> tuple[Loaded, list[Problem]]:
    """Return the draft as it is read, and everything that a run would find wrong with it."""
    loaded = load_source(text, name, {})
    problems = list(loaded.problems)
    if loaded.pipeline is not None:
        problems += resolve(loaded.pipeline).problems
        for step in loaded.pipeline.steps.values():
            if step.id in apps:
                problems += check_app_step(step, apps[step.id])
    return loaded, in_order(problems)
