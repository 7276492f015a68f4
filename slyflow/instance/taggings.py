"""Tags put on images and figures: their rows, and their form in the API."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from slyflow.instance.call import Call
from slyflow.instance.fields import Body, integer, optional_integer, optional_text
from slyflow.instance.refusal import Refused, missing
from slyflow.instance.store import Store

_FORM = """json_object('id', t.id, 'tagId', t.tag_id, 'name', g.name, 'value', json(t.value),
    'labelerLogin', u.login, 'createdAt', t.created_at, 'updatedAt', t.updated_at,
    'customData', json(t.custom_data)) AS form"""
_TABLES = "tagging t JOIN tag g ON g.id = t.tag_id JOIN user u ON u.id = t.created_by"
# A JSON list of the tags on image `i` itself, and on figure `f`, for use as a column.
OF_IMAGE = (
    f"(SELECT json_group_array(json(form)) FROM (SELECT {_FORM} FROM {_TABLES}"  # noqa: S608 - constants
    " WHERE t.image_id = i.id AND t.figure_id IS NULL ORDER BY t.id))"
)
OF_FIGURE = (
    f"(SELECT json_group_array(json(form)) FROM (SELECT {_FORM} FROM {_TABLES}"  # noqa: S608 - constants
    " WHERE t.figure_id = f.id ORDER BY t.id))"
)


def form(store: Store, tagging_id: int) -> dict[str, Any]:
    """Return one tag in use as the API shows it; Refused (404) when it is gone."""
    found = store.one(f"SELECT {_FORM} FROM {_TABLES} WHERE t.id = ?", (tagging_id,))  # noqa: S608 - constants
    if found is None:
        raise missing("Tag", tagging_id)
    shown: dict[str, Any] = json.loads(found["form"])
    return shown


class TagNames:
    """The tags of one project by name and id, read once for many uses."""

    def __init__(self, store: Store, project_id: int) -> None:
        tags = store.all("SELECT id, name FROM tag WHERE project_id = ?", (project_id,))
        self._ids = {tag["name"]: tag["id"] for tag in tags}
        self._known = set(self._ids.values())

    def resolve(self, tag: Body) -> int:
        """Return the tag's id by its name, else by its `tagId`: ids of another project may cling to it."""
        name = optional_text(tag, "name")
        if name is not None:
            if name not in self._ids:
                raise Refused(f'tag "{name}" is not in the project\'s meta')
            found: int = self._ids[name]
            return found
        tag_id = integer(tag, "tagId")
        if tag_id not in self._known:
            raise Refused(f"tag {tag_id} is not in the project's meta")
        return tag_id


def put(call: Call, tag_id: int, image_id: int, figure_id: int | None, tag: Body) -> int:
    """Put a tag with its `value` and `customData` on an image, or on a figure of it; return its id."""
    return call.services.store.insert(
        "INSERT INTO tagging (tag_id, image_id, figure_id, value, custom_data, created_by, created_at,"
        " updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(tag_id, image_id, figure_id, json.dumps(tag.get("value"))),
            *(json.dumps(tag.get("customData") or {}), call.principal.user_id, call.now, call.now),
        ),
    )


def put_once(call: Call, tag_id: int, image_id: int, figure_id: int | None, tag: Body) -> int:
    """Put a tag, or when it is there with this value already, return that one's id."""
    there = call.services.store.one(
        "SELECT id FROM tagging WHERE tag_id = ? AND image_id = ? AND figure_id IS ? AND value = ?",
        (tag_id, image_id, figure_id, json.dumps(tag.get("value"))),
    )
    return there["id"] if there else put(call, tag_id, image_id, figure_id, tag)


def put_on_figures(call: Call, project_id: int, tags: Sequence[Body]) -> list[dict[str, Any]]:
    """Put each `{tagId | name, figureId, value}` on its figure; return what the API answers."""
    store = call.services.store
    names = TagNames(store, project_id)
    added: list[dict[str, Any]] = []
    for tag in tags:
        figure = _figure(store, project_id, tag)
        tag_id = names.resolve(tag)
        tagging_id = put(call, tag_id, figure["image_id"], figure["id"], tag)
        added.append({"id": tagging_id, "tagId": tag_id, "figureId": figure["id"], "value": tag.get("value")})
    return added


def put_on_images(call: Call, project_id: int, tags: Sequence[Body]) -> list[dict[str, Any]]:
    """Put each `{tagId | name, entityId, value}` on its image; return what the API answers."""
    names = TagNames(call.services.store, project_id)
    added: list[dict[str, Any]] = []
    for tag in tags:
        image_id, tag_id = integer(tag, "entityId"), names.resolve(tag)
        inside = (image_id, project_id)
        if call.services.store.one("SELECT id FROM image WHERE id = ? AND project_id = ?", inside) is None:
            raise missing(f"In project {project_id}, image", image_id)
        added.append({"id": put(call, tag_id, image_id, None, tag), "tagId": tag_id, "entityId": image_id})
    return added


def change(store: Store, tagging_id: int, changes: Mapping[str, Any], now: str) -> None:
    """Change `value` and `customData` where they are there."""
    if store.one("SELECT id FROM tagging WHERE id = ?", (tagging_id,)) is None:
        raise missing("Tag", tagging_id)
    for key, column in (("value", "value"), ("customData", "custom_data")):
        if key in changes:
            store.run(
                f"UPDATE tagging SET {column} = ?, updated_at = ? WHERE id = ?",  # noqa: S608 - our columns
                (json.dumps(changes[key]), now, tagging_id),
            )


def remove(store: Store, tagging_id: int) -> None:
    """Take one tag off."""
    if not store.run("DELETE FROM tagging WHERE id = ?", (tagging_id,)):
        raise missing("Tag", tagging_id)


def remove_all(store: Store, tag_ids: Sequence[int], image_ids: Sequence[int]) -> None:
    """Take these tags off these images; tags on their figures stay."""
    store.run(
        "DELETE FROM tagging WHERE figure_id IS NULL AND tag_id IN (SELECT value FROM json_each(?))"
        " AND image_id IN (SELECT value FROM json_each(?))",
        (json.dumps(tag_ids), json.dumps(image_ids)),
    )


def _figure(store: Store, project_id: int, tag: Body) -> sqlite3.Row:
    figure_id = optional_integer(tag, "figureId")
    figure = store.one(
        "SELECT f.id, f.image_id FROM figure f JOIN image i ON i.id = f.image_id"
        " WHERE f.id = ? AND i.project_id = ?",
        (figure_id, project_id),
    )
    if figure is None:
        raise missing("Figure", figure_id)
    return figure
