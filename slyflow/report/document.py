"""The JSON documents of `run --json`, `show --json` and `runs --json`, made from summaries."""

from collections import Counter
from typing import assert_never

from slyflow.model.artifact import Artifact, Computed, Output
from slyflow.model.driver import Driver
from slyflow.model.run import Failure
from slyflow.model.value import Json
from slyflow.report.stepsummary import StepSummary
from slyflow.report.summary import Summary


def run_document(summary: Summary, *, exit_code: int | None = None) -> dict[str, Json]:
    """Return the whole run: its steps in the order of the file and what the pipeline returned.

    `exit_code` is that of the process which stopped driving a run that is not over. `driver` is one that
    has not let go of it, dead or alive.
    """
    return {
        "run": summary.run,
        "pipeline": summary.pipeline,
        "status": summary.status.value,
        "exit_code": exit_code if summary.exit_code is None else summary.exit_code,
        "instance": summary.instance_url,
        "started_at": summary.started_at,
        "ended_at": summary.ended_at,
        "steps": {name: _step(step, summary) for name, step in summary.steps.items()},
        "outputs": summary.outputs,
        "warnings": summary.warnings,
        "driver": _driver(summary.driver),
    }


def _driver(driver: Driver | None) -> Json:
    return None if driver is None else {"host": driver.host, "pid": driver.pid}


def run_row(summary: Summary) -> dict[str, Json]:
    """Return one run as an item of a list: how many steps stand where instead of the steps."""
    counts = Counter(step.status.value for step in summary.steps.values())
    return {
        "run": summary.run,
        "pipeline": summary.pipeline,
        "path": summary.path,
        "status": summary.status.value,
        "exit_code": summary.exit_code,
        "instance": summary.instance_url,
        "started_at": summary.started_at,
        "ended_at": summary.ended_at,
        "steps": {status: counts[status] for status in sorted(counts)},
    }


def _step(step: StepSummary, summary: Summary) -> dict[str, Json]:
    return {
        "status": step.status.value,
        "kind": step.kind,
        "app": step.app,
        "session": step.session,
        "attempts": step.attempts,
        "outputs": {name: _output(output, summary) for name, output in sorted(step.outputs.items())},
        "started_at": step.started_at,
        "ended_at": step.ended_at,
        "failure": _failure(step.failure),
        "reason": step.reason,
    }


def _failure(failure: Failure | None) -> Json:
    return None if failure is None else {"kind": failure.kind.value, "message": failure.message}


def _output(output: Output | None, summary: Summary) -> Json:
    """Return an artifact with the address made whole; a computed value has `kind` and `value` only."""
    match output:
        case None:
            return None
        case Computed():
            return {"kind": "value", "value": output.value}
        case Artifact():
            return {
                "kind": output.kind.value,
                "id": output.id,
                "path": output.path,
                "name": output.name,
                "url": summary.absolute(output.url),
                "value": output.value,
            }
        case _:
            assert_never(output)
