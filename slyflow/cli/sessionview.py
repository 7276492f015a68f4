"""Sessions as they are shown: as a line, as a map of a JSON document, and what they say that they made."""

from collections.abc import Mapping, Sequence

from slyflow.cli.console import Console
from slyflow.client import GeneralOutput, Instance, SessionOutput
from slyflow.model.session import Session, Status
from slyflow.model.value import Json
from slyflow.report.line import Line, Part, Style, columns

STYLES: Mapping[Status, Style] = {
    Status.FINISHED: "good",
    Status.ERROR: "bad",
    Status.STOPPED: "warn",
    Status.STARTED: "active",
}


def document(session: Session, instance: Instance) -> Json:
    """Return a session as a map for programs."""
    return {
        "id": session.id,
        "status": session.info.get("status"),
        "name": session.name,
        "module_id": session.module_id,
        "workspace_id": session.workspace_id,
        "created_by": session.created_by,
        "started_at": session.info.get("startedAt"),
        "finished_at": session.info.get("finishedAt"),
        "url": instance.sessions.url(session.id),
    }


def print_sessions(sessions: Sequence[Session], instance: Instance, console: Console) -> None:
    """Print a line for each session."""
    console.lines(columns([_cells(session, instance.sessions.url(session.id)) for session in sessions]))


def _cells(session: Session, url: str) -> list[str | Part]:
    started = session.info.get("startedAt")
    return [
        Part(str(session.id), "strong"),
        Part(session.status.value, STYLES.get(session.status, "plain")),
        started if isinstance(started, str) else "not started",
        session.name or "",
        Part(url, "dim"),
    ]


def print_output(output: SessionOutput, instance: Instance, console: Console) -> None:
    """Print what a session says that it made."""
    lines: list[Line] = []
    if output.project is not None:
        page = f"{instance.url}/projects/{output.project.id}/datasets"
        lines.append(
            ("project  ", Part(output.project.title or str(output.project.id), "strong"), f"  {page}")
        )
    if output.general is not None:
        lines += _general(output.general, instance.url)
    if output.experiment is not None:
        lines.append(("experiment  ", ", ".join(sorted(output.experiment))))
    console.lines(lines)
    if not lines:
        console.note("it has not said that it made anything")


def _general(general: GeneralOutput, url: str) -> list[Line]:
    what = Part("error  ", "bad") if general.is_error else "output  "
    lines: list[Line] = [(what, Part(general.title or "without a title", "strong"))]
    if general.description:
        lines.append((f"  {general.description}",))
    if general.url:
        lines.append((Part(f"  {url}{general.url}" if general.file_id else f"  {general.url}", "dim"),))
    return lines
