"""An output handed on where it may be null: in finally, after a failure or a skip, or because it is optional.

Conditions and values are left alone: null is a value there, which `default` or a comparison deals with later.
"""

import re
from collections.abc import Collection, Iterator

from slyflow.graph.place import Place, places
from slyflow.lint.subject import Subject
from slyflow.model.pipeline import AppAction, Step, When
from slyflow.model.value import Expression, Template
from slyflow.problem import Problem
from slyflow.record import record
from slyflow.syntax.expression.mention import expressions, references
from slyflow.syntax.expression.scanner import Reference, bare
from slyflow.syntax.template import stretch

# What an app is given or shown: null there is hardly ever meant.
_GIVEN = frozenset(("target", "arguments", "inputs", "title", "user", "node", "outputs"))
_COMPUTES = r"[-+*/%<>]"
# Signs that null is dealt with, or that null does no harm: a choice, a call, a list.
_CARES = r"null|[?(\[]"


@record(frozen=True)
class _Use:
    """One output read at one place: by which step, of which one, and how."""

    reader: Step
    read: Step
    output: str
    place: Place
    expression: Expression
    name: Reference

    @property
    def is_bare(self) -> bool:
        """Whether the expression is the output itself, or a field of it."""
        return bare(self.expression.source, references(self.expression)) is not None


def find(subject: Subject) -> Iterator[Problem]:
    """Yield each use of an output that may be null there, and that null breaks or reaches an app."""
    steps = subject.pipeline.all_steps
    skipped = _may_be_skipped(subject)
    for step in steps.values():
        cared_for = {path[1] for path in _condition_names(step) if path[0] == "steps" and len(path) > 1}
        for use in _uses(step, subject):
            if use.read.id in cared_for or not _does_harm(use):
                continue
            why = _why(use, skipped)
            if why is not None:
                yield _problem(use, why)


def _condition_names(step: Step) -> Iterator[tuple[str, ...]]:
    for expression in expressions(step.condition):
        for reference in references(expression):
            yield reference.path


def _uses(step: Step, subject: Subject) -> Iterator[_Use]:
    steps = subject.pipeline.all_steps
    for place in places(step):
        for expression in expressions(place.value):
            for name in references(expression):
                match name.path:
                    case ("steps", read, "outputs", output, *_) if read in steps:
                        yield _Use(step, steps[read], output, place, expression, name)


def _does_harm(use: _Use) -> bool:
    if use.place.must_be_boolean:
        return False
    if isinstance(use.place.value, Template):
        return use.is_bare or _breaks(use)
    if use.is_bare:
        return use.place.key in _GIVEN
    return _breaks(use)


def _breaks(use: _Use) -> bool:
    """Whether an expression computes with the output and shows no sign of care."""
    source = use.expression.source
    return re.search(_COMPUTES, source) is not None and re.search(_CARES, source) is None


def _why(use: _Use, skipped: Collection[str]) -> str | None:
    """Return why the output may be null when it is read, None when it cannot."""
    reader, read = use.reader, use.read
    if reader.is_final and not read.is_final:
        return f'finally runs whatever became of "{read.id}"'
    if reader.when in (When.ALWAYS, When.FAILURE):
        return f'with "when: {reader.when}" it runs also when "{read.id}" failed'
    if reader.when is When.NO_FAILURE and read.id in skipped:
        return f'with "when: no_failure" it runs also when "{read.id}" was skipped'
    if read.allow_failure:
        return f'"{read.id}" may fail (allow_failure)'
    if _is_optional(read, use.output) and (use.place.key in ("target", "inputs") or not use.is_bare):
        return "it is optional"
    return None


def _is_optional(step: Step, output: str) -> bool:
    spec = step.action.outputs.get(output) if isinstance(step.action, AppAction) else None
    return spec is not None and spec.optional


def _may_be_skipped(subject: Subject) -> set[str]:
    """Return the steps that a run may skip without a failure: by a condition, or as one before them was."""
    found: set[str] = set()
    steps = subject.pipeline.all_steps
    for name in subject.dag.order:
        step = steps[name]
        follows = step.when is When.SUCCESS and any(need in found for need in subject.dag.needs(name))
        if step.condition is not None or step.when is When.FAILURE or follows:
            found.add(name)
    return found


def _problem(use: _Use, why: str) -> Problem:
    name, read = use.name, use.read.id
    span = stretch(use.expression, name.start, name.end)
    message = f'the output "{use.output}" of step "{read}" may be null here: {why}'
    condition = f'if: "${{{{ steps.{read}.outputs.{use.output} != null }}}}"'
    hint = f"write default({name}, …), or give the step the condition {condition}"
    return Problem(span, message, "missing-output", hint=hint)
