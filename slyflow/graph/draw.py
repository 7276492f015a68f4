"""Draws a pipeline's steps and dependencies as text, Mermaid, DOT or SVG."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal, assert_never

from slyflow.graph.caption import caption
from slyflow.graph.dag import Dag
from slyflow.graph.preview import preview
from slyflow.model.pipeline import Pipeline, Step, ValuesAction

Form = Literal["text", "mermaid", "dot", "svg"]
_NO_NAMES: Mapping[str, str] = MappingProxyType({})


def draw(pipeline: Pipeline, dag: Dag, form: Form, names: Mapping[str, str] = _NO_NAMES) -> str:
    """Return the drawing, ending in a line feed; the same pipeline always gives the same one.

    `names` are those of the steps' apps, by step, where they are known.
    """
    match form:
        case "text":
            lines = _text(pipeline, dag)
        case "mermaid":
            lines = _mermaid(pipeline, dag)
        case "dot":
            lines = _dot(pipeline, dag)
        case "svg":
            lines = iter(preview(pipeline, dag, names).split("\n"))
        case _:
            assert_never(form)
    return "\n".join(lines) + "\n"


def _text(pipeline: Pipeline, dag: Dag) -> Iterator[str]:
    """One step a line, in waves: steps of a wave may run at the same time."""
    rows = [(step, str(number)) for number, wave in enumerate(dag.waves(), 1) for step in wave]
    steps = pipeline.all_steps
    identifiers = max((len(step) for step, _ in rows), default=0)
    numbers = max((len(number) for _, number in rows), default=0)
    actions = max((len(caption(steps[step])) for step, _ in rows), default=0)
    for final in (False, True):
        here = [(step, number) for step, number in rows if steps[step].is_final is final]
        if final and here:
            yield "finally"
        for step, number in here:
            needs = f"after {', '.join(dag.needs(step))}" if dag.needs(step) else ""
            line = f"{number:>{numbers}}  {step:<{identifiers}}  {caption(steps[step]):<{actions}}  {needs}"
            yield line.rstrip()


def _mermaid(pipeline: Pipeline, dag: Dag) -> Iterator[str]:
    names = {step: f"s{index}" for index, step in enumerate(dag.steps)}
    yield "flowchart LR"
    for step in pipeline.steps.values():
        yield f"  {names[step.id]}{_mermaid_box(step)}"
    if pipeline.final_steps:
        yield "  subgraph finally"
        for step in pipeline.final_steps.values():
            yield f"    {names[step.id]}{_mermaid_box(step)}"
        yield "  end"
    for need, step_id in _links(dag):
        yield f"  {names[need]} --> {names[step_id]}"


def _mermaid_box(step: Step) -> str:
    label = f"{_entities(step.id)}<br/>{_entities(caption(step))}"
    return f'("{label}")' if isinstance(step.action, ValuesAction) else f'["{label}"]'


def _entities(text: str) -> str:
    """Write what Mermaid or HTML would read as markup by its number."""
    return "".join(c if c.isalnum() or c in " .,-_/@:" else f"#{ord(c)};" for c in text)


def _dot(pipeline: Pipeline, dag: Dag) -> Iterator[str]:
    yield f"digraph {_quoted(pipeline.name)} {{"
    yield "  rankdir=LR;"
    yield "  node [shape=box];"
    for step in pipeline.steps.values():
        yield f"  {_dot_box(step)}"
    if pipeline.final_steps:
        yield "  subgraph cluster_finally {"
        yield '    label="finally";'
        for step in pipeline.final_steps.values():
            yield f"    {_dot_box(step)}"
        yield "  }"
    for need, step_id in _links(dag):
        yield f"  {_quoted(need)} -> {_quoted(step_id)};"
    yield "}"


def _dot_box(step: Step) -> str:
    style = ", style=rounded" if isinstance(step.action, ValuesAction) else ""
    label = _quoted("\n".join((step.id, caption(step))))
    return f"{_quoted(step.id)} [label={label}{style}];"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _links(dag: Dag) -> Iterator[tuple[str, str]]:
    for step in dag.steps:
        for need in dag.needs(step):
            yield need, step
