"""What one YAML file says, parsed: the pipeline, its params and its steps, defaults already merged in."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from slyflow.model.artifact import Kind
from slyflow.model.outputsource import OutputSource
from slyflow.model.value import Dynamic, Expression, Fields, Json
from slyflow.problem import Span
from slyflow.record import field, record

ParamType = Literal["string", "integer", "number", "boolean", "array", "object"]


@record(frozen=True, slots=True)
class Param:
    """One typed value that a run takes. `schema` is the JSON Schema (camelCase keywords) to check it by."""

    name: str
    type: ParamType
    schema: Mapping[str, Json]
    required: bool
    default: Json = None
    description: str | None = None
    span: Span = field(compare=False, repr=False, kw_only=True)


class FailureKind(StrEnum):
    """Why an attempt did not succeed (language.md 2.5)."""

    LAUNCH_REJECTED = "launch_rejected"
    LAUNCH_UNKNOWN = "launch_unknown"
    QUEUE_TIMEOUT = "queue_timeout"
    START_TIMEOUT = "start_timeout"
    READY_TIMEOUT = "ready_timeout"
    RUN_TIMEOUT = "run_timeout"
    STALLED = "stalled"
    ERROR = "error"
    SOFT_ERROR = "soft_error"
    OUTPUT_MISSING = "output_missing"
    ASSERTION = "assertion"
    STOPPED = "stopped"
    LOST = "lost"
    CALL_FAILED = "call_failed"
    PAGE_TRUNCATED = "page_truncated"
    NO_SESSION = "no_session"
    NOT_APPROVED = "not_approved"
    CANCELLED = "cancelled"
    EDGE_FAILED = "edge_failed"


class When(StrEnum):
    """What a step wants of the steps it needs."""

    SUCCESS = "success"
    NO_FAILURE = "no_failure"
    FAILURE = "failure"
    ALWAYS = "always"


@record(frozen=True)
class Timeout:
    """Limits in seconds, None = no limit; `silent` is the longest time without a log line or progress."""

    queue: float | None = None
    start: float | None = None
    run: float | None = None
    output: float = 30.0
    silent: float | None = None


@record(frozen=True)
class Retry:
    """At most `max` further attempts after a failure of one of `kinds` (empty = any failure kind).

    The n-th delay is `delay * factor ** (n - 1)` seconds, at most `cap`, spread by jitter.
    """

    max: int = 0
    kinds: tuple[FailureKind, ...] = ()
    delay: float = 60.0
    factor: float = 2.0
    cap: float = 900.0


@record(frozen=True, slots=True)
class AppRef:
    """Which app: exactly one of slug, module_id, name and path is set.

    `version` is a release tag, None = the newest; with `branch` set the app runs from a branch.
    `path` is a folder with `config.json`, relative to the pipeline file. `version_span` is where the
    version stands by itself, None where it is part of a text with the slug.
    """

    slug: str | None = None
    module_id: int | None = None
    name: str | None = None
    path: str | None = None
    version: str | None = None
    branch: str | None = None
    version_span: Span | None = field(default=None, compare=False, repr=False, kw_only=True)
    span: Span = field(compare=False, repr=False, kw_only=True)

    def __str__(self) -> str:
        what = self.slug or self.name or self.path or f"module {self.module_id}"
        tag = self.version or self.branch
        return f"{what}@{tag}" if tag else what


@record(frozen=True)
class AgentRef:
    """Where a session runs: any agent (both None), the agent with this id, or with this name."""

    id: int | None = None
    name: str | None = None
    span: Span | None = field(default=None, compare=False, repr=False, kw_only=True)


@record(frozen=True)
class WorkspaceRef:
    """Which workspace: an id, or `team/name`; all None = the token's own (the instance decides)."""

    id: int | None = None
    team: str | None = None
    name: str | None = None
    span: Span | None = field(default=None, compare=False, repr=False, kw_only=True)


