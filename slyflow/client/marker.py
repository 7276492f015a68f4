"""The search for the sessions that bear a launch's marker, in both of an instance's lists."""

from collections.abc import Collection, Iterator, Sequence

from slyflow.client.page import pages
from slyflow.client.row import Row, as_id
from slyflow.client.session import read_session
from slyflow.client.sessionlist import PAGE, Steadiness, down_to, newest_first
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, Rejected
from slyflow.model.launch import Workspace
from slyflow.model.session import Session
from slyflow.model.value import Json

CLEAN_SCANS = 2
MOST_SCANS = 6


def marked(transport: Transport, marker: str, workspace: Workspace, above: int) -> Sequence[Session]:
    """Return all sessions with an id above `above` that bear the marker, by id.

    That there is none is said only after two scans of a list that did not shrink meanwhile.
    """
    clean = 0
    for _ in range(MOST_SCANS):
        found, steady = _scan(transport, (marker,), workspace, above)
        if found:
            return found
        clean = clean + 1 if steady else 0
        if clean == CLEAN_SCANS:
            return ()
    raise _shrinking()


def bearing(
    transport: Transport, markers: Collection[str], workspace: Workspace, above: int
) -> Sequence[Session]:
    """Return all sessions with an id above `above` that bear one of the markers, by id.

    Both lists are read whole, until neither shrank in two scans on end; what any scan showed counts, as one
    that shows less may have been answered wrongly.
    """
    clean = 0
    shown: dict[int, Session] = {}
    for _ in range(MOST_SCANS):
        found, steady = _scan(transport, markers, workspace, above, whole=True)
        shown |= {session.id: session for session in found}
        clean = clean + 1 if steady else 0
        if clean == CLEAN_SCANS:
            return [shown[known] for known in sorted(shown)]
    raise _shrinking()


def _scan(
    transport: Transport, markers: Collection[str], workspace: Workspace, above: int, *, whole: bool = False
) -> tuple[list[Session], bool]:
    """Look through both lists of sessions once; also say whether they did not shrink meanwhile.

    The second list is left out when the first one shows a session, unless `whole` is asked for.
    """
    steady = Steadiness()
    found = _bearing(markers, in_workspace(transport, workspace, above, steady))
    if whole or not found:
        found = _bearing(markers, of_running_apps(transport, workspace, above, steady)) | found
    return [found[known] for known in sorted(found) if known > above], steady.holds


def in_workspace(
    transport: Transport, workspace: Workspace, above: int, steady: Steadiness | None = None
) -> Iterator[Row]:
    """Yield the rows of the first list, that of the workspace, newest first down to `above`."""
    return down_to(transport, "tasks.list", newest_first(workspace.id, PAGE), above, steady)


def of_running_apps(
    transport: Transport, workspace: Workspace, above: int, steady: Steadiness | None = None
) -> Iterator[Row]:
    """Yield the rows of the second list, that of the team's apps, of each app that runs."""
    for app_id in _running_apps(transport, workspace):
        body: dict[str, Json] = {
            "teamId": workspace.team_id,
            "appId": app_id,
            "showDisabled": False,
            "withShared": False,
            "sort": "id",
            "sort_order": "desc",
            "filter": [],
        }
        yield from down_to(transport, "apps.tasks.list", body, above, steady)


def _running_apps(transport: Transport, workspace: Workspace) -> list[int]:
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
        found = [page.rows for page in pages(transport, "apps.list", body)]
    except Rejected:
        return []  # there is no such list here, and the other one is complete
    ids = [as_id(row.get("id")) for page in found for row in page]
    return [app_id for app_id in ids if app_id is not None]


def _bearing(markers: Collection[str], found: Iterator[Row]) -> dict[int, Session]:
    sessions = (read_session(row, "tasks.list") for row in found)
    return {
        session.id: session
        for session in sessions
        if any(marker in session.marker_text for marker in markers)
    }


def _shrinking() -> BadReply:
    return BadReply("tasks.list: the list of sessions kept shrinking while it was read")
