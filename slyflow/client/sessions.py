"""Sessions of apps: started once, found again by their marker, polled together, stopped."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial

from slyflow.client.launch import payload, started_id
from slyflow.client.logline import read_line
from slyflow.client.page import pages
from slyflow.client.retry import LAUNCH, NEVER, READ, Timeout
from slyflow.client.row import Row, as_id, at, mapping, rows
from slyflow.client.session import read_session, session_id_of
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, NotFound, Rejected
from slyflow.model.launch import Launch, Workspace
from slyflow.model.session import LogLine, Session
from slyflow.model.value import Json

PAGE = 500
CLEAN_SCANS = 2
MOST_SCANS = 6


class Sessions:
    """Starts, lists and stops sessions (`model.instance.Sessions`)."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def start(self, launch: Launch) -> int:
        """Send `tasks.run.app` exactly once, on a connection of its own, and return the session's id.

        NotSent: certainly not accepted. Rejected, AuthError: refused. Unavailable, BadReply: unknown.
        """
        answer = self._transport.call(
            "tasks.run.app",
            payload(launch),
            retry=NEVER,
            timeout=LAUNCH,
            headers={"idempotency-key": launch.marker},
        )
        return started_id(answer)

    def newest(self, workspace_id: int) -> int:
        """Return the highest session id visible in the workspace, 0 when there is none."""
        first = next(pages(self._transport, "tasks.list", _newest_first(workspace_id, 1)))
        return max((session_id_of(row, "tasks.list") for row in first.rows), default=0)

    def marked(self, marker: str, workspace: Workspace, above: int) -> Sequence[Session]:
        """Return all sessions with an id above `above` that bear the marker, by id.

        That there is none is said only after two scans of a list that did not shrink meanwhile.
        """
        clean = 0
        for _ in range(MOST_SCANS):
            found, steady = self._scan((marker,), workspace, above)
            if found:
                return found
            clean = clean + 1 if steady else 0
            if clean == CLEAN_SCANS:
                return ()
        raise _shrinking()

    def bearing(self, markers: Collection[str], workspace: Workspace, above: int) -> Sequence[Session]:
        """Return all sessions with an id above `above` that bear one of the markers, by id.

        Both lists are read whole, until neither shrank meanwhile.
        """
        for _ in range(MOST_SCANS):
            found, steady = self._scan(markers, workspace, above, whole=True)
            if steady:
                return found
        raise _shrinking()

    def listed(self, ids: Sequence[int], workspace: Workspace) -> Mapping[int, Session]:
        """Return those of `ids` that the instance lists, with one request while they fit a page."""
        found: dict[int, Session] = {}
        for start in range(0, len(ids), PAGE):
            wanted = set(ids[start : start + PAGE])
            found |= self._listed(wanted, workspace)
        return found

    def info(self, session_id: int) -> Session:
        """Return one session with its full `tasks.info`. NotFound when it is gone."""
        answer = self._transport.call("tasks.info", {"id": session_id}, retry=READ)
        if answer is None:
            raise NotFound(f"there is no session {session_id}", status=404)
        return read_session(mapping(answer, "tasks.info"), "tasks.info")

    def stop(self, session_id: int) -> None:
        """Ask for a stop; repeating it is harmless."""
        self._transport.call("tasks.stop", {"id": session_id}, retry=READ)

    def log(self, session_id: int, limit: int | None = None) -> Sequence[LogLine]:
        """Return the session's log lines in order, with `limit` the last ones only."""
        # Which end the server's own `limit` keeps is nowhere said, so the cut is made here.
        answer = rows(self._transport.get("tasks.log.download", {"id": session_id}), "tasks.log.download")
        kept = answer if limit is None else answer[max(0, len(answer) - limit) :]
        return [read_line(row) for row in kept]

    def state(self, session_id: int, field: str) -> Json:
        """Return a field of the app's state (`data.x`, `state.y`), None when it is not set."""
        body: Json = {"taskId": session_id, "fields": [field]}
        answer = mapping(self._transport.call("tasks.data.get", body, retry=READ), "tasks.data.get")
        return at(answer, "result", field)

    def set_output(self, session_id: int, output: Mapping[str, Json]) -> None:
        """Set the session's `meta.output`."""
        self._transport.call("tasks.output.set", {"taskId": session_id, "output": output}, retry=READ)

    def request(
        self, session_id: int, command: str, state: Mapping[str, Json], *, seconds: float = 60.0
    ) -> Json:
        """Send a request to a running session, once, and return the app's own answer."""
        body: Json = {
            "taskId": session_id,
            "command": command,
            "context": {"outside_request": True},
            "state": state,
            "skipResponse": False,
            "timeout": seconds,
        }
        timeout = Timeout(read=seconds + 10.0)
        return self._transport.call("tasks.request.direct", body, retry=NEVER, timeout=timeout)

    def _listed(self, wanted: set[int], workspace: Workspace) -> dict[int, Session]:
        body = _newest_first(workspace.id, PAGE)
        body["filter"] = [{"field": "id", "operator": "in", "value": sorted(wanted)}]
        try:
            return self._collect(wanted, body)
        except NotFound:
            raise
        except Rejected:
            # A server that cannot filter by id is asked for all, down to the oldest wanted.
            return self._collect(wanted, _newest_first(workspace.id, PAGE))

    def _collect(self, wanted: set[int], body: Mapping[str, Json]) -> dict[int, Session]:
        found: dict[int, Session] = {}
        for row in _down_to(self._transport, "tasks.list", body, min(wanted) - 1):
            session = read_session(row, "tasks.list")
            if session.id in wanted:
                found[session.id] = session
            if len(found) == len(wanted):
                break
        return found

    def _scan(
        self, markers: Collection[str], workspace: Workspace, above: int, *, whole: bool = False
    ) -> tuple[list[Session], bool]:
        """Look through both lists of sessions once; also say whether they did not shrink meanwhile.

        The second list is left out when the first one shows a session, unless `whole` is asked for.
        """
        steady = _Steadiness()
        scan = partial(_down_to, self._transport, above=above, steady=steady)
        found = _bearing(markers, scan("tasks.list", _newest_first(workspace.id, PAGE)))
        if whole or not found:
            for app_id in self._running_apps(workspace):
                body: dict[str, Json] = {
                    "teamId": workspace.team_id,
                    "appId": app_id,
                    "showDisabled": False,
                    "withShared": False,
                    "sort": "id",
                    "sort_order": "desc",
                    "filter": [],
                }
                found = _bearing(markers, scan("apps.tasks.list", body)) | found
        return [found[known] for known in sorted(found) if known > above], steady.holds

    def _running_apps(self, workspace: Workspace) -> list[int]:
        """Return the apps of the team that have sessions which have not ended."""
        body: dict[str, Json] = {
            "teamId": workspace.team_id,
            "filter": [],
            "onlyRunning": True,
            "showDisabled": False,
            "withShared": False,
            "forceAllSessions": True,
        }
        try:
            found = [page.rows for page in pages(self._transport, "apps.list", body)]
        except Rejected:
            return []  # there is no such list here, and the other one is complete
        ids = [as_id(row.get("id")) for page in found for row in page]
        return [app_id for app_id in ids if app_id is not None]


