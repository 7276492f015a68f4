"""Sessions of apps: started once, found again by their marker, listed together, told about, stopped."""

from collections.abc import Collection, Mapping, Sequence

from slyflow.client.fields import Fields
from slyflow.client.filter import Filter
from slyflow.client.launch import Started, payload, started, started_id
from slyflow.client.logline import LOG, read_log
from slyflow.client.marker import bearing, marked
from slyflow.client.order import Order, body, check
from slyflow.client.page import entities, pages
from slyflow.client.release import newest_release
from slyflow.client.retry import LAUNCH, NEVER, READ
from slyflow.client.row import Row, at, identity, mapping, text
from slyflow.client.session import read_session, session_id_of
from slyflow.client.sessionlist import PAGE, down_to, newest_first
from slyflow.client.transport import NOTHING, Transport
from slyflow.errors import NotFound, Rejected, UsageError
from slyflow.model.launch import Launch, Workspace
from slyflow.model.session import LogLine, Session, Status
from slyflow.model.value import Json
from slyflow.record import record


@record(frozen=True)
class Place:
    """Where a session belongs; names are None where the instance does not tell them."""

    team_id: int
    workspace_id: int
    team: str | None = None
    workspace: str | None = None


class Sessions:
    """Starts, lists and stops sessions (`model.instance.Sessions`)."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def start(self, launch: Launch) -> int:
        """Send a step's launch exactly once, on a connection of its own, and return the session's id.

        NotSent: certainly not accepted. Rejected, AuthError: refused. Unavailable, BadReply: unknown.
        """
        return started_id(self._send(payload(launch), launch.marker))

    def start_app(self, order: Order) -> Started:
        """Start an app once and return its session; errors mean what they mean for `start`.

        NotFound: there is no such app, or no release of it; nothing was sent.
        """
        if len(order.users) > 1:
            raise UsageError("the order names several users", hint="start_for_users starts one session each")
        return self.start_for_users(order)[0]

    def start_for_users(self, order: Order) -> Sequence[Started]:
        """Start an app once for each user of the order, in one request, and return all the sessions."""
        check(order)
        if len(set(order.users)) != len(order.users):
            raise UsageError("the order names a user twice")
        answer = self._send(body(order, self._version(order)), order.key)
        return started(answer, max(1, len(order.users)))

    def newest(self, workspace_id: int) -> int:
        """Return the highest session id visible in the workspace, 0 when there is none."""
        first = next(pages(self._transport, "tasks.list", newest_first(workspace_id, 1)))
        return max((session_id_of(row, "tasks.list") for row in first.rows), default=0)

    def marked(self, marker: str, workspace: Workspace, above: int) -> Sequence[Session]:
        """Return all sessions with an id above `above` that bear the marker, by id.

        That there is none is said only after two scans of a list that did not shrink meanwhile.
        """
        return marked(self._transport, marker, workspace, above)

    def bearing(self, markers: Collection[str], workspace: Workspace, above: int) -> Sequence[Session]:
        """Return all sessions with an id above `above` that bear one of the markers, by id.

        Both lists are read whole, until neither shrank in two scans on end.
        """
        return bearing(self._transport, markers, workspace, above)

    def listed(self, ids: Sequence[int], workspace: Workspace) -> Mapping[int, Session]:
        """Return those of `ids` that the instance lists, with one request while they fit a page."""
        return self.listed_in(workspace.id, ids)

    def listed_in(self, workspace_id: int, ids: Sequence[int]) -> Mapping[int, Session]:
        """Return those of `ids` that the workspace's list shows, with one request while they fit a page."""
        found: dict[int, Session] = {}
        for start in range(0, len(ids), PAGE):
            wanted = set(ids[start : start + PAGE])
            found |= self._listed(wanted, workspace_id)
        return found

    def in_workspace(self, workspace_id: int, *, where: Sequence[Filter] = ()) -> Sequence[Session]:
        """Return the sessions of a workspace by id, all or those that meet every condition."""
        asked: Row = {"workspaceId": workspace_id, "filter": [condition.body() for condition in where]}
        found = entities(self._transport, "tasks.list", asked)
        return [read_session(row, "tasks.list") for row in found]

    def info(self, session_id: int) -> Session:
        """Return one session with its full `tasks.info`. NotFound when it is gone."""
        answer = self._transport.call("tasks.info", {"id": session_id}, retry=READ)
        if answer is None:
            raise NotFound(f"there is no session {session_id}", status=404)
        return read_session(mapping(answer, "tasks.info"), "tasks.info")

    def stop(self, session_id: int) -> Status:
        """Ask for a stop and return the status after it, UNKNOWN when not told; repeating it is harmless."""
        answer = self._transport.call("tasks.stop", {"id": session_id}, retry=READ)
        return Status.read(answer.get("status") if isinstance(answer, Mapping) else None)

    def place(self, session_id: int) -> Place:
        """Return the team and the workspace of a session. NotFound when it is gone."""
        method = "GetTaskContext"
        answer = self._transport.call(method, {"id": session_id}, retry=READ)
        if answer is None:
            raise NotFound(f"there is no session {session_id}", status=404)
        team, workspace = (mapping(at(mapping(answer, method), name), method) for name in _PLACES)
        ids = (identity(team, "id", method), identity(workspace, "id", method))
        return Place(*ids, text(team, "name"), text(workspace, "name"))

    def url(self, session_id: int) -> str:
        """Return the address at which people open the session."""
        return f"{self._transport.url}/apps/sessions/{session_id}"

    def set_status(self, session_id: int, status: Status) -> None:
        """Say that a session is in this status; instances let apps say so of themselves."""
        if status is Status.UNKNOWN:
            raise UsageError("UNKNOWN is what the client reads, no status that an instance takes")
        told: Row = {"id": session_id, "status": status.value}
        self._transport.call("tasks.status.update", told, retry=READ)

    def set_meta(self, session_id: int, meta: Mapping[str, Json]) -> None:
        """Set these keys of the session's `meta`, and leave its others."""
        if "id" in meta:
            raise UsageError(
                '"id" is no key that a session\'s meta can have: the API takes it for the session'
            )
        self._transport.call("tasks.meta.update", {**meta, "id": session_id}, retry=READ)

    def log(self, session_id: int, limit: int | None = None) -> Sequence[LogLine]:
        """Return the session's log lines in order, with `limit` the last ones only."""
        # Which end the server's own `limit` keeps is nowhere said, so the cut is made here.
        lines = read_log(self._transport.get(LOG, {"id": session_id}))
        return lines if limit is None else lines[max(0, len(lines) - limit) :]

    def state(self, session_id: int, field: str) -> Json:
        """Return a field of the app's window (`data.x`, `state.y`), None when it is not set."""
        return Fields(self._transport).get(session_id, field)

    def _send(self, told: Mapping[str, Json], key: str | None) -> Json:
        headers = NOTHING if key is None else {"idempotency-key": key}
        return self._transport.call("tasks.run.app", told, retry=NEVER, timeout=LAUNCH, headers=headers)

    def _version(self, order: Order) -> str:
        if order.version is not None:
            return order.version
        if order.module_id is None:
            raise UsageError(
                "the newest release is looked up by module_id, and the order names an app_id",
                hint='say which version, or leave the choice to the instance with the version ""',
            )
        return newest_release(self._transport, order.module_id)

    def _listed(self, wanted: set[int], workspace_id: int) -> dict[int, Session]:
        body = newest_first(workspace_id, PAGE)
        body["filter"] = [{"field": "id", "operator": "in", "value": sorted(wanted)}]
        try:
            return self._collect(wanted, body)
        except NotFound:
            raise
        except Rejected:
            # A server that cannot filter by id is asked for all, down to the oldest wanted.
            return self._collect(wanted, newest_first(workspace_id, PAGE))

    def _collect(self, wanted: set[int], body: Mapping[str, Json]) -> dict[int, Session]:
        found: dict[int, Session] = {}
        for row in down_to(self._transport, "tasks.list", body, min(wanted) - 1):
            session = read_session(row, "tasks.list")
            if session.id in wanted:
                found[session.id] = session
            if len(found) == len(wanted):
                break
        return found


_PLACES = ("team", "workspace")
