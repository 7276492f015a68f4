"""A run: statuses of steps and of the run, failures, and the exit code that tells the truth."""

from collections.abc import Mapping
from enum import StrEnum

from slyflow.model.artifact import Output
from slyflow.model.pipeline import FailureKind
from slyflow.record import field, record


class StepStatus(StrEnum):
    """Where a step stands; the last four are final and are what expressions and reports see."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class RunStatus(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    INTERRUPTED = "interrupted"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@record(frozen=True)
class Failure:
    """Why an attempt, and with it perhaps a step, did not succeed."""

    kind: FailureKind
    message: str


@record(frozen=True)
class StepResult:
    """How a step ended. `reason` says why it was skipped.

    `hidden` names outputs that were read back from a journal, which has `***` where a secret stood.
    """

    status: StepStatus
    outputs: Mapping[str, Output | None] = field(default_factory=dict)
    failure: Failure | None = None
    reason: str | None = None
    session_id: int | None = None
    hidden: tuple[str, ...] = ()
