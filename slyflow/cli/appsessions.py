"""The sessions of an app as a list."""

from slyflow.cli import sessionview
from slyflow.cli.console import Console
from slyflow.client import Instance
from slyflow.model.pipeline import WorkspaceRef
from slyflow.model.session import Status
from slyflow.record import record


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
        console.json([sessionview.document(session, instance) for session in found])
    elif found:
        sessionview.print_sessions(found, instance, console)
    else:
        console.note("it has no such sessions")
    return 0
