"""Where in a step expressions stand, and which names each place allows."""

from collections.abc import Iterator, Sequence
from enum import Flag, auto

from slyflow.model.outputsource import (
    ContentSource,
    ExpressionSource,
    KnownSource,
    NameSource,
    PathSource,
    StateSource,
)
from slyflow.model.pipeline import AppAction, InputSpec, NodeSpec, OutputSpec, Step, ValuesAction
from slyflow.model.value import Dynamic, Expression, Fields
from slyflow.record import record


class Allow(Flag):
    """Names beyond those that are known everywhere."""

    NOTHING = 0
    SESSION = auto()
    TASK = auto()
    OUTPUTS = auto()


_BY_PATH = ("files_", "agent_")
_CONSTANT = frozenset((type(None), bool, int, float, str))
_NODE = Allow.SESSION
_OUTPUT = Allow.SESSION | Allow.TASK
_SUCCESS = Allow.SESSION | Allow.TASK | Allow.OUTPUTS


@record(frozen=True, slots=True)
class Place:
    """One value of a step.

    `output` is the output (or value) that the whole value gives, `takes` the CEL type that the whole value
    must have, `must_be_boolean` holds for conditions.
    """

    value: Dynamic
    allow: Allow = Allow.NOTHING
    key: str = ""
    output: str | None = None
    takes: str | None = None

    @property
    def must_be_boolean(self) -> bool:
        return self.key in ("if", "success_when")


def places(step: Step) -> Iterator[Place]:
    """Yield every value of a step that may hold expressions, or gives an output.

    `success_when` comes after the outputs it reads.
    """
    if step.condition is not None:
        yield from _one(step.condition, "if")
    match step.action:
        case ValuesAction(values=values):
            for name, field in values.items():
                yield Place(field.value, key="values", output=name)
        case AppAction() as action:
            yield from _of_app(action)


def _one(value: Dynamic, key: str, allow: Allow = Allow.NOTHING) -> Sequence[Place]:
    # Most values are constants, and there are many: they are not worth a Place.
    return () if type(value) in _CONSTANT else (Place(value, allow, key),)


def _of_app(action: AppAction) -> Iterator[Place]:
    # Of what most steps lack not even a generator is made.
    if action.target is not None:
        yield from _of_target(action.target)
    yield from _of_arguments(action.arguments)
    yield from _one(action.title, "title")
    yield from _one(action.user, "user")
    if action.inputs:
        for given in action.inputs.values():
            yield from _of_input(given)
    if action.outputs:
        for wanted in action.outputs.values():
            yield from _of_output(wanted)
    yield from _one(action.success_when, "success_when", _SUCCESS)
    if action.node is not None:
        yield from _of_node(action.node)


def _of_target(target: Fields | Expression) -> Sequence[Place]:
    if isinstance(target, Expression):
        return _one(target, "target")
    return [
        Place(field.value, key="target", takes="string" if name.startswith(_BY_PATH) else "int")
        for name, field in target.items()
        if type(field.value) not in _CONSTANT
    ]


def _of_arguments(arguments: Fields | Expression) -> Sequence[Place]:
    if isinstance(arguments, Expression):
        return _one(arguments, "arguments")
    return [
        Place(field.value, key="arguments")
        for field in arguments.values()
        if type(field.value) not in _CONSTANT
    ]


def _of_input(given: InputSpec) -> Iterator[Place]:
    yield from _one(given.value, "inputs")
    yield from _one(given.version_num, "inputs")
    yield from _of_node(given.card)


def _of_output(wanted: OutputSpec) -> Iterator[Place]:
    match wanted.source:
        case PathSource(glob=glob) | ContentSource(glob=glob):
            yield from _one(glob, "outputs", _OUTPUT)
        case NameSource(name=name, project=project):
            yield from _one(name, "outputs", _OUTPUT)
            yield from _one(project, "outputs", _OUTPUT)
        case KnownSource(value=value):
            yield from _one(value, "outputs", _OUTPUT)
        case StateSource(field=field):
            yield from _one(field, "outputs", _OUTPUT)
        case ExpressionSource(value=value):
            yield Place(value, _OUTPUT, key="outputs", output=wanted.name)
        case _:
            pass
    yield from _of_node(wanted.card)


def _of_node(node: NodeSpec | None) -> Iterator[Place]:
    if node is None:
        return
    texts = (
        node.title,
        node.description,
        node.icon,
        node.icon_color,
        node.icon_bg_color,
        node.url,
        node.url_title,
    )
    for text in texts:
        yield from _one(text, "node", _NODE)
