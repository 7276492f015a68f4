"""An output that nothing reads, where it was looked for, or computed, for a reader only.

An artifact is drawn into the workflow graph, a value that must be found judges its step, and a `values` step
that nobody reads at all is told in the run's report: those have a purpose by themselves.
"""

from collections.abc import Iterator

from slyflow.lint.subject import Subject
from slyflow.model.artifact import Kind
from slyflow.model.pipeline import AppAction, Step, ValuesAction
from slyflow.problem import Problem


def find(subject: Subject) -> Iterator[Problem]:
    """Yield the outputs that nothing reads and that serve nothing else."""
    for step in subject.pipeline.all_steps.values():
        match step.action:
            case AppAction():
                yield from _of_app(step, step.action, subject)
            case ValuesAction():
                yield from _of_values(step, step.action, subject)


def _of_app(step: Step, action: AppAction, subject: Subject) -> Iterator[Problem]:
    for name, spec in action.outputs.items():
        is_drawn = spec.kind is not Kind.VALUE and action.workflow != "off"
        if spec.optional and not is_drawn and not _is_read(step, name, subject):
            message = f'nothing reads the output "{name}" of step "{step.id}", and it may be missing'
            yield Problem(spec.span, message, "unused-output", hint=_hint(step, name))


def _of_values(step: Step, action: ValuesAction, subject: Subject) -> Iterator[Problem]:
    unread = {name: field for name, field in action.values.items() if not _is_read(step, name, subject)}
    if len(unread) == len(action.values):
        return
    for name, field in unread.items():
        message = f'nothing reads the value "{name}" of step "{step.id}", unlike its others'
        yield Problem(field.key_span, message, "unused-output", hint=_hint(step, name))


def _is_read(step: Step, name: str, subject: Subject) -> bool:
    return ("steps", step.id, "outputs", name) in subject.read


def _hint(step: Step, name: str) -> str:
    return f"remove it, or read it as ${{{{ steps.{step.id}.outputs.{name} }}}}"
