"""The end of a run: its exit code, its status, and what the pipeline returns."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from slyflow.errors import ExpressionError
from slyflow.model.pipeline import FailureKind, Pipeline
from slyflow.model.run import RunStatus, StepResult, StepStatus
from slyflow.model.value import Json
from slyflow.syntax.expression import Scope, evaluate

OK, STEP_FAILED, NEEDS_HUMAN, EDGE_MISSING = 0, 1, 3, 8


def counting(pipeline: Pipeline, results: Mapping[str, StepResult]) -> list[StepResult]:
    """Return the results that speak against success: cancelled steps, and failures not allowed.

    A launch of unknown outcome is never allowed: its session may be running.
    """
    steps = pipeline.all_steps
    return [
        result
        for name, result in results.items()
        if result.status is StepStatus.CANCELLED
        or (result.status is StepStatus.FAILED and not steps[name].allow_failure)
        or (result.failure is not None and result.failure.kind is FailureKind.LAUNCH_UNKNOWN)
    ]


def exit_code(against: Iterable[StepResult]) -> int:
    """Return 0 only when nothing speaks against success (reliability.md 2.2)."""
    kinds = {result.failure.kind if result.failure else FailureKind.ERROR for result in against}
    if FailureKind.LAUNCH_UNKNOWN in kinds:
        return NEEDS_HUMAN
    if kinds == {FailureKind.EDGE_FAILED}:
        return EDGE_MISSING
    return STEP_FAILED if kinds else OK


def run_status(against: Iterable[StepResult]) -> RunStatus:
    """Return the run's status as expressions in `finally` see it."""
    statuses = {result.status for result in against}
    if StepStatus.FAILED in statuses:
        return RunStatus.FAILED
    return RunStatus.CANCELLED if statuses else RunStatus.SUCCEEDED


def failures(results: Mapping[str, StepResult]) -> list[Json]:
    """Return `run.failures`: step, leg, kind and message of each failure, in the order of the file."""
    return [
        {"step": name, "leg": None, "kind": str(result.failure.kind), "message": result.failure.message}
        for name, result in results.items()
        if result.failure is not None
    ]


def returned(
    pipeline: Pipeline, scope: Scope, files: Mapping[str, str]
) -> tuple[Mapping[str, Json], Mapping[str, str]]:
    """Return the pipeline's outputs, and why those that are not there could not be computed."""
    # Secrets are taken out of what the pipeline returns anyway, so here the hidden is known well enough.
    known = {step: replace(result, hidden=()) for step, result in scope.steps.items()}
    seen = replace(scope, steps=known, hidden_params=())
    outputs: dict[str, Json] = {}
    missing: dict[str, str] = {}
    for name, item in pipeline.outputs.items():
        try:
            outputs[name] = evaluate(item.value, seen, files)
        except ExpressionError as error:
            missing[name] = error.message
    return outputs, missing
