"""What the plan asks of the world, and what comes back; plain values, nothing happens here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from slyflow.errors import SlyflowError
from slyflow.model.artifact import Artifact, Kind, Output
from slyflow.model.launch import Launch, Workspace
from slyflow.model.node import Edge, EdgeKey
from slyflow.model.outputsource import OutputSource
from slyflow.model.session import LogLine, Session


@dataclass(frozen=True, slots=True)
class Wanted:
    """An input to look up before the launch: an id, a Team Files path, or a version's number."""

    kind: Kind
    value: int | str
    version_num: int | None = None


@dataclass(frozen=True, slots=True)
class Prepare:
    """Look up what must be known before a launch: the inputs, and what exists of the kinds to compare."""

    step: str
    attempt: int
    workspace: Workspace
    inputs: Mapping[str, Wanted]
    compare: tuple[Kind, ...]
    watermark: bool


@dataclass(frozen=True, slots=True)
class Send:
    """Send a launch, once."""

    step: str
    attempt: int
    launch: Launch


@dataclass(frozen=True, slots=True)
class LookUp:
    """Look for the session of a launch whose outcome is unknown."""

    step: str
    attempt: int
    marker: str
    workspace: Workspace
    above: int


@dataclass(frozen=True, slots=True)
class Sweep:
    """Look for every session that bears one of the markers, of launches whose outcome was once unknown."""

    workspace: Workspace
    markers: tuple[str, ...]
    above: int


@dataclass(frozen=True, slots=True)
class Poll:
    """Ask for all running sessions of a workspace at once.

    An instance that can is asked to wait for the end of one, for at most `patience` seconds.
    """

    workspace: Workspace
    ids: tuple[int, ...]
    patience: float = 0.0


@dataclass(frozen=True, slots=True)
class Listen:
    """Read the end of a session's log, to see whether it still says something."""

    step: str
    attempt: int
    session_id: int


@dataclass(frozen=True, slots=True)
class Stop:
    """Ask for a session's stop."""

    step: str
    attempt: int
    session_id: int


@dataclass(frozen=True, slots=True)
class Others:
    """The other steps of a run beside one that looks for its outputs.

    `beside` are those with a session under way meanwhile, `globs` are what their outputs in Team Files are
    found by; `made` are the outputs found so far, by kind and id, with the step that each is of.
    """

    beside: tuple[str, ...] = ()
    globs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    made: Mapping[tuple[Kind, int], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Collect:
    """Read an ended session: its `tasks.info`, and what is asked for beside it.

    `queries` are the sources of outputs with every expression filled in; `with_traces` asks for what an
    embedded instance recorded of the session, `with_log` for the end of its log.
    """

    step: str
    attempt: int
    session_id: int
    workspace: Workspace
    queries: Mapping[str, OutputSource]
    before: Mapping[str, tuple[int, ...]]
    others: Others = Others()
    with_traces: bool = False
    with_log: bool = False


@dataclass(frozen=True, slots=True)
class WriteEdge:
    """Write one edge of the workflow graph."""

    step: str
    attempt: int
    edge: Edge


StepEffect = Prepare | Send | LookUp | Listen | Stop | Collect | WriteEdge
Effect = StepEffect | Poll | Sweep


@dataclass(frozen=True, slots=True)
class Prepared:
    """Answers Prepare. `watermark` None = it was not asked for; `missing` says which inputs are not there."""

    watermark: int | None
    before: Mapping[str, tuple[int, ...]]
    inputs: Mapping[str, Artifact]
    missing: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Accepted:
    """Answers Send."""

    session_id: int


@dataclass(frozen=True, slots=True)
class Listed:
    """Answers LookUp, Poll and Sweep.

    `gone` are ids asked for that the instance says do not exist; `place_gone` says so of the workspace.
    """

    sessions: Sequence[Session]
    gone: frozenset[int] = frozenset()
    place_gone: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """Answers Listen: the last line, None when there is none."""

    last: LogLine | None


@dataclass(frozen=True, slots=True)
class Done:
    """Answers Stop and WriteEdge."""


@dataclass(frozen=True, slots=True)
class Collected:
    """Answers Collect: what was found, and for what was not, why. `edges` None = they cannot be read here.

    `ambiguous` names what is not found because it could be one thing or another.
    """

    session: Session
    found: Mapping[str, Output] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    ambiguous: frozenset[str] = frozenset()
    edges: frozenset[EdgeKey] | None = None
    log: Sequence[LogLine] = ()


Answer = Prepared | Accepted | Listed | Heard | Done | Collected


@dataclass(frozen=True, slots=True)
class Reply:
    """An effect came to its end, with an answer or an error."""

    effect: Effect
    answer: Answer | SlyflowError
