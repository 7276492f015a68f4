"""The workflow graph: edges between a session's node and its data, as Supervisely's own SDK writes them."""

from collections.abc import Mapping

from slyflow.client.about import WORKFLOW, WORKFLOW_JOBS, About
from slyflow.client.files import Files
from slyflow.client.look import check_look, settings
from slyflow.client.projects import Projects
from slyflow.client.retry import NEVER
from slyflow.client.row import as_id
from slyflow.client.sessions import Sessions
from slyflow.client.teampath import check_path
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, NotFound, Rejected, UsageError
from slyflow.model.artifact import Kind
from slyflow.model.node import Direction, Edge, NodeSettings
from slyflow.model.value import Json
from slyflow.text import sanitize


class Workflow:
    """Writes the workflow graph (`model.instance.Workflow`), from anywhere; enabled until told otherwise.

    While it is disabled, `add_input` and `add_output` write nothing and return None; `write` always writes.
    """

    def __init__(
        self, transport: Transport, about: About, sessions: Sessions, files: Files, projects: Projects
    ) -> None:
        self._transport = transport
        self._about = about
        self._sessions = sessions
        self._files = files
        self._projects = projects
        self._is_enabled = True

    @property
    def is_enabled(self) -> bool:
        """Whether `add_input` and `add_output` write."""
        return self._is_enabled

    def enable(self) -> None:
        """Let `add_input` and `add_output` write."""
        self._is_enabled = True

    def disable(self) -> None:
        """Let `add_input` and `add_output` write nothing."""
        self._is_enabled = False

    def add_input(
        self,
        session_id: int,
        kind: Kind,
        data: int | str,
        *,
        version: int | None = None,
        team_id: int | None = None,
        node: NodeSettings | None = None,
        card: NodeSettings | None = None,
    ) -> Edge | None:
        """Write once that a session used this data, and return the edge that was written.

        `data` is an id, a folder's path in Team Files, or instead of a file's id its path; a project with
        the number of a `version` becomes that version. The team is the session's own unless given. `node`
        is how the session's node looks, `card` how the edge's other end does. UsageError: nothing was
        sent. Unsupported: the instance is too old. Unavailable, BadReply: whether it was written is unknown.
        """
        if kind is Kind.APP_SESSION:
            raise UsageError("a session's own page is no input", hint="another session is an input as a task")
        return self._add("input", session_id, kind, data, version, team_id, node, card)

    def add_output(
        self,
        session_id: int,
        kind: Kind,
        data: int | str | None = None,
        *,
        version: int | None = None,
        team_id: int | None = None,
        node: NodeSettings | None = None,
        card: NodeSettings | None = None,
    ) -> Edge | None:
        """Write once that a session made this data, as `add_input` writes what it used.

        `Kind.APP_SESSION` is the session's own page, and needs no `data`.
        """
        if kind is Kind.APP_SESSION:
            if data is not None and data != session_id:
                raise UsageError(
                    f"the page of session {session_id} is not that of {data}",
                    hint="another session is an output as a task",
                )
            data = session_id
        if data is None:
            raise UsageError(f"an output of kind {kind} needs an id or a path")
        return self._add("output", session_id, kind, data, version, team_id, node, card)

    def write(self, edge: Edge) -> None:
        """Write one edge, once, and check the reply. Unavailable = it is unknown whether it was written."""
        method = f"workflow.node.add-{edge.direction}"
        answer = self._transport.call(method, payload(edge), retry=NEVER)
        error = answer.get("error") if isinstance(answer, Mapping) else None
        if error:
            raise Rejected(f"{method}: {sanitize(str(error), 300)}", status=200)

    def _add(
        self,
        direction: Direction,
        session_id: int,
        kind: Kind,
        data: int | str,
        version: int | None,
        team_id: int | None,
        node: NodeSettings | None,
        card: NodeSettings | None,
    ) -> Edge | None:
        for look in filter(None, (node, card)):
            check_look(look)
        _check_data(kind, data, version)
        if not self._is_enabled:
            return None
        self._about.require(WORKFLOW_JOBS if kind is Kind.JOB else WORKFLOW, "an edge of the workflow graph")
        if version is not None:
            kind, data = Kind.PROJECT_VERSION, self._projects.version_id(int(data), version)
        team = self._team(session_id) if team_id is None else team_id
        if kind is Kind.FOLDER:
            data = check_path("/" + str(data).removeprefix("/"))
        elif isinstance(data, str):
            data = self._file_id(team, data)
        edge = Edge(team, session_id, direction, kind, data, node, card)
        self.write(edge)
        return edge

    def _team(self, session_id: int) -> int:
        team_id = as_id(self._sessions.info(session_id).info.get("teamId"))
        if team_id is None:
            raise BadReply(f"tasks.info: session {session_id} has no team", hint="say which team it is in")
        return team_id

    def _file_id(self, team_id: int, path: str) -> int:
        for file in self._files.files(team_id, path):
            if file.path == path:
                return file.id
        raise NotFound(f"there is no file {path} in Team Files", status=404)


def payload(edge: Edge) -> dict[str, Json]:
    """Return the body of `workflow.node.add-input` and `-output`."""
    body: dict[str, Json] = {
        "teamId": edge.team_id,
        "node": {"type": "task", "id": edge.task_id},
        "type": edge.kind.value,
        "id": _data_id(edge),
    }
    meta = {
        name: settings(styled)
        for name, styled in (("customNodeSettings", edge.node), ("customRelationSettings", edge.card))
        if styled is not None
    }
    filled = {name: value for name, value in meta.items() if value}
    return {**body, "meta": filled} if filled else body


def _data_id(edge: Edge) -> int | str:
    if edge.kind is Kind.APP_SESSION:
        return edge.task_id
    return check_path(edge.data_id) if isinstance(edge.data_id, str) else edge.data_id


def _check_data(kind: Kind, data: int | str, version: int | None) -> None:
    """UsageError when data of this kind cannot be named so."""
    if kind is Kind.VALUE:
        raise UsageError("a value is not on the instance, and cannot be in its graph")
    if version is not None and (kind is not Kind.PROJECT or version < 1):
        raise UsageError("a version is a number from 1, and goes with a project")
    if isinstance(data, str) and kind.by_path:
        check_path("/" + data.removeprefix("/") if kind is Kind.FOLDER else data)
    elif isinstance(data, str) or kind is Kind.FOLDER or as_id(data) is None:
        expected = "a path in Team Files" if kind is Kind.FOLDER else "an id"
        raise UsageError(f"{data!r} is no {kind}: expected {expected}")
