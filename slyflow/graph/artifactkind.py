"""Whether what flows into a target, an input or a known output is of the kind that its place takes."""

from collections.abc import Iterator, Mapping

from slyflow.graph.scope import declares, output_kind
from slyflow.model.artifact import Kind
from slyflow.model.interface import target_kind
from slyflow.model.outputsource import KnownSource
from slyflow.model.pipeline import AppAction, Step
from slyflow.model.value import Dynamic, Expression
from slyflow.problem import Problem, Related
from slyflow.syntax.expression.mention import references
from slyflow.syntax.expression.scanner import bare
from slyflow.syntax.template import place

# What takes the one takes the other: a weight is a file, a version belongs to a project.
_ALIKE = (
    frozenset((Kind.FILE, Kind.MODEL_WEIGHT)),
    frozenset((Kind.TASK, Kind.APP_SESSION)),
)
_AS_ITSELF = ("id", "path")


def wrong_kinds(step: Step, steps: Mapping[str, Step]) -> Iterator[Problem]:
    """Yield a problem for each output of another step that is handed to a place for another kind."""
    action = step.action
    if not isinstance(action, AppAction):
        return
    if action.target is not None and not isinstance(action.target, Expression):
        for name, field in action.target.items():
            # Most targets are ids as they are.
            wanted = target_kind(name) if isinstance(field.value, Expression) else None
            if wanted is not None:
                yield from _wrong(field.value, wanted, f'the target "{name}"', steps)
    for spec in (action.inputs or {}).values():
        yield from _wrong(spec.value, spec.kind, f'the input "{spec.name}"', steps)
    for output in action.outputs.values():
        if isinstance(output.source, KnownSource):
            yield from _wrong(output.source.value, output.kind, f'the output "{output.name}"', steps)


def _wrong(value: Dynamic, wanted: Kind, what: str, steps: Mapping[str, Step]) -> Iterator[Problem]:
    if not isinstance(value, Expression):
        return
    name = bare(value.source, references(value))
    match name.path if name is not None else ():
        case ("steps", step, "outputs", output, *field) if step in steps and declares(steps[step], output):
            found = output_kind(steps[step], output)
        case _:
            return
    if found is Kind.VALUE or (field and field[0] not in _AS_ITSELF) or _fits(found, wanted):
        return
    assert name is not None
    message = f'{what} takes a {wanted}; the output "{output}" of step "{step}" is of kind {found}'
    span = place(value, name.offset(3))
    yield Problem(
        span._replace(end_column=span.column + len(output)),
        message,
        "wrong-kind",
        f"give it an output of kind {wanted}",
        _declared(steps[step], output),
    )


def _fits(found: Kind, wanted: Kind) -> bool:
    return found is wanted or any({found, wanted} <= alike for alike in _ALIKE)


def _declared(step: Step, output: str) -> tuple[Related, ...]:
    action = step.action
    if isinstance(action, AppAction) and output in action.outputs:
        spec = action.outputs[output]
        return (Related(spec.span, f"declared with kind {spec.kind} here"),)
    return ()
