"""Figures: the labels on images, their rows, and their two forms in the API."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from slyflow.instance import geometry, taggings
from slyflow.instance.call import Call
from slyflow.instance.fields import Body, integer, objects, optional_integer, optional_text
from slyflow.instance.refusal import Refused, missing
from slyflow.instance.store import Store
from slyflow.instance.taggings import TagNames

# Fields of a label that are kept and given back as they came.
_EXTRA = (
    *("description", "instance", "customData", "nnCreated", "nnUpdated", "priority", "status"),
    *("smartToolInput", "meta", "trackId"),
)
# The mask of this kind travels apart from its figure.
ALPHA_MASK = "alpha_mask"
COLUMNS = f"f.*, i.dataset_id, i.project_id, c.name AS class_name, u.login, {taggings.OF_FIGURE} AS tags"
TABLES = (
    "figure f JOIN image i ON i.id = f.image_id JOIN class c ON c.id = f.class_id"
    " JOIN user u ON u.id = f.created_by"
)
FIELDS = {
    "id": "f.id",
    "entityId": "f.image_id",
    "imageId": "f.image_id",
    "classId": "f.class_id",
    "datasetId": "i.dataset_id",
    "projectId": "i.project_id",
    "geometryType": "f.kind",
    "createdAt": "f.created_at",
    "updatedAt": "f.updated_at",
}


class Names:
    """The classes and tags of one project, read once for many labels."""

    def __init__(self, store: Store, project_id: int) -> None:
        self.project_id = project_id
        self.tags = TagNames(store, project_id)
        rows = store.all(
            "SELECT id, name, json_extract(body, '$.shape') AS shape FROM class WHERE project_id = ?",
            (project_id,),
        )
        self._classes = {row["name"]: row for row in rows}
        self._by_id = {row["id"]: row for row in rows}

    def class_of(self, label: Body) -> sqlite3.Row:
        """Return the class by its title, else by id: ids of another project may cling to a label."""
        title = optional_text(label, "classTitle")
        if title is not None:
            found = self._classes.get(title)
            if found is None:
                raise Refused(f'class "{title}" is not in the project\'s meta')
            return found
        class_id = integer(label, "classId")
        if class_id not in self._by_id:
            raise Refused(f"class {class_id} is not in the project's meta")
        return self._by_id[class_id]


def add(call: Call, names: Names, image_id: int, label: Body) -> int:
    """Add one label to an image, with its tags; return the figure's id."""
    own = names.class_of(label)
    kind = optional_text(label, "geometryType") or optional_text(label, "shape") or own["shape"]
    figure_id = call.services.store.insert(
        "INSERT INTO figure (image_id, class_id, kind, geometry, extra, created_by, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(image_id, own["id"], kind, json.dumps(geometry.of_label(label)), json.dumps(_extra(label))),
            *(call.principal.user_id, call.now, call.now),
        ),
    )
    for tag in objects(label, "tags"):
        taggings.put(call, names.tags.resolve(tag), image_id, figure_id, tag)
    return figure_id


def add_all(call: Call, labels: Sequence[Body], image_id: int | None) -> list[int]:
    """Add labels to the image, or each to its own `entityId`; return the figures' ids in order."""
    store = call.services.store
    known: dict[int, Names] = {}
    added: list[int] = []
    for label in labels:
        own_id = optional_integer(label, "entityId") if image_id is None else image_id
        image = store.one("SELECT id, project_id FROM image WHERE id = ?", (own_id,))
        if image is None:
            raise missing("Image", own_id)
        if image["project_id"] not in known:
            known[image["project_id"]] = Names(store, image["project_id"])
        added.append(add(call, known[image["project_id"]], image["id"], label))
    return added


def row(store: Store, figure_id: int) -> sqlite3.Row:
    """Return one figure; Refused (404) when it is gone."""
    found = store.one(f"SELECT {COLUMNS} FROM {TABLES} WHERE f.id = ?", (figure_id,))  # noqa: S608 - constants
    if found is None:
        raise missing("Figure", figure_id)
    return found


