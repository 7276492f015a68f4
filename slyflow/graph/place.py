"""Where in a step expressions stand, and which names each place allows."""

from collections.abc import Iterator, Mapping
from enum import Flag, auto

from slyflow.model.pipeline import (
    AppAction,
    ContentSource,
    ExpressionSource,
    InputSpec,
    KnownSource,
    NameSource,
    NodeSpec,
    OutputSpec,
    PathSource,
    StateSource,
    Step,
    ValuesAction,
)
from slyflow.model.value import Dynamic, Expression, Fields
from slyflow.record import record


class Allow(Flag):
    """Names beyond those that are known everywhere."""

    NOTHING = 0
    SESSION = auto()
    TASK = auto()
    OUTPUTS = auto()


_NODE = Allow.SESSION
_OUTPUT = Allow.SESSION | Allow.TASK
_SUCCESS = Allow.SESSION | Allow.TASK | Allow.OUTPUTS


@record(frozen=True)
class Place:
    """One value of a step.

    `output` is the output (or value) that the whole value gives, `must_be_boolean` holds for conditions.
    """

    value: Dynamic
    allow: Allow = Allow.NOTHING
    key: str = ""
    output: str | None = None

    @property
    def must_be_boolean(self) -> bool:
        return self.key in ("if", "success_when")


def places(step: Step) -> Iterator[Place]:
    """Yield every value of a step that may hold expressions, `success_when` after the outputs it reads."""
    yield Place(step.condition, key="if")
    match step.action:
        case ValuesAction(values=values):
            for name, field in values.items():
                yield Place(field.value, key="values", output=name)
        case AppAction() as action:
            yield from _of_app(action)


def _of_app(action: AppAction) -> Iterator[Place]:
    yield from _fields(action.target, "target")
    yield from _fields(action.arguments, "arguments")
    yield Place(action.title, key="title")
    yield Place(action.user, key="user")
    for given in (action.inputs or {}).values():
        yield from _of_input(given)
    for wanted in action.outputs.values():
        yield from _of_output(wanted)
    yield Place(action.success_when, _SUCCESS, key="success_when")
    yield from _of_node(action.node)


def _fields(fields: Fields | Expression | None, key: str) -> Iterator[Place]:
    if isinstance(fields, Mapping):
        for field in fields.values():
            yield Place(field.value, key=key)
    else:
        yield Place(fields, key=key)


def _of_input(given: InputSpec) -> Iterator[Place]:
    yield Place(given.value, key="inputs")
    yield Place(given.version_num, key="inputs")
    yield from _of_node(given.card)


def _of_output(wanted: OutputSpec) -> Iterator[Place]:
    match wanted.source:
        case PathSource(glob=glob) | ContentSource(glob=glob):
            yield Place(glob, _OUTPUT, key="outputs")
        case NameSource(name=name, project=project):
            yield Place(name, _OUTPUT, key="outputs")
            yield Place(project, _OUTPUT, key="outputs")
        case KnownSource(value=value):
            yield Place(value, _OUTPUT, key="outputs")
        case StateSource(field=field):
            yield Place(field, _OUTPUT, key="outputs")
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
        yield Place(text, _NODE, key="node")
