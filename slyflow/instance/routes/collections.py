"""Collections: named sets of a project's images."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from slyflow.instance import projects
from slyflow.instance.call import Call, Methods, Reply
from slyflow.instance.fields import (
    integer,
    integers,
    objects,
    optional_mapping,
    optional_text,
    text,
    texts,
)
from slyflow.instance.listing import Listing, page
from slyflow.instance.refusal import Refused

_SELECT = "c.*, w.team_id"
_TABLES = "collection c JOIN project p ON p.id = c.project_id JOIN workspace w ON w.id = p.workspace_id"
_ONE = f"SELECT {_SELECT} FROM {_TABLES} WHERE c.id = ?"  # noqa: S608 - constants
_FIELDS = {"id": "c.id", "name": "c.name", "createdAt": "c.created_at", "updatedAt": "c.updated_at"}


def _list(call: Call) -> Reply:
    kind = optional_text(call.body, "type") or "default"
    arguments = (integer(call.body, "projectId"), kind, kind)
    source = f"FROM {_TABLES} WHERE c.project_id = ? AND (c.type = ? OR ? = 'all')"
    listing = Listing(source, arguments, _FIELDS, _SELECT)
    with_meta = _wants_meta(call)
    return page(call, listing, lambda row: _form(row, with_meta=with_meta))


def _info(call: Call) -> Reply:
    return _form(_row(call, integer(call.body, "id")), with_meta=_wants_meta(call))


def _add(call: Call) -> Reply:
    store, project_id = call.services.store, integer(call.body, "projectId")
    name, kind = text(call.body, "name"), optional_text(call.body, "type") or "default"
    projects.row(store, project_id)
    _refuse_taken(call, project_id, kind, name)
    meta = json.dumps(optional_mapping(call.body, "meta") or {})
    with store.transaction():
        collection_id = store.insert(
            "INSERT INTO collection (project_id, name, type, description, meta, created_at, updated_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                *(project_id, name, kind, optional_text(call.body, "description") or ""),
                *(meta, call.now, call.now),
            ),
        )
    return _form(_row(call, collection_id), with_meta=True)


def _edit(call: Call) -> Reply:
    row = _row(call, integer(call.body, "id"))
    name = optional_text(call.body, "name") or row["name"]
    description = optional_text(call.body, "description")
    if name != row["name"]:
        _refuse_taken(call, row["project_id"], row["type"], name)
    with call.services.store.transaction():
        call.services.store.run(
            "UPDATE collection SET name = ?, description = ?, updated_at = ? WHERE id = ?",
            (name, row["description"] if description is None else description, call.now, row["id"]),
        )
    return _form(_row(call, row["id"]), with_meta=True)


def _remove(call: Call) -> Reply:
    row = _row(call, integer(call.body, "id"))
    with call.services.store.transaction():
        call.services.store.run("DELETE FROM collection WHERE id = ?", (row["id"],))
    return {"success": True}


def _add_items(call: Call) -> Reply:
    """Add images of the project; those that it does not have are named in `missing`."""
    collection, store = _row(call, integer(call.body, "collectionId")), call.services.store
    added, gone = [], []
    with store.transaction():
        for image_id, meta in _items(call):
            inside = (image_id, collection["project_id"])
            if store.one("SELECT id FROM image WHERE id = ? AND project_id = ?", inside) is None:
                gone.append({"id": image_id})
                continue
            store.run(
                "INSERT INTO collected (collection_id, image_id, meta) VALUES (?, ?, ?)"
                " ON CONFLICT (collection_id, image_id) DO UPDATE SET meta = excluded.meta",
                (collection["id"], image_id, json.dumps(meta)),
            )
            added.append({"id": image_id, "entityId": image_id})
    return {"items": added, "missing": gone}


def _items(call: Call) -> list[tuple[int, Mapping[str, Any]]]:
    if "entityIds" in call.body:
        return [(image_id, {}) for image_id in integers(call.body, "entityIds")]
    return [
        (integer(item, "entityId"), optional_mapping(item, "meta") or {})
        for item in objects(call.body, "entityItems")
    ]


def _remove_items(call: Call) -> Reply:
    collection, store = _row(call, integer(call.body, "collectionId")), call.services.store
    removed: list[dict[str, int]] = []
    gone: list[dict[str, int]] = []
    with store.transaction():
        for image_id in integers(call.body, "entityIds"):
            sql = "DELETE FROM collected WHERE collection_id = ? AND image_id = ?"
            found = store.run(sql, (collection["id"], image_id))
            (removed if found else gone).append({"id": image_id})
    return {"items": removed, "missing": gone}


def _row(call: Call, collection_id: int) -> sqlite3.Row:
    return call.one("Collection", collection_id, _ONE)


def _wants_meta(call: Call) -> bool:
    return "meta" in texts(call.body, "extraFields")


def _form(row: sqlite3.Row, *, with_meta: bool) -> dict[str, Any]:
    shown = {
        "id": row["id"],
        "name": row["name"],
        "teamId": row["team_id"],
        "projectId": row["project_id"],
        "description": row["description"],
        "type": row["type"],
        "options": {},
        "createdAt": row["created_at"],
        "updatedAt": row["updated_at"],
    }
    return {**shown, "meta": json.loads(row["meta"])} if with_meta else shown


def _refuse_taken(call: Call, project_id: int, kind: str, name: str) -> None:
    taken = call.services.store.one(
        "SELECT id FROM collection WHERE project_id = ? AND type = ? AND name = ?", (project_id, kind, name)
    )
    if taken:
        clash = {"id": taken["id"], "name": name}
        raise Refused(f'project {project_id} has a collection named "{name}" already', clashes=[clash])


METHODS: Methods = {
    "entities-collections.list": _list,
    "entities-collections.info": _info,
    "entities-collections.add": _add,
    "entities-collections.editInfo": _edit,
    "entities-collections.remove": _remove,
    "entities-collections.items.bulk.add": _add_items,
    "entities-collections.items.bulk.remove": _remove_items,
}
