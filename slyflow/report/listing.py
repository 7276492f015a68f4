"""Runs as tables: one run in full, or one row of a list."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from slyflow.model.artifact import Artifact, Computed, Output
from slyflow.model.run import RunStatus, StepStatus
from slyflow.model.value import Json
from slyflow.report.line import Line, Part, Style, columns
from slyflow.report.plain import STYLES
from slyflow.report.stepsummary import StepSummary, elapsed
from slyflow.report.summary import Summary
from slyflow.text import format_duration

_RUN_STYLES: Mapping[RunStatus, Style] = {
    RunStatus.RUNNING: "active",
    RunStatus.INTERRUPTED: "warn",
    RunStatus.SUCCEEDED: "good",
    RunStatus.FAILED: "bad",
    RunStatus.CANCELLED: "warn",
}


def run_cells(summary: Summary) -> Sequence[str | Part]:
    """Return the cells of one run: id, pipeline, status, steps done, time taken."""
    done = sum(step.status is StepStatus.SUCCEEDED for step in summary.steps.values())
    return (
        Part(summary.run, "strong"),
        summary.pipeline,
        Part(summary.status.value, _RUN_STYLES[summary.status]),
        f"{done}/{len(summary.steps)} steps",
        _length(summary.started_at, summary.ended_at),
    )


def run_lines(summary: Summary, *, is_driven: bool = False) -> list[Line]:
    """Return the whole run for a person; `is_driven`: a process of this machine drives it now."""
    code = "" if summary.exit_code is None else f", exit code {summary.exit_code}"
    head: list[tuple[str | Part, str | Part]] = [
        (Part("run", "dim"), Part(summary.run, "strong")),
        (Part("pipeline", "dim"), f"{summary.pipeline} ({summary.path})"),
        (Part("status", "dim"), Part(f"{summary.status.value}{code}", _RUN_STYLES[summary.status])),
        (Part("instance", "dim"), summary.instance_url),
        (Part("started", "dim"), summary.started_at),
        (Part("ended", "dim"), summary.ended_at or "not yet"),
    ]
    if is_driven and summary.driver is not None:
        head.append((Part("driven by", "dim"), str(summary.driver)))
    elif summary.driver is not None:
        told = f"{summary.driver}, which has not let go of it"
        head.append((Part("last driven by", "dim"), told))
    lines = [*columns(head), ()]
    for title, is_final in (("steps", False), ("finally", True)):
        steps = [step for step in summary.steps.values() if step.is_final is is_final]
        if steps:
            lines += [(Part(title, "strong"),), *_steps(steps, summary)]
    if summary.outputs:
        rows = [(f"  {name}", plain_value(value)) for name, value in summary.outputs.items()]
        lines += [(), (Part("outputs", "strong"),), *columns(rows)]
    lines += [(Part("warning: ", "warn"), warning) for warning in summary.warnings]
    return lines


def _steps(steps: Sequence[StepSummary], summary: Summary) -> Iterator[Line]:
    heads = columns([_step_cells(step, summary) for step in steps])
    for step, head in zip(steps, heads, strict=True):
        yield head
        if step.failure is not None and step.status is not StepStatus.SUCCEEDED:
            yield ("    ", Part(f"{step.failure.kind.value}: ", "bad"), step.failure.message)
        elif step.reason:
            yield ("    ", Part(step.reason, "dim"))
        rows = [(f"    {name}", *_output(output, summary)) for name, output in sorted(step.outputs.items())]
        yield from columns(rows)


def _step_cells(step: StepSummary, summary: Summary) -> Sequence[str | Part]:
    attempts = f"attempt {step.attempts}" if step.attempts > 1 else ""
    link = summary.session_url(step.session) if step.session is not None else ""
    return (
        f"  {step.id}",
        Part(step.status.value, STYLES[step.status]),
        _length(step.started_at, step.ended_at),
        attempts,
        Part(link, "dim"),
    )


def _output(output: Output | None, summary: Summary) -> Sequence[str | Part]:
    kind, value, url = output_cells(output, summary)
    return (kind, value, Part(url, "dim")) if output is not None else (Part(kind, "dim"),)


def output_cells(output: Output | None, summary: Summary) -> tuple[str, str, str]:
    """Return an output's kind, its value with its name, and its address, empty where there is none."""
    match output:
        case None:
            return ("none", "", "")
        case Computed():
            return ("value", plain_value(output.value), "")
        case Artifact():
            named = (
                f"{output.value} {output.name}" if output.name and not output.kind.by_path else output.value
            )
            return (output.kind.value, str(named), summary.absolute(output.url) or "")
        case _:
            assert_never(output)


def plain_value(value: Json) -> str:
    """Return a text as it is, and any other value as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _length(begin: str | None, end: str | None) -> str:
    length = elapsed(begin, end)
    return "" if length is None else format_duration(length)
