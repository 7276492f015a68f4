"""Instances without a workflow graph, or without jobs in it: refused where a step requires its edges."""

from collections.abc import Iterator, Mapping

from slyflow.catalog.version import parse
from slyflow.client.about import WORKFLOW, WORKFLOW_JOBS
from slyflow.errors import Unsupported
from slyflow.model.artifact import Kind
from slyflow.model.pipeline import AppAction, Pipeline

_JOB_TARGET = "labeling_job"


def unwritable(version: str | None) -> frozenset[Kind]:
    """Return the kinds of edges that an instance is too old for; none when it does not tell its version."""
    return frozenset(kind for kind in Kind if _is_older(version, _first(kind)))


def missing_graph(version: str | None, pipeline: Pipeline) -> tuple[str, ...]:
    """Return a warning for each version that edges of this pipeline would need and the instance has not.

    Unsupported when a step requires such edges: nothing must be launched then.
    """
    lacking: dict[str, list[str]] = {}
    for step in pipeline.all_steps.values():
        if not isinstance(step.action, AppAction) or step.action.workflow == "off":
            continue
        for needed in sorted({_first(kind) for kind in _kinds(step.action)}):
            if not _is_older(version, needed):
                continue
            if step.action.workflow == "required":
                said = f"the instance is version {version}, workflow edges of step {step.id} need {needed}"
                raise Unsupported(said, hint="upgrade the instance, or set `workflow: best_effort`")
            lacking.setdefault(needed, []).append(step.id)
    return tuple(
        f"the instance is version {version}, {_what(needed)} of {', '.join(steps)} need {needed}:"
        " none are written"
        for needed, steps in lacking.items()
    )


def _kinds(action: AppAction) -> Iterator[Kind]:
    """Yield the kinds of edges that a step may have, as far as the file tells."""
    yield Kind.APP_SESSION  # of its node's settings
    yield from (output.kind for output in action.outputs.values())
    if action.inputs is not None:
        yield from (spec.kind for spec in action.inputs.values())
    elif isinstance(action.target, Mapping) and _JOB_TARGET in action.target:
        yield Kind.JOB


def _first(kind: Kind) -> str:
    return WORKFLOW_JOBS if kind is Kind.JOB else WORKFLOW


def _what(needed: str) -> str:
    return "edges of labeling jobs" if needed == WORKFLOW_JOBS else "workflow edges"


def _is_older(version: str | None, needed: str) -> bool:
    told, wanted = parse(version or ""), parse(needed)
    return told is not None and wanted is not None and told < wanted
