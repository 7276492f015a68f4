"""Whether a step runs: its `when` over the steps it needs, then its `if`; and what ends without a session."""

from collections.abc import Mapping, Sequence
from typing import assert_never

from slyflow.errors import ExpressionError
from slyflow.model.artifact import Computed
from slyflow.model.pipeline import FailureKind, Step, ValuesAction, When
from slyflow.model.run import Failure, StepResult, StepStatus
from slyflow.syntax.expression import Scope, evaluate

GOOD = (StepStatus.SUCCEEDED,)
HARMLESS = (StepStatus.SUCCEEDED, StepStatus.SKIPPED)


def result_without_session(
    step: Step,
    needed: Mapping[str, StepResult],
    forgiven: Sequence[str],
    scope: Scope,
    files: Mapping[str, str],
) -> StepResult | None:
    """Return how a step ends whose needs have ended, None when it launches a session.

    `forgiven` are the needed steps with `allow_failure`: a failure of theirs counts as success.
    """
    reason = why_not(step, needed, forgiven)
    try:
        if reason is None and not _holds(step, scope, files):
            reason = "its condition is false"
        if reason is not None:
            return StepResult(StepStatus.SKIPPED, reason=reason)
        if isinstance(step.action, ValuesAction):
            return StepResult(StepStatus.SUCCEEDED, values(step.action, scope, files))
    except ExpressionError as error:
        return StepResult(StepStatus.FAILED, failure=Failure(FailureKind.ERROR, error.message))
    return None


def values(action: ValuesAction, scope: Scope, files: Mapping[str, str]) -> dict[str, Computed]:
    """Return the outputs of a values step; ExpressionError when one cannot be computed."""
    return {name: Computed(evaluate(item.value, scope, files)) for name, item in action.values.items()}


def _holds(step: Step, scope: Scope, files: Mapping[str, str]) -> bool:
    if step.condition is None:
        return True
    holds = evaluate(step.condition, scope, files)
    if isinstance(holds, bool):
        return holds
    raise ExpressionError(f'the condition of step "{step.id}" is {holds!r}, expected true or false')


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
