"""A step that no run ever reaches: its condition is false by itself, or given what `when` already asks."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from slyflow.lint.subject import Subject
from slyflow.model.pipeline import Step, When
from slyflow.model.value import Dynamic, Expression, Json
from slyflow.problem import Problem, Related, Span
from slyflow.record import record
from slyflow.syntax.expression.hollow import cut
from slyflow.syntax.expression.mention import references
from slyflow.syntax.expression.scanner import bare

_SUCCEEDED: Mapping[str, Json] = {"status": "succeeded", "succeeded": True, "failed": False, "skipped": False}


@record(frozen=True)
class _Why:
    """Why a step never runs, where that stands, and what to do."""

    span: Span
    reason: str
    hint: str
    related: tuple[Related, ...] = ()


def find(subject: Subject) -> Iterator[Problem]:
    """Yield the steps that never run, each because of itself or of one that it needs."""
    never: set[str] = set()
    steps = subject.pipeline.all_steps
    for name in subject.dag.order:
        step = steps[name]
        needs = [steps[need] for need in subject.dag.needs(name)]
        why = _by_needs(step, needs, never) or _by_condition(step, needs, never)
        if why is not None:
            never.add(name)
            message = f'step "{name}" never runs: {why.reason}'
            yield Problem(why.span, message, "never-runs", hint=why.hint, related=why.related)


def _by_needs(step: Step, needs: Sequence[Step], never: Collection[str]) -> _Why | None:
    if step.when is When.SUCCESS:
        dead = next((need for need in needs if need.id in never), None)
        if dead is None:
            return None
        related = (Related(dead.span, "this step"),)
        return _Why(step.span, f'step "{dead.id}", which it needs, never does', "remove both", related)
    if step.when is not When.FAILURE or any(
        need.id not in never and not need.allow_failure for need in needs
    ):
        return None
    if step.is_final:
        hint = "write if: \"${{ run.status == 'failed' }}\" for a run that failed"
        return _Why(step.span, '"when: failure" in finally looks only at steps of finally', hint)
    if needs:
        reason = 'no failure of what it needs counts for "when: failure" (allow_failure)'
        hint = f'write when: always and if: "${{{{ steps.{needs[0].id}.failed }}}}"'
        return _Why(step.span, reason, hint)
    return _Why(step.span, '"when: failure" asks for a failed step, and it needs none', "add needs")


def _by_condition(step: Step, needs: Sequence[Step], never: Collection[str]) -> _Why | None:
    condition = step.condition
    if condition is None or _value(condition, _Known(step, needs, never)) is not False:
        return None
    if not isinstance(condition, Expression) or not references(condition):
        span = condition.span if isinstance(condition, Expression) else step.span
        return _Why(span, "its condition is always false", "remove the step, or its condition")
    reason = "what its condition asks for is never so when it is judged"
    hint = "remove the step, or its condition"
    if step.when is When.SUCCESS:
        reason = "it waits for the success of what it needs, and its condition is false then"
        hint = "write when: failure in its place, or when: always beside it"
    return _Why(condition.span, reason, hint)


class _Known:
    """What is certain of the statuses of other steps when the condition of one is judged."""

    def __init__(self, step: Step, needs: Sequence[Step], never: Collection[str]) -> None:
        self._never = never
        is_after_success = step.when is When.SUCCESS
        self._succeeded = {one.id for one in needs if is_after_success and not one.allow_failure}

    def find(self, path: Sequence[str]) -> Json:
        """Return a name's value, null when only a run tells: no status is null."""
        match path:
            case ("steps", name, flag) if name in self._never:
                # It may have been skipped or cancelled, but these two are certain.
                return False if flag in ("succeeded", "failed") else None
            case ("steps", name, flag) if name in self._succeeded:
                return _SUCCEEDED.get(flag)
            case _:
                return None


def _value(condition: Dynamic, known: _Known) -> object:
    """Return what a condition certainly gives, None when only a run tells."""
    if not isinstance(condition, Expression):
        return condition
    source, found = condition.source, references(condition)
    values = [known.find(one.path) for one in found]
    if None in values:
        return None
    if bare(source, found) is not None:
        return values[0]
    from slyflow.syntax.expression import library  # few conditions compute with nothing else

    try:
        return library.evaluate(cut(source, found, [len(one.path) for one in found]), values)
    except library.Refused:
        return None
