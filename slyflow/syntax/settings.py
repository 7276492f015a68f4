"""What steps share: `defaults` and its keys, merged into each app step one level deep."""

from collections.abc import Callable, Mapping
from typing import Any

from slyflow.model.pipeline import AgentRef, FailureKind, Retry, Timeout, WorkflowPolicy, WorkspaceRef
from slyflow.model.value import Json
from slyflow.record import changed, field, record
from slyflow.syntax.node import Map, Node, Scalar
from slyflow.syntax.reader import Reader, entries, items


@record(frozen=True)
class Settings:
    """The keys that `defaults` may hold, as far as they are given; of maps, each entry."""

    workspace: WorkspaceRef = field(default_factory=WorkspaceRef)
    agent: AgentRef = field(default_factory=AgentRef)
    timeout: Timeout = field(default_factory=Timeout)
    retry: Retry = field(default_factory=Retry)
    log_level: str = "info"
    restart_policy: str = "never"
    kubernetes: Mapping[str, Json] = field(default_factory=dict)
    workflow: WorkflowPolicy = "best_effort"


def parse_settings(reader: Reader, node: Node | None, base: Settings) -> Settings:
    """Return `base` with what the map `node` says put over it."""
    if not isinstance(node, Map):
        return base
    given = {name: _READ[name](reader, value, base) for name, value in node.values.items() if name in _READ}
    return changed(base, **given) if given else base


def _workspace(reader: Reader, node: Node, _base: Settings) -> WorkspaceRef:
    if isinstance(node, Scalar) and isinstance(node.value, str):
        team, _, name = (reader.text(node) or "").partition("/")
        return WorkspaceRef(team=team, name=name)
    return WorkspaceRef(id=int(reader.number(node)), span=reader.span(node))


def _agent(reader: Reader, node: Node, _base: Settings) -> AgentRef:
    if isinstance(node, Scalar) and isinstance(node.value, str):
        name = reader.text(node)
        return AgentRef() if name == "any" else AgentRef(name=name)
    return AgentRef(id=int(reader.number(node)), span=reader.span(node))


def _timeout(reader: Reader, node: Node, base: Settings) -> Timeout:
    if not isinstance(node, Map):
        return changed(base.timeout, run=reader.seconds(node, positive=True))
    limits = {name: reader.seconds(value, positive=name != "output") for _, name, value in entries(node)}
    return changed(base.timeout, **limits)


def _retry(reader: Reader, node: Node, settings: Settings) -> Retry:
    base = settings.retry
    if not isinstance(node, Map):
        return base
    given = node.values
    return Retry(
        max=int(reader.number(given["max"])) if "max" in given else base.max,
        kinds=_kinds(given["kinds"]) if "kinds" in given else base.kinds,
        delay=reader.seconds(given["delay"]) if "delay" in given else base.delay,
        factor=float(reader.number(given["factor"])) if "factor" in given else base.factor,
        cap=reader.seconds(given["cap"]) if "cap" in given else base.cap,
    )


def _kinds(node: Node) -> tuple[FailureKind, ...]:
    return tuple(FailureKind(str(item.value)) for item in items(node) if isinstance(item, Scalar))


def _kubernetes(reader: Reader, node: Node, base: Settings) -> Mapping[str, Json]:
    return {**base.kubernetes, **reader.json(node)}


def _word(reader: Reader, node: Node, _base: Settings) -> str | None:
    return reader.text(node)


_READ: Mapping[str, Callable[[Reader, Node, Settings], Any]] = {
    "workspace": _workspace,
    "agent": _agent,
    "timeout": _timeout,
    "retry": _retry,
    "log_level": _word,
    "restart_policy": _word,
    "kubernetes": _kubernetes,
    "workflow": _word,
}
