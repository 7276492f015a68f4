"""The `filters` of image lists: conditions on names, tags, classes and collections."""

from collections.abc import Callable, Mapping
from typing import Any

from slyflow.instance.fields import Body, flag, objects, optional_integer, optional_mapping, text
from slyflow.instance.refusal import Refused
from slyflow.instance.store import Argument

Condition = tuple[str, tuple[Argument, ...]]
# Supervisely's "any number of": the bounds it sends when the user gave none.
_MOST = 9999


def conditions(body: Body) -> list[Condition]:
    """Return the SQL on image `i` and its arguments for each filter of the request."""
    return [_condition(wanted) for wanted in objects(body, "filters")]


def _condition(wanted: Mapping[str, Any]) -> Condition:
    kind = text(wanted, "type")
    make = _KINDS.get(kind)
    if make is None:
        raise Refused(f'images cannot be filtered by "{kind}" here, only by {", ".join(sorted(_KINDS))}')
    data = optional_mapping(wanted, "data") or {}
    sql, arguments = make(data)
    return (sql if flag(data, "include", default=True) else f"NOT ({sql})"), arguments


def _filename(data: Body) -> Condition:
    return "instr(i.name, ?) > 0", (text(data, "value"),)


def _image_tag(data: Body) -> Condition:
    sql = "EXISTS (SELECT 1 FROM tagging t WHERE t.image_id = i.id AND t.figure_id IS NULL"
    return _tagged(sql, data)


def _object_tag(data: Body) -> Condition:
    count = "(SELECT count(*) FROM tagging t WHERE t.image_id = i.id AND t.figure_id IS NOT NULL"
    tag_id = optional_integer(data, "tagId")
    narrowed, arguments = (count, ()) if tag_id is None else (f"{count} AND t.tag_id = ?", (tag_id,))
    return f"{narrowed}) BETWEEN ? AND ?", (*arguments, *_bounds(data))


def _tagged(sql: str, data: Body) -> Condition:
    tag_id, value = optional_integer(data, "tagId"), data.get("value")
    arguments: list[Argument] = []
    if tag_id is not None:
        sql += " AND t.tag_id = ?"
        arguments.append(tag_id)
    if isinstance(value, str | int | float):
        sql += " AND json_extract(t.value, '$') = ?"
        arguments.append(value)
    return sql + ")", tuple(arguments)


def _object_class(data: Body) -> Condition:
    class_id = optional_integer(data, "classId")
    count = "(SELECT count(*) FROM figure f WHERE f.image_id = i.id"
    narrowed, arguments = (count, ()) if class_id is None else (f"{count} AND f.class_id = ?", (class_id,))
    return f"{narrowed}) BETWEEN ? AND ?", (*arguments, *_bounds(data))


def _collection(data: Body) -> Condition:
    collection_id = optional_integer(data, "collectionId")
    sql = "EXISTS (SELECT 1 FROM collected k WHERE k.image_id = i.id AND k.collection_id = ?)"
    return sql, (collection_id,)


def _bounds(data: Body) -> tuple[int, int]:
    low, high = optional_integer(data, "from"), optional_integer(data, "to")
    return 1 if low is None else low, _MOST if high is None else high


_KINDS: Mapping[str, Callable[[Body], Condition]] = {
    "images_filename": _filename,
    "images_tag": _image_tag,
    "objects_tag": _object_tag,
    "objects_class": _object_class,
    "entities_collection": _collection,
}