@record(frozen=True)
class NodeSpec:
    """`node` or `card` as written: each text may hold expressions."""

    title: Dynamic = None
    description: Dynamic = None
    icon: Dynamic = None
    icon_color: Dynamic = None
    icon_bg_color: Dynamic = None
    url: Dynamic = None
    url_title: Dynamic = None
    span: Span = field(compare=False, repr=False, kw_only=True)


@record(frozen=True)
class InputSpec:
    """An artifact the session uses, for the workflow graph."""

    name: str
    kind: Kind
    value: Dynamic
    version_num: Dynamic = None
    card: NodeSpec | None = None
    span: Span = field(compare=False, repr=False, kw_only=True)


@record(frozen=True, slots=True)
class OutputSpec:
    """An output to look for when the session has ended.

    `type` and `items` say what a `value` must be (None = whatever is found).
    """

    name: str
    kind: Kind
    source: OutputSource
    type: ParamType | None = None
    items: ParamType | None = None
    optional: bool = False
    card: NodeSpec | None = None
    span: Span = field(compare=False, repr=False, kw_only=True)


WorkflowPolicy = Literal["required", "best_effort", "off"]
LaunchPolicy = Literal["relaunch", "at_most_once"]


@record(frozen=True, slots=True)
class AppAction:
    """Launches one app session and waits for its end.

    `arguments` is a map of fields, or one whole expression that gives a map. `inputs` None = the
    target is the input, where it can be one; an empty map = no inputs.
    """

    app: AppRef
    target: Fields | Expression | None = None
    arguments: Fields | Expression = field(default_factory=dict)
    merge_defaults: bool = True
    title: Dynamic = None
    workspace: WorkspaceRef = WorkspaceRef()
    agent: AgentRef = AgentRef()
    user: Dynamic = None
    multi_user: bool = False
    log_level: str = "info"
    restart_policy: str = "never"
    kubernetes: Mapping[str, Json] = field(default_factory=dict)
    limit_by_workspace: bool = False
    accept_status: tuple[str, ...] = ("finished",)
    launch: LaunchPolicy = "relaunch"
    inputs: Mapping[str, InputSpec] | None = None
    outputs: Mapping[str, OutputSpec] = field(default_factory=dict)
    success_when: Dynamic = None
    node: NodeSpec | None = None
    workflow: WorkflowPolicy = "best_effort"


@record(frozen=True, slots=True)
class ValuesAction:
    """Computes values from params and earlier outputs; nothing is launched."""

    values: Fields


Action = AppAction | ValuesAction


@record(frozen=True, slots=True)
class Need:
    """One entry of `needs`."""

    id: str
    span: Span = field(compare=False, repr=False)


@record(frozen=True, slots=True)
class Step:
    """One action and the conditions around it. `condition` is the `if`: None, or boolean-valued."""

    id: str
    action: Action
    description: str | None = None
    needs: tuple[Need, ...] = ()
    when: When = When.SUCCESS
    condition: Dynamic = None
    retry: Retry = Retry()
    timeout: Timeout = Timeout()
    allow_failure: bool = False
    is_final: bool = False
    span: Span = field(compare=False, repr=False, kw_only=True)


@record(frozen=True)
class Pipeline:
    """One YAML file. `steps` and `final_steps` keep the order of the file.

    `max_sessions` None = the setting's default. `path` is as the user named the file. `secret_spans` has
    the place of each secret.
    """

    name: str
    path: str
    steps: Mapping[str, Step]
    final_steps: Mapping[str, Step] = field(default_factory=dict)
    params: Mapping[str, Param] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    outputs: Fields = field(default_factory=dict)
    description: str | None = None
    max_sessions: int | None = None
    secret_spans: tuple[Span, ...] = field(default=(), compare=False, repr=False, kw_only=True)

    @property
    def all_steps(self) -> Mapping[str, Step]:
        """Steps, then final steps."""
        return {**self.steps, **self.final_steps}
