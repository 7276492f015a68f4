"""The edges of the workflow graph that a step will write, as far as its file tells."""

from collections.abc import Iterator, Mapping

from slyflow.model.artifact import Kind
from slyflow.model.interface import target_kind
from slyflow.model.node import Direction
from slyflow.model.pipeline import AppAction, NodeSpec
from slyflow.model.value import Dynamic
from slyflow.record import record


@record(frozen=True)
class PlannedEdge:
    """One edge between the session's node and its data; `value` is what an input is, as written."""

    direction: Direction
    name: str
    kind: Kind
    value: Dynamic = None
    card: NodeSpec | None = None


def planned_edges(action: AppAction) -> tuple[PlannedEdge, ...]:
    """Return the edges of a step in the order in which they are written, none where it writes none.

    A target computed as a whole may be one more. A node with settings and no edge gets one of its own
    session, which carries them.
    """
    if action.workflow == "off":
        return ()
    edges = (*_inputs(action), *_outputs(action))
    if edges or action.node is None:
        return edges
    return (PlannedEdge("output", "session", Kind.APP_SESSION),)


def _inputs(action: AppAction) -> Iterator[PlannedEdge]:
    if action.inputs is not None:
        for name, spec in action.inputs.items():
            yield PlannedEdge("input", name, spec.kind, spec.value, spec.card)
    elif isinstance(action.target, Mapping):
        for name, field in action.target.items():
            kind = target_kind(name)
            if kind is not None:
                yield PlannedEdge("input", name, kind, field.value)


def _outputs(action: AppAction) -> Iterator[PlannedEdge]:
    for name, spec in action.outputs.items():
        if spec.kind is not Kind.VALUE:
            yield PlannedEdge("output", name, spec.kind, card=spec.card)
