"""Whether a step runs: its `when` over the steps it needs, then its `if`."""

from collections.abc import Mapping, Sequence
from typing import assert_never

from slyflow.model.pipeline import Step, When
from slyflow.model.run import StepResult, StepStatus

GOOD = (StepStatus.SUCCEEDED,)
HARMLESS = (StepStatus.SUCCEEDED, StepStatus.SKIPPED)


def why_not(step: Step, needed: Mapping[str, StepResult], forgiven: Sequence[str]) -> str | None:
    """Return why `when` does not hold over the needed steps, None when it does.

    `forgiven` are the needed steps with `allow_failure`: a failure of theirs counts as success.
    """
    statuses = {
        name: StepStatus.SUCCEEDED
        if name in forgiven and result.status is StepStatus.FAILED
        else result.status
        for name, result in needed.items()
    }
    match step.when:
        case When.ALWAYS:
            return None
        case When.SUCCESS:
            return _first(statuses, GOOD)
        case When.NO_FAILURE:
            return _first(statuses, HARMLESS)
        case When.FAILURE:
            return None if StepStatus.FAILED in statuses.values() else "nothing it needs failed"
        case _:
            assert_never(step.when)


def _first(statuses: Mapping[str, StepStatus], wanted: Sequence[StepStatus]) -> str | None:
    others = [(name, status) for name, status in sorted(statuses.items()) if status not in wanted]
    if not others:
        return None
    name, status = others[0]
    return f'step "{name}" was {status}' if status is not StepStatus.FAILED else f'step "{name}" failed'
