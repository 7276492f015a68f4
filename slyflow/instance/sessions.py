"""Sessions as records: their rows, the steps of their life, and how the API shows them."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from slyflow.instance.store import Store
from slyflow.model.session import Status

Row = sqlite3.Row
LIVE = (Status.CONSUMED, Status.STARTED, Status.DEPLOYED, Status.TERMINATING)
COLUMNS = (
    "s.*, r.version, r.name AS app_name, r.archive, r.config_dir, m.slug, w.team_id,"
    " w.name AS workspace_name, t.name AS team_name, u.login AS user_login, a.name AS agent_name"
)
TABLES = (
    "session s JOIN release r ON r.id = s.release_id JOIN module m ON m.id = s.module_id"
    " JOIN workspace w ON w.id = s.workspace_id JOIN team t ON t.id = w.team_id"
    " JOIN user u ON u.id = s.user_id JOIN agent a ON a.id = s.agent_id"
)
# Of what a start said besides: `redirectRequests` has a token.
_TOLD = ("advancedSettings", "singleSessionMode")
FIELDS = {
    "id": "s.id",
    "status": "s.status",
    "workspaceId": "s.workspace_id",
    "teamId": "w.team_id",
    "moduleId": "s.module_id",
    "appId": "s.module_id",
    "agentId": "s.agent_id",
    "userId": "s.user_id",
    "createdBy": "s.user_id",
    "name": "s.name",
    "description": "s.description",
    "createdAt": "s.created_at",
    "startedAt": "s.started_at",
    "finishedAt": "s.finished_at",
}


@dataclass(frozen=True, slots=True)
class Order:
    """What `tasks.run.app` asks for, checked. `settings` is what it sent besides."""

    workspace_id: int
    user_id: int
    agent_id: int
    release_id: int
    module_id: int
    name: str
    description: str
    params: Mapping[str, Any]
    settings: Mapping[str, Any]
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a session ended: its last status, and the cause unless it finished."""

    status: Status
    exit_code: int | None = None
    problem: str | None = None
    title: str | None = None
    log_lines: int = field(default=0)


def add(store: Store, order: Order, now: str) -> tuple[int, bool]:
    """Record a new session as queued and return its id; with a key that is known, that session and False."""
    with store.transaction():
        if order.idempotency_key is not None:
            known = store.one("SELECT id FROM session WHERE idempotency_key = ?", (order.idempotency_key,))
            if known is not None:
                return known["id"], False
        session_id = store.insert(
            "INSERT INTO session (idempotency_key, workspace_id, user_id, agent_id, release_id, module_id,"
            " name, description, params, settings, status, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                order.idempotency_key,
                order.workspace_id,
                order.user_id,
                order.agent_id,
                order.release_id,
                order.module_id,
                order.name,
                order.description,
                json.dumps(order.params),
                json.dumps(order.settings),
                Status.QUEUED,
                now,
            ),
        )
    return session_id, True


def find(store: Store, session_id: int) -> sqlite3.Row | None:
    """Return a session's row with all that belongs to it, None when there is none."""
    return store.one(f"SELECT {COLUMNS} FROM {TABLES} WHERE s.id = ?", (session_id,))  # noqa: S608 - our own text


def archive(store: Store, session_id: int) -> str:
    """Return the sha256 of the archive with the code of a session's app."""
    row = store.one(
        "SELECT r.archive FROM session s JOIN release r ON r.id = s.release_id WHERE s.id = ?", (session_id,)
    )
    assert row is not None, "sessions are never removed"
    found: str = row["archive"]
    return found


def left_nothing(store: Store, session_ids: Sequence[int]) -> list[int]:
    """Return those that ended without an error, of whose folders nothing is kept."""
    rows = store.all(
        "SELECT id FROM session WHERE status IN ('finished', 'stopped')"
        " AND id IN (SELECT value FROM json_each(?))",
        (json.dumps(session_ids),),
    )
    return [row["id"] for row in rows]


