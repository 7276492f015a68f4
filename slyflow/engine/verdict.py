"""The end of a run: its exit code, its status, and what the pipeline returns."""

from collections.abc import Iterable, Mapping

from slyflow.model.pipeline import FailureKind, Pipeline
from slyflow.model.run import RunStatus, StepResult, StepStatus
from slyflow.model.value import Json

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
