"""A project's meta: its classes and tags, with the ids that this instance gives them."""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from slyflow.instance import projects
from slyflow.instance.fields import Body, as_integer, objects
from slyflow.instance.listing import Listing
from slyflow.instance.refusal import Refused, missing
from slyflow.instance.store import Store

Definition = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One half of a meta: its table, its key in a meta, and the keys of its name and kind."""

    table: str
    key: str
    name: str
    complete: Callable[[Definition], Definition]


def _complete_class(given: Definition) -> Definition:
    if not isinstance(given.get("shape"), str):
        raise Refused(f'class "{given.get("title")}" has no "shape", expected a geometry such as rectangle')
    defaults = {"description": "", "color": "#808080", "geometry_config": {}, "hotkey": ""}
    return {**defaults, **{key: value for key, value in given.items() if value is not None}}


def _complete_tag(given: Definition) -> Definition:
    defaults = {"value_type": "none", "color": "#808080", "hotkey": "", "classes": []}
    defaults |= {"applicable_type": "all", "target_type": "all"}
    return {**defaults, **{key: value for key, value in given.items() if value is not None}}


CLASSES = Part("class", "classes", "title", _complete_class)
TAGS = Part("tag", "tags", "name", _complete_tag)


def form(store: Store, project_id: int) -> dict[str, Any]:
    """Return the project's meta; Refused (404) when the project is gone."""
    project = projects.row(store, project_id)
    return {
        **{
            part.key: [definition(part, row) for row in rows(store, part, project_id)]
            for part in (CLASSES, TAGS)
        },
        "projectType": project["type"],
    }


def rows(store: Store, part: Part, project_id: int) -> list[sqlite3.Row]:
    """Return the rows of all classes or tags of a project, oldest first."""
    return store.all(f"SELECT * FROM {part.table} WHERE project_id = ? ORDER BY id", (project_id,))  # noqa: S608 - our table


def row(store: Store, part: Part, item_id: int) -> sqlite3.Row:
    """Return the row of one class or tag; Refused (404) when it is gone."""
    found = store.one(f"SELECT * FROM {part.table} WHERE id = ?", (item_id,))  # noqa: S608 - our table
    if found is None:
        raise missing(part.table.capitalize(), item_id)
    return found


def listing(part: Part, project_id: int) -> Listing:
    """Return the list of a project's classes or tags."""
    names = {
        "id": "id",
        "name": "name",
        "title": "name",
        "createdAt": "created_at",
        "updatedAt": "updated_at",
    }
    return Listing(f"FROM {part.table} WHERE project_id = ?", (project_id,), names)


def definition(part: Part, row: sqlite3.Row) -> Definition:
    """Return a class or tag as it stands in a meta."""
    return {"id": row["id"], part.name: row["name"], **json.loads(row["body"])}


def replace(store: Store, project_id: int, meta: Body, now: str) -> None:
    """Make the project's meta this one: what it lacks is removed, with all figures and tags of that kind.

    An item keeps the id of the project's item of the same name, else of the one with the same id.
    """
    projects.row(store, project_id)
    for part in (CLASSES, TAGS):
        items = _distinct(part, meta)
        names = {_name(part, given) for given in items}
        kept = [_keep(store, part, project_id, given, names, now) for given in items]
        store.run(
            f"DELETE FROM {part.table} WHERE project_id = ?"  # noqa: S608 - our table
            " AND id NOT IN (SELECT value FROM json_each(?))",
            (project_id, json.dumps(kept)),
        )
    projects.touch(store, project_id, now)


def add(store: Store, part: Part, project_id: int, given: Definition, now: str) -> int:
    """Add one class or tag and return its id; a taken name is refused."""
    projects.row(store, project_id)
    name = _name(part, given)
    taken = _find(store, part, project_id, name)
    if taken:
        clash = {"id": taken["id"], "name": name}
        raise Refused(f'project {project_id} has a {part.table} "{name}" already', clashes=[clash])
    return _keep(store, part, project_id, given, {name}, now)


def edit(store: Store, part: Part, item_id: int, changes: Definition, now: str) -> None:
    """Change one class or tag; `changes` has the keys of a meta."""
    current = row(store, part, item_id)
    name = changes.get(part.name) or current["name"]
    other = _find(store, part, current["project_id"], name)
    if other and other["id"] != item_id:
        raise Refused(
            f'project {current["project_id"]} has a {part.table} "{name}" already',
            clashes=[{"id": other["id"], "name": name}],
        )
    _write(store, part, item_id, {**definition(part, current), **changes, part.name: name}, now)


def remove(store: Store, part: Part, item_id: int) -> None:
    """Remove one class with its figures, or one tag with its uses."""
    row(store, part, item_id)
    store.run(f"DELETE FROM {part.table} WHERE id = ?", (item_id,))  # noqa: S608 - our table


def _distinct(part: Part, meta: Body) -> Sequence[Definition]:
    items = objects(meta, part.key)
    names = [_name(part, item) for item in items]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise Refused(f'the meta has two {part.key} named "{name}"')
    return items


def _name(part: Part, given: Mapping[str, Any]) -> str:
    name = given.get(part.name)
    if not isinstance(name, str) or not name:
        raise Refused(f'a {part.table} of the meta has no "{part.name}", expected text')
    return name


def _find(store: Store, part: Part, project_id: int, name: str) -> sqlite3.Row | None:
    return store.one(
        f"SELECT * FROM {part.table} WHERE project_id = ? AND name = ?",  # noqa: S608 - our table
        (project_id, name),
    )


def _keep(store: Store, part: Part, project_id: int, given: Definition, names: Set[str], now: str) -> int:
    """Write one item over the one it continues, or as a new one; return its id.

    `names` are those of the whole meta: an item that stays under its name is never renamed into another.
    """
    name = _name(part, given)
    current = _find(store, part, project_id, name)
    if current is None and given.get("id") is not None:
        current = store.one(
            f"SELECT * FROM {part.table} WHERE project_id = ? AND id = ?",  # noqa: S608 - our table
            (project_id, as_integer(given["id"], f'the id of {part.table} "{name}"')),
        )
        current = None if current and current["name"] in names else current
    if current is None:
        item_id = store.insert(
            f"INSERT INTO {part.table} (project_id, name, body, created_at, updated_at)"  # noqa: S608 - our table
            " VALUES (?, ?, '{}', ?, ?)",
            (project_id, name, now, now),
        )
    else:
        item_id = current["id"]
    _write(store, part, item_id, given, now)
    return item_id


def _write(store: Store, part: Part, item_id: int, given: Definition, now: str) -> None:
    body = {key: value for key, value in part.complete(given).items() if key not in ("id", part.name)}
    store.run(
        f"UPDATE {part.table} SET name = ?, body = ?, updated_at = ? WHERE id = ?",  # noqa: S608 - our table
        (given[part.name], json.dumps(body), now, item_id),
    )
