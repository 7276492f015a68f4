"""The edges of a session's workflow node: each declared input and output once."""

from collections.abc import Iterator
from dataclasses import fields, replace

from slyflow.engine.effect import Collect, Collected, Reply, WriteEdge
from slyflow.engine.move import NOTHING, Move, View, Watch, fail, pause
from slyflow.engine.redaction import masked
from slyflow.engine.state import EdgeStatus, StepState
from slyflow.errors import AuthError, ExpressionError, NotSent, Rejected, SlyflowError
from slyflow.model.artifact import Artifact, Kind, Output
from slyflow.model.event import EdgeFailed, EdgeIntended, EdgeWritten, StepEnded
from slyflow.model.node import Direction, Edge, EdgeKey, NodeSettings
from slyflow.model.pipeline import FailureKind, NodeSpec
from slyflow.model.run import Failure, StepResult, StepStatus
from slyflow.syntax.expression import evaluate
from slyflow.text import sanitize

TEXT_LIMIT = 500


def next_move(view: View, state: StepState, watch: Watch, now: float) -> Move:
    """Write the next edge that is neither written nor given up; end the step when there is none."""
    if now < watch.due:
        return Move(wake=watch.due)
    if view.action.workflow == "off":
        return _end(view, state)
    try:
        planned = planned_edges(view, state, watch)
    except ExpressionError as error:
        return fail(view, state, Failure(FailureKind.EDGE_FAILED, error.message))
    writable = [edge for edge in planned if edge.kind not in view.unwritable]
    edge = next((edge for edge in writable if _known(view, state, edge.key) in (None, "intended")), None)
    if edge is None:
        return _end(view, state if len(writable) == len(planned) else _without_some(state))
    if view.traced and watch.graph is None:
        return Move(effects=(_read_edges(view, state),))
    step, attempt = view.step.id, state.attempt
    if _known(view, state, edge.key) == "intended":
        return _settle(view, state, watch, edge)
    if edge.key in _app_edges(view, state, watch) and not _is_bare(edge):
        return Move((EdgeWritten(step, attempt, edge.key, "app"),))
    return Move((EdgeIntended(step, attempt, edge.key),), (WriteEdge(step, attempt, edge),))


def _settle(view: View, state: StepState, watch: Watch, edge: Edge) -> Move:
    """Decide about an edge that was sent, perhaps by a process that died, and may stand or not.

    Where the graph can be read it is looked at; elsewhere the edge is sent again once (reliability.md I7).
    """
    step, attempt, key = view.step.id, state.attempt, edge.key
    if watch.unsent == key:
        return Move(effects=(WriteEdge(step, attempt, edge),))
    if key in (watch.graph or ()):
        return Move((EdgeWritten(step, attempt, key, "found"),))
    sendings = state.edge_sendings.get(key) or state.edge_sendings.get(masked(key, view.redact), 0)
    if sendings >= view.policy.most_edge_sendings:
        return Move((EdgeFailed(step, attempt, key, f"it was sent {sendings} times, and may stand or not"),))
    return Move((EdgeIntended(step, attempt, key),), (WriteEdge(step, attempt, edge),))


def _known(view: View, state: StepState, key: EdgeKey) -> EdgeStatus | None:
    """Return what the journal says of an edge; it keeps paths without secrets."""
    return state.edges.get(key) or state.edges.get(masked(key, view.redact))


def _read_edges(view: View, state: StepState) -> Collect:
    assert state.session_id is not None
    workspace = view.run.workspaces[view.step.id]
    return Collect(view.step.id, state.attempt, state.session_id, workspace, {}, {}, with_traces=True)


def _app_edges(view: View, state: StepState, watch: Watch) -> frozenset[EdgeKey]:
    """Return the edges that the app wrote: among those that stand, a resume finds the run's own too."""
    standing = watch.graph or frozenset()
    return frozenset(key for key in standing if _known(view, state, key) in (None, "app"))


def _is_bare(edge: Edge) -> bool:
    """Whether the edge only carries the node's settings, so that the app's own does not stand for it."""
    return edge.kind is Kind.APP_SESSION and edge.node is not None


