"""Datasets: their rows, nested or not, and their form in the API."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from slyflow.instance.call import Call
from slyflow.instance.listing import Listing
from slyflow.instance.refusal import Refused, missing
from slyflow.instance.store import Store

_COLUMNS = """d.*, p.workspace_id, w.team_id,
    (SELECT count(*) FROM image i WHERE i.dataset_id = d.id) AS images,
    (SELECT coalesce(sum(i.size), 0) FROM image i WHERE i.dataset_id = d.id) AS bytes"""
_TABLES = "dataset d JOIN project p ON p.id = d.project_id JOIN workspace w ON w.id = p.workspace_id"
_FIELDS = {
    "id": "d.id",
    "name": "d.name",
    "title": "d.name",
    "description": "d.description",
    "projectId": "d.project_id",
    "parentId": "d.parent_id",
    "workspaceId": "p.workspace_id",
    "teamId": "w.team_id",
    "createdBy": "d.created_by",
    "createdAt": "d.created_at",
    "updatedAt": "d.updated_at",
}
# The dataset itself and all below it.
BELOW = (
    "WITH RECURSIVE below (id) AS"
    " (SELECT ? UNION SELECT d.id FROM dataset d JOIN below b ON d.parent_id = b.id) SELECT id FROM below"
)


def listing(project_id: int | None, *, nested: bool) -> Listing:
    """Return the list of a project's datasets (None = of all), with `nested` those inside others too."""
    source = f"FROM {_TABLES} WHERE {'1' if nested else 'd.parent_id IS NULL'}"
    if project_id is None:
        return Listing(source, (), _FIELDS, _COLUMNS)
    return Listing(f"{source} AND d.project_id = ?", (project_id,), _FIELDS, _COLUMNS)


def row(store: Store, dataset_id: int) -> sqlite3.Row:
    """Return one dataset; Refused (404) when it is gone."""
    found = store.one(f"SELECT {_COLUMNS} FROM {_TABLES} WHERE d.id = ?", (dataset_id,))  # noqa: S608 - constants
    if found is None:
        raise missing("Dataset", dataset_id)
    return found


def form(dataset: sqlite3.Row, *, custom_data: bool) -> dict[str, Any]:
    """Return the dataset as the API shows it; the size is bytes.

    The SDK uses listed datasets as keys of a dict, so that `customData` must be absent unless asked for.
    """
    shown = {
        "id": dataset["id"],
        "name": dataset["name"],
        "title": dataset["name"],
        "description": dataset["description"],
        "size": str(dataset["bytes"]),
        "projectId": dataset["project_id"],
        "parentId": dataset["parent_id"],
        "workspaceId": dataset["workspace_id"],
        "teamId": dataset["team_id"],
        "imagesCount": dataset["images"],
        "itemsCount": dataset["images"],
        "createdBy": dataset["created_by"],
        "createdAt": dataset["created_at"],
        "updatedAt": dataset["updated_at"],
        "referenceImageUrl": None,
    }
    return {**shown, "customData": json.loads(dataset["custom_data"])} if custom_data else shown


def add(call: Call, body: Mapping[str, Any], project_id: int, parent_id: int | None) -> int:
    """Make a dataset of `name`, `description` and `customData`; return its id."""
    store, now = call.services.store, call.now
    if store.one("SELECT id FROM project WHERE id = ?", (project_id,)) is None:
        raise missing("Project", project_id)
    if parent_id is not None and row(store, parent_id)["project_id"] != project_id:
        raise Refused(f"dataset {parent_id} is of another project, it cannot be the parent")
    refuse_taken(store, project_id, parent_id, body["name"])
    dataset_id = store.insert(
        "INSERT INTO dataset (project_id, parent_id, name, description, custom_data, created_by, created_at,"
        " updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(project_id, parent_id, body["name"], body.get("description") or ""),
            *(json.dumps(body.get("customData") or {}), call.principal.user_id, now, now),
        ),
    )
    call.made("dataset", dataset_id)
    return dataset_id


def edit(store: Store, dataset_id: int, body: Mapping[str, Any], now: str) -> None:
    """Change `name`, `description` and `customData` where they are there."""
    dataset = row(store, dataset_id)
    name = body.get("name") or dataset["name"]
    if name != dataset["name"]:
        refuse_taken(store, dataset["project_id"], dataset["parent_id"], name)
    description = body.get("description")
    data = body.get("customData")
    store.run(
        "UPDATE dataset SET name = ?, description = ?, custom_data = ?, updated_at = ? WHERE id = ?",
        (
            name,
            dataset["description"] if description is None else description,
            dataset["custom_data"] if data is None else json.dumps(data),
            now,
            dataset_id,
        ),
    )


def touch(store: Store, dataset_id: int, now: str) -> None:
    """Note that the dataset and its project changed."""
    store.run("UPDATE dataset SET updated_at = ? WHERE id = ?", (now, dataset_id))
    store.run(
        "UPDATE project SET updated_at = ? WHERE id = (SELECT project_id FROM dataset WHERE id = ?)",
        (now, dataset_id),
    )


def move(store: Store, dataset_id: int, parent_id: int, now: str) -> None:
    """Put a dataset inside another one of its project; never inside itself."""
    dataset, parent = row(store, dataset_id), row(store, parent_id)
    if dataset["project_id"] != parent["project_id"]:
        raise Refused(f"dataset {parent_id} is of another project, dataset {dataset_id} cannot move there")
    if any(inner["id"] == parent_id for inner in store.all(BELOW, (dataset_id,))):
        raise Refused(f"dataset {parent_id} lies inside dataset {dataset_id}, which cannot move into itself")
    refuse_taken(store, dataset["project_id"], parent_id, dataset["name"])
    store.run("UPDATE dataset SET parent_id = ?, updated_at = ? WHERE id = ?", (parent_id, now, dataset_id))


def remove(store: Store, dataset_id: int) -> None:
    """Remove the dataset with all inside it."""
    row(store, dataset_id)
    store.run("DELETE FROM dataset WHERE id = ?", (dataset_id,))


def refuse_taken(store: Store, project_id: int, parent_id: int | None, name: str) -> None:
    """Refuse a name that another dataset at the same place has."""
    taken = store.one(
        "SELECT id FROM dataset WHERE project_id = ? AND coalesce(parent_id, 0) = ? AND name = ?",
        (project_id, parent_id or 0, name),
    )
    if taken:
        raise Refused(
            f'project {project_id} has a dataset named "{name}" there already',
            clashes=[{"id": taken["id"], "name": name}],
        )
