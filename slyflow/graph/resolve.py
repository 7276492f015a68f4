"""From a parsed pipeline to its Dag: dependencies from references and `needs`, every expression checked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from slyflow.graph.artifactkind import wrong_kinds
from slyflow.graph.dag import Cycle, Dag, from_needs
from slyflow.graph.place import Place, places
from slyflow.graph.scope import MOST_COMPARED, Names, Unsound
from slyflow.graph.secrecy import carried_secret, shown_secrets
from slyflow.graph.valuetype import declared_type, fits, fits_text, result_type
from slyflow.model.artifact import Kind
from slyflow.model.pipeline import AppAction, Need, OutputSpec, Pipeline, Step, When
from slyflow.model.value import Expression, Template
from slyflow.problem import Problem, Related, Span, in_order
from slyflow.record import record
from slyflow.syntax.expression.celtype import BOOL, DYN, Type
from slyflow.syntax.expression.checking import check
from slyflow.syntax.expression.mention import expressions, references
from slyflow.syntax.expression.scanner import Reference, bare
from slyflow.syntax.template import place as place_in
from slyflow.text import suggest

NULLABLE_BOOL = Type("bool", nullable=True)
_MOST_CYCLES = 3
_MOST_RELATED = 3


@record(frozen=True)
class Resolution:
    """The Dag of a pipeline, None when its steps go round in circles, and all that is wrong, sorted.

    The Dag holds final steps too: what they need is other final steps only.
    """

    dag: Dag | None
    problems: tuple[Problem, ...]


class _Resolver:
    """What one resolution has gathered so far."""

    def __init__(self, pipeline: Pipeline, unsound: Unsound) -> None:
        self.pipeline = pipeline
        self.unsound = unsound
        self.steps: Mapping[str, Step] = pipeline.all_steps
        self.sound = {name: step for name, step in self.steps.items() if ("steps", name) not in unsound}
        self.secrets = frozenset(pipeline.secrets)
        self.problems: list[Problem] = []
        self.types: dict[tuple[str, str], Type] = {}
        self.places = {name: tuple(places(step)) for name, step in self.steps.items()}
        self.carried: dict[tuple[str, str], str] = {}
        self.may_fail = {
            name for name, step in self.steps.items() if step.allow_failure and ("steps", name) not in unsound
        }


def resolve(pipeline: Pipeline, unsound: Unsound = frozenset()) -> Resolution:
    """Order the steps and check every reference and expression.

    What reads something `unsound`, a name of the file that is missing or wrong in the pipeline, may find
    anything there; in an unsound step only what stands in it is checked, not what may be missing.
    """
    work = _Resolver(pipeline, unsound)
    links = {name: _links(step, work) for name, step in work.steps.items()}
    dag = _dag(links, work)
    for name in dag.order if dag is not None else work.steps:
        _check_step(work.steps[name], work)
    for output in pipeline.outputs.values():
        _check_value(Place(output.value, key="outputs"), None, work)
    return Resolution(dag, tuple(in_order(work.problems)))


_Link = Need | tuple[Expression, Reference]
"""What says that a step comes after another."""


def _links(step: Step, work: _Resolver) -> dict[str, _Link]:
    """Return the steps that a step comes after, each with the first that says so."""
    links: dict[str, _Link] = {}
    for need in step.needs:
        if ("steps", need.id) in work.unsound:
            continue
        problem = _wrong_need(step, need, work)
        if problem is None:
            links.setdefault(need.id, need)
        else:
            work.problems.append(problem)
    for expression, reference in _read(work.places[step.id]):
        name = reference.path[1]
        other = None if ("steps", name) in work.unsound else work.steps.get(name)
        if other is not None and other.id != step.id and other.is_final == step.is_final:
            links.setdefault(name, (expression, reference))
    return links


def _where(link: _Link) -> Span:
    if isinstance(link, Need):
        return link.span
    expression, reference = link
    return place_in(expression, reference.start)


def _wrong_need(step: Step, need: Need, work: _Resolver) -> Problem | None:
    name, span, steps = need.id, need.span, work.steps
    if name not in steps:
        is_cheap = (1 + len(work.problems)) * len(steps) <= MOST_COMPARED
        near = suggest(name, steps) if is_cheap else None
        return Problem(span, f'unknown step "{name}"', "unknown-step", suggestion=near)
    if name == step.id:
        return Problem(span, f'step "{name}" needs itself', "self-reference", hint="remove it from needs")
    if step.is_final and not steps[name].is_final:
        hint = "remove it: steps of finally start when all others have ended"
        return Problem(span, f'"{name}" always runs before finally', "step-not-before", hint=hint)
    if steps[name].is_final and not step.is_final:
        message = f'step "{name}" does not run before: it stands in finally'
        return Problem(span, message, "step-not-before", hint="move this step into finally as well")
    return None


def _read(values: Iterable[Place]) -> Iterator[tuple[Expression, Reference]]:
    """Yield the names of steps in the expressions of a step's values."""
    for value in values:
        for expression in expressions(value.value):
            for reference in references(expression):
                if reference.path[0] == "steps" and len(reference.path) > 1:
                    yield expression, reference


