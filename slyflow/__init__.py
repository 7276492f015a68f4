"""Pipelines of Supervisely apps from one YAML file."""

# As type checkers know it; importing typing would take longer than all the rest of this.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from slyflow.client.instance import Instance
    from slyflow.model.event import Recorded
    from slyflow.model.run import RunStatus, StepStatus
    from slyflow.problem import Problem
    from slyflow.python.pipeline import Pipeline, load, validate
    from slyflow.python.run import Run, RunFailed
    from slyflow.python.start import resume, run, runs, start
    from slyflow.report.stepsummary import StepSummary
    from slyflow.running.invalid import InvalidPipeline

__version__ = "0.1.0"
__all__ = [
    "Instance",
    "InvalidPipeline",
    "Pipeline",
    "Problem",
    "Recorded",
    "Run",
    "RunFailed",
    "RunStatus",
    "StepStatus",
    "StepSummary",
    "load",
    "resume",
    "run",
    "runs",
    "start",
    "validate",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for: `import slyflow` alone costs next to nothing."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]


_HOMES = {
    "Instance": "slyflow.client.instance",
    "InvalidPipeline": "slyflow.running.invalid",
    "Pipeline": "slyflow.python.pipeline",
    "Problem": "slyflow.problem",
    "Recorded": "slyflow.model.event",
    "Run": "slyflow.python.run",
    "RunFailed": "slyflow.python.run",
    "RunStatus": "slyflow.model.run",
    "StepStatus": "slyflow.model.run",
    "StepSummary": "slyflow.report.summary",
    "load": "slyflow.python.pipeline",
    "resume": "slyflow.python.start",
    "run": "slyflow.python.start",
    "runs": "slyflow.python.start",
    "start": "slyflow.python.start",
    "validate": "slyflow.python.pipeline",
}