def label(figure: sqlite3.Row, *, whole: bool) -> dict[str, Any]:
    """Return the figure as it stands in an annotation: its geometry among the label's own fields."""
    return {
        "id": figure["id"],
        "classId": figure["class_id"],
        "classTitle": figure["class_name"],
        "objectId": None,
        "description": "",
        "geometryType": figure["kind"],
        "labelerLogin": figure["login"],
        "createdAt": figure["created_at"],
        "updatedAt": figure["updated_at"],
        "tags": json.loads(figure["tags"]),
        "nnCreated": False,
        "nnUpdated": False,
        **json.loads(figure["extra"]),
        **_geometry(figure, whole=whole),
    }


def form(figure: sqlite3.Row, *, whole: bool) -> dict[str, Any]:
    """Return the figure as lists of figures show it, with its box and area in pixels."""
    shown = _geometry(figure, whole=whole)
    box, area = geometry.box(shown), geometry.area(shown, figure["kind"])
    return {
        "meta": {},
        "priority": None,
        "customData": None,
        "nnCreated": False,
        "nnUpdated": False,
        **json.loads(figure["extra"]),
        "id": figure["id"],
        "classId": figure["class_id"],
        "objectId": None,
        "entityId": figure["image_id"],
        "imageId": figure["image_id"],
        "datasetId": figure["dataset_id"],
        "projectId": figure["project_id"],
        "frameIndex": None,
        "geometryType": figure["kind"],
        "geometry": shown,
        "geometryMeta": {"bbox": list(box)} if box else None,
        "area": None if area is None else str(area),
        "tags": json.loads(figure["tags"]),
        "labelerLogin": figure["login"],
        "createdAt": figure["created_at"],
        "updatedAt": figure["updated_at"],
    }


def edit(call: Call, figure_id: int, changes: Mapping[str, Any]) -> None:
    """Change geometry, tags and the fields of a label where they are there."""
    store, figure = call.services.store, row(call.services.store, figure_id)
    extra = {**json.loads(figure["extra"]), **_extra(changes)}
    moved = geometry.of_label(changes) if isinstance(changes.get("geometry"), Mapping) else None
    store.run(
        "UPDATE figure SET geometry = ?, extra = ?, updated_at = ? WHERE id = ?",
        (figure["geometry"] if moved is None else json.dumps(moved), json.dumps(extra), call.now, figure_id),
    )
    if "tags" in changes:
        names = TagNames(store, figure["project_id"])
        store.run("DELETE FROM tagging WHERE figure_id = ?", (figure_id,))
        for tag in objects(changes, "tags"):
            taggings.put(call, names.resolve(tag), figure["image_id"], figure_id, tag)


def stored_geometry(figure: sqlite3.Row) -> Any:
    """Return what travels as the figure's geometry alone: of an alpha mask the mask itself."""
    shown = json.loads(figure["geometry"])
    return shown.get("bitmap", {}) if figure["kind"] == ALPHA_MASK else shown


def store_geometry(store: Store, figure_id: int, given: Any, now: str) -> None:
    """Keep a geometry that came apart from its figure."""
    figure = row(store, figure_id)
    kept = {"bitmap": given} if figure["kind"] == ALPHA_MASK else given
    if not isinstance(kept, Mapping):
        raise Refused(f"the geometry of figure {figure_id} is no JSON object")
    store.run(
        "UPDATE figure SET geometry = ?, updated_at = ? WHERE id = ?", (json.dumps(kept), now, figure_id)
    )


def remove(store: Store, figure_ids: Sequence[int]) -> None:
    """Remove figures; those that are gone already are no error."""
    store.run("DELETE FROM figure WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(figure_ids),))


def _extra(fields: Body) -> dict[str, Any]:
    return {key: fields[key] for key in _EXTRA if fields.get(key) is not None}


def _geometry(figure: sqlite3.Row, *, whole: bool) -> geometry.Geometry:
    shown: geometry.Geometry = json.loads(figure["geometry"])
    return geometry.whole_pixels(shown, figure["kind"]) if whole else shown
