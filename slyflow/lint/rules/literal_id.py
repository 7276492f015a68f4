"""An id where a name would do: it means something on one instance only, and says nothing to a reader."""

from collections.abc import Iterator, Mapping

from slyflow.lint.subject import Subject
from slyflow.model.pipeline import AppAction, Step
from slyflow.problem import Problem, Span


def find(subject: Subject) -> Iterator[Problem]:
    """Yield the ids that stand in the file itself."""
    for step in subject.pipeline.all_steps.values():
        if isinstance(step.action, AppAction):
            yield from _of_app(step, step.action)


def _of_app(step: Step, action: AppAction) -> Iterator[Problem]:
    if action.app.module_id is not None:
        yield _problem(action.app.span, "module", action.app.module_id, "write the app's slug, owner/repo")
    if action.workspace.id is not None:
        span = action.workspace.span or step.span
        yield _problem(span, "workspace", action.workspace.id, "write team/name")
    if action.agent.id is not None:
        yield _problem(action.agent.span or step.span, "agent", action.agent.id, "write its name")
    if isinstance(action.user, int):
        yield _problem(step.span, "user", action.user, "write the login")
    if isinstance(action.target, Mapping):
        for name, field in action.target.items():
            if isinstance(field.value, int):
                hint = "make it a param, or the output of a step"
                yield _problem(field.span, name, field.value, hint)


def _problem(span: Span, what: str, number: int, hint: str) -> Problem:
    message = f"the {what} {number} is an id, which means something on one instance only"
    return Problem(span, message, "literal-id", hint=hint)