def move(store: Store, session_id: int, status: Status, now: str) -> None:
    """Record that a live session is now in this status; an ended one stays as it is."""
    started = now if status is Status.STARTED else None
    store.run(
        "UPDATE session SET status = ?, started_at = coalesce(started_at, ?)"
        " WHERE id = ? AND status NOT IN ('finished', 'error', 'stopped')",
        (status, started, session_id),
    )


def ask_stop(store: Store, session_id: int) -> None:
    """Record that a live session shall stop; it is terminating until its process has ended."""
    store.run(
        "UPDATE session SET stop_requested = 1, status = 'terminating'"
        " WHERE id = ? AND status NOT IN ('queued', 'finished', 'error', 'stopped')",
        (session_id,),
    )


def end(store: Store, session_id: int, ending: Ending, now: str) -> None:
    """Record the end of a session, once."""
    problem = None
    if ending.problem is not None:
        problem = json.dumps({"title": ending.title, "message": ending.problem})
    store.run(
        "UPDATE session SET status = ?, exit_code = ?, problem = ?, log_lines = log_lines + ?,"
        " finished_at = ? WHERE id = ? AND status NOT IN ('finished', 'error', 'stopped')",
        (ending.status, ending.exit_code, problem, ending.log_lines, now, session_id),
    )


def queued(store: Store) -> list[int]:
    """Return the ids of queued sessions, oldest first."""
    return [row["id"] for row in store.all("SELECT id FROM session WHERE status = 'queued' ORDER BY id")]


def live(store: Store) -> list[sqlite3.Row]:
    """Return id and stop_requested of the sessions that should have a process."""
    marks = ", ".join("?" * len(LIVE))
    return store.all(f"SELECT id, stop_requested FROM session WHERE status IN ({marks})", LIVE)  # noqa: S608


def form(row: sqlite3.Row) -> dict[str, Any]:
    """Return a session as `tasks.info` shows it: a list's row, its params and its settings."""
    session = list_form(row)
    params = json.loads(row["params"])
    session["meta"]["params"] = params
    told = {name: value for name, value in json.loads(row["settings"]).items() if name in _TOLD}
    session["settings"] = {"message": {"state": params.get("state", {})}, **told}
    return session


def list_form(row: sqlite3.Row) -> dict[str, Any]:
    """Return a session as lists show it: enough to follow it without asking for each."""
    settings = json.loads(row["settings"])
    meta = {
        **json.loads(row["meta"]),
        "name": row["name"],
        "app": {
            "id": row["module_id"],
            "moduleId": row["module_id"],
            "name": row["app_name"],
            "slug": row["slug"],
            "version": row["version"],
            "isBranch": False,
            "logLevel": settings.get("logLevel", "info"),
        },
        "sessionToken": f"session-{row['id']}",
        "restartPolicy": settings.get("restartPolicy", "never"),
        "hasLogs": row["log_lines"] > 0,
        "logsCnt": row["log_lines"],
        "hasMetrics": False,
    }
    output = json.loads(row["output"])
    if output:
        meta["output"] = output
    if row["exit_code"] is not None:
        meta["exitCode"] = row["exit_code"]
    if row["problem"] is not None:
        meta["error"] = json.loads(row["problem"])
    return {
        "id": row["id"],
        "type": "app",
        "status": row["status"],
        "description": row["description"],
        "workspaceId": row["workspace_id"],
        "teamId": row["team_id"],
        "userId": row["user_id"],
        "userLogin": row["user_login"],
        "createdBy": row["user_id"],
        "agentId": row["agent_id"],
        "agentName": row["agent_name"],
        "nodeId": row["agent_id"],
        "moduleId": row["module_id"],
        "createdAt": row["created_at"],
        "startedAt": row["started_at"],
        "finishedAt": row["finished_at"],
        "meta": meta,
    }
