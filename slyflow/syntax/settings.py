"""What steps share: `defaults` and its keys, merged into each app step one level deep."""

from typing import cast

from slyflow.model.pipeline import AgentRef, FailureKind, Retry, Timeout, WorkflowPolicy, WorkspaceRef
from slyflow.model.value import Json
from slyflow.record import field, record
from slyflow.syntax.node import Map, Node, Scalar
from slyflow.syntax.reader import Reader, entries, items

_KEYS = frozenset(
    ("workspace", "agent", "timeout", "retry", "log_level", "restart_policy", "kubernetes", "workflow")
)


@record(frozen=True)
class Settings:
    """The keys that `defaults` may hold, as far as they are given; of maps, each entry."""

    workspace: WorkspaceRef = field(default_factory=WorkspaceRef)
    agent: AgentRef = field(default_factory=AgentRef)
    limits: dict[str, float] = field(default_factory=dict)
    retry: Retry = field(default_factory=Retry)
    log_level: str = "info"
    restart_policy: str = "never"
    kubernetes: dict[str, Json] = field(default_factory=dict)
    workflow: WorkflowPolicy = "best_effort"

    @property
    def timeout(self) -> Timeout:
        limits = self.limits
        return Timeout(
            queue=limits.get("queue"),
            start=limits.get("start"),
            run=limits.get("run"),
            output=limits.get("output", Timeout().output),
            silent=limits.get("silent"),
        )


def parse_settings(reader: Reader, node: Node | None, base: Settings) -> Settings:
    """Return `base` with what the map `node` says put over it."""
    if not isinstance(node, Map) or _KEYS.isdisjoint(node.values):
        return base
    given = node.values.get
    return Settings(
        workspace=_workspace(reader, given("workspace")) or base.workspace,
        agent=_agent(reader, given("agent")) or base.agent,
        limits={**base.limits, **_limits(reader, given("timeout"))},
        retry=_retry(reader, given("retry"), base.retry),
        log_level=reader.text(given("log_level")) or base.log_level,
        restart_policy=reader.text(given("restart_policy")) or base.restart_policy,
        kubernetes={**base.kubernetes, **reader.json(given("kubernetes"))},
        workflow=cast("WorkflowPolicy | None", reader.text(given("workflow"))) or base.workflow,
    )


def _workspace(reader: Reader, node: Node | None) -> WorkspaceRef | None:
    if node is None:
        return None
    if isinstance(node, Scalar) and isinstance(node.value, str):
        team, _, name = (reader.text(node) or "").partition("/")
        return WorkspaceRef(team=team, name=name)
    return WorkspaceRef(id=int(reader.number(node)), span=reader.span(node))


def _agent(reader: Reader, node: Node | None) -> AgentRef | None:
    if node is None:
        return None
    if isinstance(node, Scalar) and isinstance(node.value, str):
        name = reader.text(node)
        return AgentRef() if name == "any" else AgentRef(name=name)
    return AgentRef(id=int(reader.number(node)), span=reader.span(node))


def _limits(reader: Reader, node: Node | None) -> dict[str, float]:
    if node is None:
        return {}
    if isinstance(node, Map):
        return {name: reader.seconds(value, positive=name != "output") for _, name, value in entries(node)}
    return {"run": reader.seconds(node, positive=True)}


def _retry(reader: Reader, node: Node | None, base: Retry) -> Retry:
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
