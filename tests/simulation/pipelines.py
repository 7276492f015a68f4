"""Pipelines of worlds: from planned steps to YAML, and from there to what a run needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from slyflow.graph.dag import Dag
from slyflow.graph.resolve import resolve
from slyflow.model.interface import App, Interface
from slyflow.model.launch import Workspace
from slyflow.model.pipeline import AppAction, Pipeline
from slyflow.syntax.load import load_source
from tests.simulation.world import StepPlan

NAME = "world"
MODULE = 11
APP = App("org/app", MODULE, "v1.0.0", "App", Interface(("images_project",), {"size": 1}, True, True))
# The journal says with which user's token a run began.
FIRST_USER = 7
WORKSPACE = Workspace(5, 6, FIRST_USER)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A parsed pipeline, its order, and the steps that launch something."""

    source: str
    pipeline: Pipeline
    dag: Dag
    app_steps: tuple[str, ...]


@lru_cache(maxsize=256)
def load(steps: tuple[StepPlan, ...]) -> Loaded:
    """Return the pipeline of these steps; AssertionError when the parser refuses it."""
    source = yaml_of(steps)
    loaded = load_source(source, "world.yaml", {})
    assert loaded.pipeline is not None, (source, loaded.problems)
    resolution = resolve(loaded.pipeline)
    assert resolution.dag is not None, (source, resolution.problems)
    launched = [name for name, s in loaded.pipeline.all_steps.items() if isinstance(s.action, AppAction)]
    return Loaded(source, loaded.pipeline, resolution.dag, tuple(launched))


def yaml_of(steps: tuple[StepPlan, ...]) -> str:
    """Return the YAML text of a pipeline of these steps."""
    lines = ["slyflow: 1", f"name: {NAME}", "steps:"]
    lines += [_step(step) for step in steps if not step.final]
    final = [_step(step) for step in steps if step.final]
    if final:
        lines += ["finally:", *final]
    return "\n".join(lines) + "\n"


def _step(step: StepPlan) -> str:
    parts = [*(_values(step) if step.values else _app(step)), *_around(step)]
    return f"  {step.id}: {{{', '.join(parts)}}}"


def _values(step: StepPlan) -> Iterator[str]:
    read = " + ".join(f"(steps.{name}.succeeded ? 1 : 0)" for name in step.reads) or "1"
    yield f'values: {{v: "${{{{ {read} }}}}"}}'


def _app(step: StepPlan) -> Iterator[str]:
    yield "app: org/app@v1.0.0"
    if step.reads:
        yield f'target: {{images_project: "${{{{ steps.{step.reads[0]}.outputs.p }}}}"}}'
    if step.output == "project":
        yield "outputs: {p: {project: task}}"
    elif step.output == "value":
        yield 'outputs: {v: {value: "${{ task.meta.answer }}"}}'
    if step.launch != "relaunch":
        yield f"launch: {step.launch}"
    if step.workflow != "best_effort":
        yield f'workflow: "{step.workflow}"'
    if step.retry_max:
        kinds = f", kinds: [{', '.join(step.retry_kinds)}]" if step.retry_kinds else ""
        yield f"retry: {{max: {step.retry_max}, delay: 20s{kinds}}}"
    limits = [
        f"{name}: {limit}s"
        for name, limit in (("queue", step.queue_limit), ("start", step.start_limit), ("run", step.run_limit))
        if limit is not None
    ]
    if limits:
        yield f"timeout: {{{', '.join(limits)}}}"


def _around(step: StepPlan) -> Iterator[str]:
    if step.needs:
        yield f"needs: [{', '.join(step.needs)}]"
    if step.when:
        yield f"when: {step.when}"
    if step.condition:
        yield f'if: "${{{{ {step.condition} }}}}"'
    if step.allow_failure:
        yield "allow_failure: true"
