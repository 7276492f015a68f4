"""What the engine asks of an instance: narrow protocols, the same for a remote and an embedded one.

Every method may raise the errors of `slyflow.errors`: Unavailable (and its NotSent), AuthError,
Rejected, NotFound, BadReply. None is ever repeated behind the caller's back when that could act twice.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from slyflow.model.artifact import Artifact, Kind
from slyflow.model.interface import App
from slyflow.model.launch import Launch, Workspace
from slyflow.model.node import Edge, EdgeKey
from slyflow.model.pipeline import AgentRef, AppRef, WorkspaceRef
from slyflow.model.session import LogLine, Session, Status
from slyflow.model.value import Json
from slyflow.record import record


@record(frozen=True)
class TeamFile:
    """One file in Team Files; `updated_at` is the server's ISO 8601 time, `storage_path` its blob."""

    id: int
    path: str
    name: str
    size: int
    storage_path: str | None = None
    updated_at: str | None = None
    url: str | None = None


@record(frozen=True)
class Traces:
    """What a session itself did, as an embedded instance recorded it.

    `edges` are keys of edges in the graph, `written` the artifacts of the output edges that the app
    wrote, `created` what it made, each in order.
    """

    edges: frozenset[EdgeKey] = frozenset()
    written: tuple[Artifact, ...] = ()
    created: tuple[Artifact, ...] = ()


class Catalog(Protocol):
    """Looks up apps, agents and workspaces by the names a pipeline uses."""

    def app(self, ref: AppRef, base: str) -> App:
        """Return the app; NotFound when there is none. `ref.path` is relative to the folder `base`."""

    def agent(self, ref: AgentRef, team_id: int) -> int | None:
        """Return the agent's id, None for any agent. NotFound when there is none of that name."""

    def workspace(self, ref: WorkspaceRef) -> Workspace:
        """Return the workspace, the token's default one for an empty ref. NotFound when there is none."""

    def lacks(self, workspace: Workspace) -> bool:
        """Return whether the workspace is certainly not on the instance any more.

        False when it may only be out of this token's sight.
        """

    def user(self) -> int | None:
        """Return the id of the token's user, None when the instance does not tell."""

    def user_named(self, login: str, team_id: int) -> int:
        """Return the id of the team's member with this login. NotFound when there is none."""


class Sessions(Protocol):
    """Starts, lists and stops sessions."""

    def start(self, launch: Launch) -> int:
        """Send `tasks.run.app` exactly once and return the session's id.

        NotSent: it certainly was not accepted (nothing sent, or 429). Rejected or AuthError: refused.
        Unavailable or BadReply: whether a session exists is unknown; look for the marker.
        """

    def newest(self, workspace_id: int) -> int:
        """Return the highest session id visible in the workspace, 0 when there is none."""

    def marked(self, marker: str, workspace: Workspace, above: int) -> Sequence[Session]:
        """Return all sessions with an id above `above` whose name or description holds the marker."""

    def bearing(self, markers: Collection[str], workspace: Workspace, above: int) -> Sequence[Session]:
        """Return all sessions with an id above `above` that bear one of the markers, wherever listed."""

    def listed(self, ids: Sequence[int], workspace: Workspace) -> Mapping[int, Session]:
        """Return those of `ids` that the instance lists, asking once for all of them."""

    def info(self, session_id: int) -> Session:
        """Return one session with its full `tasks.info`. NotFound when it is gone."""

    def stop(self, session_id: int) -> Status:
        """Ask for a stop and return the status after it; repeating it is harmless."""

    def log(self, session_id: int, limit: int | None = None) -> Sequence[LogLine]:
        """Return the session's log lines in order, with `limit` the last ones only."""

    def state(self, session_id: int, field: str) -> Json:
        """Return a field of the app's state (`data.x`, `state.y`), None when it is not set."""


class Files(Protocol):
    """Reads Team Files."""

    def files(self, team_id: int, folder: str) -> Sequence[TeamFile]:
        """Return all files below `folder` (which ends in `/`), recursively; empty when there is none."""

    def file(self, file_id: int) -> TeamFile:
        """Return one file by its id. NotFound when it is gone."""

    def read(self, team_id: int, path: str, limit: int) -> bytes:
        """Return a file's content; BadReply when it is longer than `limit` bytes."""


class Projects(Protocol):
    """Looks up projects, datasets and versions."""

    def artifact(self, kind: Kind, data_id: int) -> Artifact:
        """Return the project, project version, dataset, task or job with this id, with name and url."""

    def changed_at(self, kind: Kind, data_id: int) -> str | None:
        """Return when the project or dataset was last changed, in the server's time; None = not told."""

    def projects(self, workspace_id: int) -> Sequence[Artifact]:
        """Return all projects of the workspace."""

    def datasets(self, project_id: int) -> Sequence[Artifact]:
        """Return all datasets of the project, nested ones included."""

    def version_id(self, project_id: int, number: int) -> int:
        """Return the id of a project version by its number."""


class Workflow(Protocol):
    """Writes the workflow graph."""

    def write(self, edge: Edge) -> None:
        """Write one edge and check the reply. Unavailable = it is unknown whether it was written."""


class Tracing(Protocol):
    """What only an embedded instance can tell."""

    def traces(self, task_id: int) -> Traces:
        """Return what this session wrote and created."""

    def watched(self, ids: Sequence[int], seconds: float) -> Mapping[int, Session]:
        """Return those of `ids` that exist, once one has ended or after `seconds`.

        Sessions that go on come with no more than their status.
        """


class Instance(Protocol):
    """One Supervisely server, remote or embedded, seen through one token."""

    @property
    def url(self) -> str:
        """The address people open, without a trailing slash."""

    @property
    def version(self) -> str | None:
        """The server's version, None when it does not tell."""

    @property
    def catalog(self) -> Catalog: ...

    @property
    def sessions(self) -> Sessions: ...

    @property
    def files(self) -> Files: ...

    @property
    def projects(self) -> Projects: ...

    @property
    def workflow(self) -> Workflow: ...

    @property
    def tracing(self) -> Tracing | None:
        """None on a remote instance."""
