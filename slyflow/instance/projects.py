"""Projects: their rows, and their form in the API."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from slyflow.instance.call import Call
from slyflow.instance.listing import Listing
from slyflow.instance.refusal import Refused, missing
from slyflow.instance.store import Store

TYPES = frozenset(
    {"images", "videos", "volumes", "point_clouds", "point_cloud_episodes", "meshes", "pointclouds"}
)
_COLUMNS = """p.*, w.team_id,
    (SELECT count(*) FROM dataset d WHERE d.project_id = p.id) AS datasets,
    (SELECT count(*) FROM image i WHERE i.project_id = p.id) AS images,
    (SELECT coalesce(sum(i.size), 0) FROM image i WHERE i.project_id = p.id) AS bytes,
    (SELECT json_object('id', v.id, 'version', v.number) FROM version v
      WHERE v.project_id = p.id AND v.commit_token IS NULL ORDER BY v.number DESC LIMIT 1) AS latest"""
_TABLES = "project p JOIN workspace w ON w.id = p.workspace_id"
_FIELDS = {
    "id": "p.id",
    "name": "p.name",
    "title": "p.name",
    "type": "p.type",
    "description": "p.description",
    "workspaceId": "p.workspace_id",
    "teamId": "w.team_id",
    "groupId": "w.team_id",
    "createdBy": "p.created_by",
    "createdAt": "p.created_at",
    "updatedAt": "p.updated_at",
}
_EDITABLE = {"name": "name", "description": "description", "readme": "readme", "type": "type"}


def listing(*, workspace_id: int | None = None, team_id: int | None = None) -> Listing:
    """Return the list of a workspace's or a team's projects, of all when both are None."""
    if workspace_id is not None:
        return Listing(f"FROM {_TABLES} WHERE p.workspace_id = ?", (workspace_id,), _FIELDS, _COLUMNS)
    if team_id is not None:
        return Listing(f"FROM {_TABLES} WHERE w.team_id = ?", (team_id,), _FIELDS, _COLUMNS)
    return Listing(f"FROM {_TABLES} WHERE 1", (), _FIELDS, _COLUMNS)


def row(store: Store, project_id: int) -> sqlite3.Row:
    """Return one project; Refused (404) when it is gone."""
    found = store.one(f"SELECT {_COLUMNS} FROM {_TABLES} WHERE p.id = ?", (project_id,))  # noqa: S608 - constants
    if found is None:
        raise missing("Project", project_id)
    return found


def form(project: sqlite3.Row) -> dict[str, Any]:
    """Return the project as the API shows it; sizes are bytes."""
    return {
        "id": project["id"],
        "name": project["name"],
        "title": project["name"],
        "description": project["description"],
        "readme": project["readme"],
        "type": project["type"],
        "size": str(project["bytes"]),
        "workspaceId": project["workspace_id"],
        "teamId": project["team_id"],
        "groupId": project["team_id"],
        "imagesCount": project["images"],
        "itemsCount": project["images"],
        "datasetsCount": project["datasets"],
        "createdBy": project["created_by"],
        "createdAt": project["created_at"],
        "updatedAt": project["updated_at"],
        "referenceImageUrl": None,
        "customData": json.loads(project["custom_data"]),
        "settings": json.loads(project["settings"]),
        "importSettings": {},
        "backupArchive": None,
        "version": json.loads(project["latest"]) if project["latest"] else None,
    }


def add(call: Call, body: Mapping[str, Any], workspace_id: int) -> int:
    """Make a project of `name`, `type`, `description`, `readme`, `settings`, `customData`; return its id."""
    store, name, now = call.services.store, body["name"], call.now
    _check_workspace(store, workspace_id)
    kind = body.get("type") or "images"
    _check_type(kind)
    refuse_taken(store, workspace_id, name)
    project_id = store.insert(
        "INSERT INTO project (workspace_id, name, type, description, readme, settings, custom_data,"
        " created_by, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(workspace_id, name, kind, body.get("description") or "", body.get("readme") or ""),
            *(json.dumps(body.get("settings") or {}), json.dumps(body.get("customData") or {})),
            *(call.principal.user_id, now, now),
        ),
    )
    call.made("project", project_id)
    return project_id


def edit(store: Store, project_id: int, body: Mapping[str, Any], now: str) -> None:
    """Change the fields that are there; `customData` and `settings` are replaced whole."""
    project = row(store, project_id)
    changes = {column: body[key] for key, column in _EDITABLE.items() if body.get(key) is not None}
    if "name" in changes and changes["name"] != project["name"]:
        refuse_taken(store, project["workspace_id"], changes["name"])
    if "type" in changes:
        _check_type(changes["type"])
    for key, column in (("customData", "custom_data"), ("settings", "settings")):
        if body.get(key) is not None:
            changes[column] = json.dumps(body[key])
    for column, value in changes.items():
        store.run(f"UPDATE project SET {column} = ? WHERE id = ?", (value, project_id))  # noqa: S608 - our columns
    touch(store, project_id, now)


def touch(store: Store, project_id: int, now: str) -> None:
    """Note that the project changed."""
    store.run("UPDATE project SET updated_at = ? WHERE id = ?", (now, project_id))


def move(store: Store, project_id: int, workspace_id: int, now: str) -> None:
    """Put the project into another workspace."""
    project = row(store, project_id)
    _check_workspace(store, workspace_id)
    refuse_taken(store, workspace_id, project["name"])
    store.run(
        "UPDATE project SET workspace_id = ?, updated_at = ? WHERE id = ?", (workspace_id, now, project_id)
    )


def remove(store: Store, project_id: int) -> None:
    """Remove the project with all it holds; the blobs stay."""
    row(store, project_id)
    store.run("DELETE FROM project WHERE id = ?", (project_id,))


def refuse_taken(store: Store, workspace_id: int, name: str) -> None:
    """Refuse a name that another project of the workspace has."""
    taken = store.one("SELECT id FROM project WHERE workspace_id = ? AND name = ?", (workspace_id, name))
    if taken:
        raise Refused(
            f'workspace {workspace_id} has a project named "{name}" already',
            clashes=[{"id": taken["id"], "name": name}],
        )


def _check_type(kind: object) -> None:
    if kind not in TYPES:
        raise Refused(f"the project's type is {kind!r}, expected one of {', '.join(sorted(TYPES))}")


def _check_workspace(store: Store, workspace_id: int) -> None:
    if store.one("SELECT id FROM workspace WHERE id = ?", (workspace_id,)) is None:
        raise missing("Workspace", workspace_id)