class _Steadiness:
    """Watches the length of a list from page to page: rows that go may hide others that move up."""

    def __init__(self) -> None:
        self.holds = True
        self._total: dict[str, int] = {}

    def note(self, method: str, number: int, total: int) -> None:
        if number and total < self._total.get(method, 0):
            self.holds = False
        self._total[method] = total


def _newest_first(workspace_id: int, per_page: int) -> dict[str, Json]:
    return {
        "workspaceId": workspace_id,
        "filter": [],
        "sort": "id",
        "sort_order": "desc",
        "per_page": per_page,
    }


def _down_to(
    transport: Transport,
    method: str,
    body: Mapping[str, Json],
    above: int,
    steady: _Steadiness | None = None,
) -> Iterator[Row]:
    """Yield rows, newest first, until ids are no longer above; all rows when the list is not sorted so."""
    seen: list[int] = []
    descending = True
    for number, page in enumerate(pages(transport, method, body)):
        if steady is not None:
            steady.note(method, number, page.total)
        for row in page.rows:
            yield row
            seen.append(session_id_of(row, method))
            descending = descending and seen[-2:] == sorted(seen[-2:], reverse=True)
        # One row alone shows no order.
        if descending and len(seen) > 1 and seen[-1] <= above:
            return


def _bearing(markers: Collection[str], found: Iterator[Row]) -> dict[int, Session]:
    sessions = (read_session(row, "tasks.list") for row in found)
    return {
        session.id: session
        for session in sessions
        if any(marker in session.marker_text for marker in markers)
    }


def _shrinking() -> BadReply:
    return BadReply("tasks.list: the list of sessions kept shrinking while it was read")
