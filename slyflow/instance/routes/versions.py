"""Versions of projects: reserved, committed with the file that holds them, listed."""

import hmac
import secrets
import sqlite3
from typing import Any

from slyflow.instance import projects
from slyflow.instance.call import Call, Methods, Reply
from slyflow.instance.fields import integer, optional_integer, optional_text, text
from slyflow.instance.listing import Listing, page
from slyflow.instance.refusal import Refused

_SELECT = "v.*, w.team_id"
_TABLES = "version v JOIN project p ON p.id = v.project_id JOIN workspace w ON w.id = p.workspace_id"
_ONE = f"SELECT {_SELECT} FROM {_TABLES} WHERE v.id = ?"  # noqa: S608 - constants
_FIELDS = {"id": "v.id", "version": "v.number", "name": "v.name", "createdAt": "v.created_at"}


def _list(call: Call) -> Reply:
    project_id = integer(call.body, "projectId")
    projects.row(call.services.store, project_id)
    source = f"FROM {_TABLES} WHERE v.project_id = ? AND v.commit_token IS NULL"
    return page(call, Listing(source, (project_id,), _FIELDS, _SELECT), _form)


def _info(call: Call) -> Reply:
    return _form(_row(call, integer(call.body, "id")))


def _reserve(call: Call) -> Reply:
    """Give the next number; it counts only once it is committed with the token."""
    store, project_id = call.services.store, integer(call.body, "projectId")
    projects.row(store, project_id)
    token = secrets.token_hex(16)
    with store.transaction():
        version_id = store.insert(
            "INSERT INTO version (project_id, number, commit_token, created_by, created_at, updated_at)"
            " SELECT ?, coalesce(max(number), 0) + 1, ?, ?, ?, ? FROM version WHERE project_id = ?",
            (project_id, token, call.principal.user_id, call.now, call.now, project_id),
        )
    return {"id": version_id, "commitToken": token}


def _commit(call: Call) -> Reply:
    row = _reserved(call)
    with call.services.store.transaction():
        call.services.store.run(
            "UPDATE version SET commit_token = NULL, team_file_id = ?, project_updated_at = ?, name = ?,"
            " description = ?, preview_project_id = ?, updated_at = ? WHERE id = ?",
            (
                integer(call.body, "teamFileId"),
                optional_text(call.body, "projectUpdatedAt"),
                optional_text(call.body, "title") or optional_text(call.body, "name") or "",
                optional_text(call.body, "description") or "",
                optional_integer(call.body, "previewProjectId"),
                call.now,
                row["id"],
            ),
        )
    return {"success": True}


def _cancel(call: Call) -> Reply:
    row = _reserved(call)
    with call.services.store.transaction():
        call.services.store.run("DELETE FROM version WHERE id = ?", (row["id"],))
    return {"success": True}


def _update(call: Call) -> Reply:
    row = _row(call, integer(call.body, "id"))
    name, description = optional_text(call.body, "name"), optional_text(call.body, "description")
    preview_id = optional_integer(call.body, "previewProjectId")
    with call.services.store.transaction():
        call.services.store.run(
            "UPDATE version SET name = coalesce(?, name), description = coalesce(?, description),"
            " preview_project_id = coalesce(?, preview_project_id), updated_at = ? WHERE id = ?",
            (name, description, preview_id, call.now, row["id"]),
        )
    return _form(_row(call, row["id"]))


def _reserved(call: Call) -> sqlite3.Row:
    """Return the reserved version that the call holds the token of."""
    row = _row(call, integer(call.body, "id"))
    token = text(call.body, "commitToken").encode()
    if row["commit_token"] is None or not hmac.compare_digest(row["commit_token"].encode(), token):
        raise Refused(f"version {row['id']} is not reserved with this token")
    return row


def _row(call: Call, version_id: int) -> sqlite3.Row:
    return call.one("Version", version_id, _ONE)


def _form(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "projectId": row["project_id"],
        "version": row["number"],
        "name": row["name"],
        "description": row["description"],
        "status": "committed" if row["commit_token"] is None else "reserved",
        "teamId": row["team_id"],
        "teamFileId": row["team_file_id"],
        "previewProjectId": row["preview_project_id"],
        "projectUpdatedAt": row["project_updated_at"],
        "createdBy": row["created_by"],
        "createdAt": row["created_at"],
        "updatedAt": row["updated_at"],
    }


METHODS: Methods = {
    "projects.versions.list": _list,
    "projects.versions.info": _info,
    "projects.versions.reserve": _reserve,
    "projects.versions.commit": _commit,
    "projects.versions.cancel-reservation": _cancel,
    "projects.versions.update": _update,
}