def _dag(links: Mapping[str, dict[str, _Link]], work: _Resolver) -> Dag | None:
    found = 0
    while True:
        try:
            dag = from_needs(links)
        except Cycle as cycle:
            found += 1
            first, second = cycle.path[:2]
            # Without this link the next circle, if there is one, shows.
            span = _where(links[first].pop(second))
            message = f"the steps need each other in a circle: {cycle}"
            hint = "remove one of these links"
            work.problems.append(Problem(span, message, "cycle", hint, tuple(_others(cycle, links))))
            if found == _MOST_CYCLES:
                return None
        else:
            return None if found else dag


def _others(cycle: Cycle, links: Mapping[str, Mapping[str, _Link]]) -> Iterator[Related]:
    """Yield the places of a circle's other links, the first of them."""
    for first, second in pairwise(cycle.path[1 : 2 + _MOST_RELATED]):
        yield Related(_where(links[first][second]), f'"{first}" needs "{second}" here')


def _check_step(step: Step, work: _Resolver) -> None:
    values = work.places[step.id]
    kinds = list(wrong_kinds(step, work.sound)) if values else []
    work.problems += kinds
    for value in values:
        found = _check_value(value, step, work)
        # What is of another kind is mostly of another type too.
        if value.takes is not None and not kinds:
            work.problems += _not_taken(value, found)
        if value.output is not None:
            work.types[step.id, value.output] = found
            if secret := carried_secret(value.value, work.carried):
                work.carried[step.id, value.output] = secret
    if isinstance(step.action, AppAction):
        for spec in step.action.outputs.values():
            if spec.kind is Kind.VALUE:
                work.problems += _declare(step.id, spec, work.types)


def _declare(step: str, spec: OutputSpec, types: dict[tuple[str, str], Type]) -> Iterator[Problem]:
    """Let the declared type of an output take the place of what its expression gives."""
    declared = declared_type(spec)
    if declared is None:
        return
    found = types.get((step, spec.name))
    if found is not None and not fits(found, declared):
        message = f'output "{spec.name}" is declared as {declared}, its expression gives {found}'
        yield Problem(spec.span, message, "expression-type")
    types[step, spec.name] = declared


def _check_value(value: Place, step: Step | None, work: _Resolver) -> Type:
    """Check the expressions of a value and return its type."""
    names = Names(
        work.pipeline,
        work.secrets,
        work.steps,
        step,
        value.allow,
        work.types,
        work.unsound,
        told=len(work.problems),
    )
    types: list[Type] = []
    for expression in expressions(value.value):
        found, problems = check(expression, names)
        types.append(found or DYN)
        if problems:
            work.problems += problems
        elif work.may_fail and step is not None:
            work.problems += _null_outputs(expression, step, work)
    work.problems += shown_secrets(value, work.carried)
    if value.must_be_boolean:
        work.problems += _not_boolean(value, types)
    elif isinstance(value.value, Template):
        work.problems += _not_text(value.value, types)
    return result_type(value.value, types)


def _not_taken(value: Place, found: Type) -> Iterator[Problem]:
    """Tell of a target whose expression certainly gives no id, or no path."""
    if found.name in ("dyn", "null", value.takes):
        return
    if isinstance(value.value, Expression | Template):
        wanted, hint = ("a path", None) if value.takes == "string" else ("an id, an integer", "write int(…)")
        message = f"the target is {found}, expected {wanted}"
        is_convertible = found.name in ("string", "double")
        yield Problem(value.value.span, message, "expression-type", hint if is_convertible else None)


def _not_boolean(value: Place, types: Sequence[Type]) -> Iterator[Problem]:
    match value.value:
        case Expression(span=span) if types[0] not in (BOOL, NULLABLE_BOOL, DYN):
            message = f"{value.key} is {types[0]}, expected true or false"
            yield Problem(span, message, "expression-type")
        case Template(span=span):
            message = f"{value.key} is a string, expected one whole expression"
            yield Problem(span, message, "expression-type", hint="write the whole condition inside ${{ }}")
        case _:
            return


def _not_text(template: Template, types: Sequence[Type]) -> Iterator[Problem]:
    for expression, found in zip(expressions(template), types, strict=True):
        if not fits_text(found):
            message = f"{found} cannot stand inside a string"
            yield Problem(expression.span, message, "expression-type", hint="write json(…) around it")


def _null_outputs(expression: Expression, step: Step, work: _Resolver) -> Iterator[Problem]:
    """Find an output handed on as it is although the step, which succeeds in any case, may leave it null."""
    name = bare(expression.source, references(expression))
    if step.when is not When.SUCCESS or name is None or step.id not in work.sound:
        return
    match name.path:
        case ("steps", read, "outputs", output, *_) if read in work.may_fail and not step.is_final:
            message = f'step "{read}" may fail (allow_failure), its output "{output}" is null then'
            hint = f"write default({name}, …)"
            yield Problem(place_in(expression, name.offset(3)), message, "null-output", hint=hint)
        case _:
            return
