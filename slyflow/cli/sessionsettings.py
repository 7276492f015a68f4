"""Where and how a session runs, as entries of a step: by name where that name leads back to the same."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from slyflow.client.order import KUBERNETES_KEYS, LOG_LEVELS, RESTART_POLICIES
from slyflow.client.retry import READ
from slyflow.client.row import Row, as_id, at, text
from slyflow.errors import Rejected, UsageError
from slyflow.model.interface import App
from slyflow.model.pipeline import AgentRef, WorkspaceRef
from slyflow.model.session import Session
from slyflow.model.value import Json
from slyflow.syntax.emit import Entry

if TYPE_CHECKING:
    from slyflow.client.instance import Instance

_MARKER = re.compile(r"^sf-[0-9a-hjkmnp-tv-z]{26} ")
_OURS = re.compile(r"^slyflow run=\S+ step=([a-z][a-z0-9_]*) ")
# What other clients call a session for which nobody chose a title.
_NO_TITLE = ("", "pythonSpawned", "run-from-python", "started by slyflow")
# A name leads nowhere, or to several things.
_ASTRAY = (Rejected, UsageError)


def step_told(session: Session) -> str | None:
    """Return the step that launched the session where slyflow did."""
    found = _OURS.match(text(session.info, "description") or "")
    return None if found is None else found[1]


def settings_of(instance: "Instance", session: Session, app: App | None) -> Iterator[Entry]:
    """Give what is not the language's default, and always the workspace and the agent."""
    title = _title(session)
    if title not in _NO_TITLE and (app is None or title != app.name):
        yield Entry("title", title)
    yield from _where(instance, session)
    yield from _how(session.info)


def _title(session: Session) -> str:
    """Return the title that somebody chose, without our marker; a step's usual one is none."""
    title, step = _MARKER.sub("", session.name or "").strip(), step_told(session)
    return "" if step is not None and title.endswith(f": {step}") else title


def _where(instance: "Instance", session: Session) -> Iterator[Entry]:
    row, workspace_id = session.info, session.workspace_id
    if workspace_id is not None:
        workspace = _workspace_name(instance, workspace_id)
        yield Entry("workspace", workspace or workspace_id, note="" if workspace else "no name leads to it")
    team_id, agent_id = as_id(row.get("teamId")), as_id(row.get("agentId"))
    if agent_id is not None:
        agent = _agent_name(instance, text(row, "agentName"), agent_id, team_id)
        yield Entry("agent", agent or agent_id, note="where it ran; remove this for any agent")
    user_id, me = as_id(row.get("userId")), instance.catalog.user()
    if user_id is not None and me is not None and user_id != me:
        login = text(row, "userLogin") or ""
        leads = _leads_to(instance, login, user_id, team_id)
        yield Entry("user", login if leads else user_id, note="" if leads else login)


def _workspace_name(instance: "Instance", workspace_id: int) -> str | None:
    """Return `team/name`, None where it does not lead back to this workspace."""
    try:
        space = instance.transport.call("workspaces.info", {"id": workspace_id}, retry=READ)
        team_id = at(space, "teamId") if isinstance(space, Mapping) else None
        team = instance.transport.call("teams.info", {"id": team_id}, retry=READ)
        names = [_written(at(row, "name")) for row in (team, space) if isinstance(row, Mapping)]
        if len(names) != 2 or None in names:
            return None
        found = instance.catalog.workspace(WorkspaceRef(team=names[0], name=names[1]))
        return f"{names[0]}/{names[1]}" if found.id == workspace_id else None
    except _ASTRAY:
        return None


def _written(name: Json) -> str | None:
    """Return a name that can stand in `team/name`, None for any other."""
    return name if isinstance(name, str) and name and "/" not in name and "${{" not in name else None


def _agent_name(instance: "Instance", name: str | None, agent_id: int, team_id: int | None) -> str | None:
    if not name or name == "any" or "${{" in name or team_id is None:
        return None
    try:
        return name if instance.catalog.agent(AgentRef(name=name), team_id) == agent_id else None
    except _ASTRAY:
        return None


def _leads_to(instance: "Instance", login: str, user_id: int, team_id: int | None) -> bool:
    if not login or "${{" in login or team_id is None:
        return False
    try:
        return instance.catalog.user_named(login, team_id) == user_id
    except _ASTRAY:
        return False


def _how(row: Row) -> Iterator[Entry]:
    level, policy = at(row, "meta", "app", "logLevel"), at(row, "meta", "restartPolicy")
    if level in LOG_LEVELS and level != "info":
        yield Entry("log_level", level)
    if policy in RESTART_POLICIES and policy != "never":
        yield Entry("restart_policy", policy)
    # Only an embedded instance tells the rest for certain; what others tell is not documented.
    if at(row, "settings", "singleSessionMode") is True:
        yield Entry("multi_user", value=True)
    advanced = at(row, "settings", "advancedSettings")
    told = advanced if isinstance(advanced, Mapping) else {}
    if told.get("limitByWorkspace") is True:
        yield Entry("limit_by_workspace", value=True)
    limits = {name: told[key] for name, key in KUBERNETES_KEYS.items() if told.get(key) is not None}
    if limits:
        yield Entry("kubernetes", limits)
