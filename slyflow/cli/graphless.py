"""Instances without a workflow graph: refused where a step requires edges, warned of otherwise."""

import re

from slyflow.errors import Unsupported
from slyflow.model.artifact import Kind
from slyflow.model.pipeline import AppAction, Pipeline

# Supervisely's own first versions with workflow nodes, and with labeling jobs among them.
_FIRST = (6, 9, 31)
_FIRST_WITH_JOBS = (6, 11, 11)


def missing_graph(version: str | None, pipeline: Pipeline) -> str | None:
    """Return a warning when the instance is too old for the edges of this pipeline, None when it is not.

    An instance that does not tell its version is taken to be new. Unsupported when a step requires its
    edges: nothing must be launched then.
    """
    numbers = _numbers(version)
    if numbers is None or numbers >= _FIRST_WITH_JOBS:
        return None
    warnings = []
    for step in pipeline.all_steps.values():
        if not isinstance(step.action, AppAction) or step.action.workflow == "off":
            continue
        uses_jobs = any(spec.kind is Kind.JOB for spec in (step.action.inputs or {}).values())
        first = _FIRST_WITH_JOBS if uses_jobs else _FIRST
        if numbers >= first:
            continue
        needed = ".".join(map(str, first))
        said = f"the instance is version {version}, workflow edges of step {step.id} need {needed}"
        if step.action.workflow == "required":
            raise Unsupported(said, hint="upgrade the instance, or set `workflow: best_effort`")
        warnings.append(f"{said}: none are written")
    return warnings[0] if warnings else None


def _numbers(version: str | None) -> tuple[int, int, int] | None:
    found = re.match(r"(\d{1,6})\.(\d{1,6})\.(\d{1,6})", version or "")
    return (int(found[1]), int(found[2]), int(found[3])) if found else None