def planned_edges(view: View, state: StepState, watch: Watch) -> list[Edge]:
    """Return the edges this step declares, in the order of the file, each key once."""
    node = _settings(view, view.action.node)
    edges: dict[tuple[object, ...], Edge] = {}
    for edge in _declared(view, state, node):
        edges.setdefault(edge.key, edge)
    app_edges = _app_edges(view, state, watch)
    if node is not None and all(key in app_edges for key in edges):
        session = Artifact(Kind.APP_SESSION, state.session_id)
        bare = _edge(view, state, "output", session, node, None)
        edges.setdefault(bare.key, bare)
    return list(edges.values())


def _declared(view: View, state: StepState, node: NodeSettings | None) -> Iterator[Edge]:
    specs = view.action.inputs or {}
    for name, artifact in state.inputs.items():
        card = _settings(view, specs[name].card) if name in specs else None
        yield _edge(view, state, "input", artifact, node, card)
    for name, output in state.outputs.items():
        if isinstance(output, Artifact):
            card = _settings(view, view.action.outputs[name].card)
            yield _edge(view, state, "output", output, node, card)


def _edge(
    view: View,
    state: StepState,
    direction: Direction,
    artifact: Artifact,
    node: NodeSettings | None,
    card: NodeSettings | None,
) -> Edge:
    assert state.session_id is not None
    data_id = artifact.path if artifact.kind is Kind.FOLDER else artifact.id
    assert data_id is not None
    team = view.run.workspaces[view.step.id].team_id
    return Edge(team, state.session_id, direction, artifact.kind, data_id, node, card)


def _settings(view: View, spec: NodeSpec | None) -> NodeSettings | None:
    if spec is None:
        return None
    scope = view.scope()
    texts: dict[str, str] = {}
    for field in fields(NodeSettings):
        value = evaluate(getattr(spec, field.name), scope, view.run.files)
        if value is not None:
            texts[field.name] = sanitize(str(value), TEXT_LIMIT)
    return NodeSettings(**texts)


def on_reply(view: View, state: StepState, watch: Watch, reply: Reply, now: float) -> Move:
    """Note an edge as written, try again what certainly was not, look at what is unknown or give it up."""
    answer, effect = reply.answer, reply.effect
    if isinstance(answer, Collected):
        watch.graph = answer.edges if answer.edges is not None else frozenset()
        return NOTHING
    if not isinstance(effect, WriteEdge):
        return pause(view, watch, now)
    watch.unsent = None
    if isinstance(answer, SlyflowError):
        return _on_failed(view, state, watch, effect.edge.key, answer, now)
    watch.tries = 0
    return Move((EdgeWritten(view.step.id, state.attempt, effect.edge.key, "reply"),))


def _on_failed(
    view: View, state: StepState, watch: Watch, key: EdgeKey, error: SlyflowError, now: float
) -> Move:
    if isinstance(error, AuthError):
        return NOTHING
    if isinstance(error, NotSent):
        watch.unsent = key
        return pause(view, watch, now, least=error.retry_after or 0.0)
    if view.traced and not isinstance(error, Rejected):
        # Whether it stands is unknown, but not for long: what the graph had before is of no use any more.
        watch.graph = None
        return pause(view, watch, now)
    return Move((EdgeFailed(view.step.id, state.attempt, key, error.message),))


def _without_some(state: StepState) -> StepState:
    """Note that edges were left out, which is a failure where they are required."""
    return replace(state, edge_failure=state.edge_failure or "this instance is too old for some of its edges")


def _end(view: View, state: StepState) -> Move:
    if state.edge_failure is not None and view.action.workflow == "required":
        return fail(view, state, Failure(FailureKind.EDGE_FAILED, state.edge_failure))
    outputs: dict[str, Output | None] = {
        **state.outputs,
        "session": Artifact(Kind.APP_SESSION, state.session_id, url=f"/apps/sessions/{state.session_id}"),
    }
    result = StepResult(StepStatus.SUCCEEDED, outputs, session_id=state.session_id)
    return Move((StepEnded(view.step.id, result),))
