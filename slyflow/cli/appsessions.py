"""The sessions of an app as a list."""

from collections.abc import Mapping

from slyflow.cli.console import Console
from slyflow.client import Instance
from slyflow.model.pipeline import WorkspaceRef
from slyflow.model.session import Session, Status
from slyflow.model.value import Json
from slyflow.record import record
from slyflow.report.line import Part, Style, columns

_STYLES: Mapping[Status, Style] = {
    Status.FINISHED: "good",
    Status.ERROR: "bad",
    Status.STOPPED: "warn",
    Status.STARTED: "active",
}


@record(frozen=True)
class Wanted:
    """Which sessions: by name, statuses (none = any), team (None = the token's first), and shared ones."""

    name: str | None
    statuses: tuple[Status, ...]
    team_id: int | None
    shared: bool


def sessions(which: int | str, wanted: Wanted, instance: Instance, console: Console, *, as_json: bool) -> int:
    """Print an app's sessions, newest first; return 0."""
    module_id = which if isinstance(which, int) else instance.ecosystem.module(which).id
    team_id = wanted.team_id or instance.catalog.workspace(WorkspaceRef()).team_id
    found = instance.apps.sessions(
        team_id,
        module_id,
        name=wanted.name,
        statuses=wanted.statuses or None,
        with_shared=wanted.shared,
    )
    if as_json:
        console.json([_document(session, instance.url) for session in found])
    elif found:
        console.lines(columns([_cells(session, instance.url) for session in found]))
    else:
        console.note("it has no such sessions")
    return 0


def _document(session: Session, url: str) -> Json:
    return {
        "id": session.id,
        "status": session.info.get("status"),
        "name": session.name,
        "module_id": session.module_id,
        "workspace_id": session.workspace_id,
        "created_by": session.created_by,
        "started_at": session.info.get("startedAt"),
        "finished_at": session.info.get("finishedAt"),
        "url": _url(session, url),
    }


def _cells(session: Session, url: str) -> list[str | Part]:
    started = session.info.get("startedAt")
    return [
        Part(str(session.id), "strong"),
        Part(session.status.value, _STYLES.get(session.status, "plain")),
        started if isinstance(started, str) else "not started",
        session.name or "",
        Part(_url(session, url), "dim"),
    ]


def _url(session: Session, url: str) -> str:
    return f"{url}/apps/sessions/{session.id}"
