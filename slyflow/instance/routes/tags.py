"""Classes and tags of projects, and tags put on images and figures."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from slyflow.instance import figures, images, meta, taggings
from slyflow.instance.call import Call, Methods, Reply
from slyflow.instance.fields import (
    integer,
    integers,
    objects,
    optional_mapping,
    optional_text,
)
from slyflow.instance.listing import page
from slyflow.instance.meta import CLASSES, TAGS
from slyflow.instance.refusal import missing

# What these calls name `settings.…` stands flat in a meta.
_SETTINGS = {
    "type": "value_type",
    "values": "values",
    "applicableType": "applicable_type",
    "targetType": "target_type",
}


def _list_tags(call: Call) -> Reply:
    return page(call, meta.listing(TAGS, integer(call.body, "projectId")), _tag)


def _list_classes(call: Call) -> Reply:
    return page(call, meta.listing(CLASSES, integer(call.body, "projectId")), _class)


def _tag(row: sqlite3.Row) -> dict[str, Any]:
    tag = meta.definition(TAGS, row)
    settings = {key: tag[name] for key, name in _SETTINGS.items() if name in tag}
    return {**_item(row, tag), "hotkey": tag["hotkey"], "settings": settings}


def _class(row: sqlite3.Row) -> dict[str, Any]:
    own = meta.definition(CLASSES, row)
    extra = {"description": own["description"], "shape": own["shape"], "settings": own["geometry_config"]}
    return {**_item(row, own), **extra, "hotkey": own["hotkey"]}


def _item(row: sqlite3.Row, own: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "projectId": row["project_id"],
        "name": row["name"],
        "title": row["name"],
        "color": own["color"],
        "createdAt": row["created_at"],
        "updatedAt": row["updated_at"],
    }


def _add_tags(call: Call) -> Reply:
    project_id, store = integer(call.body, "projectId"), call.services.store
    with store.transaction():
        added = [
            meta.add(store, TAGS, project_id, _flat(tag), call.now) for tag in objects(call.body, "tags")
        ]
    return [_tag(meta.row(store, TAGS, tag_id)) for tag_id in added]


def _edit_tag(call: Call) -> Reply:
    tag_id, store = integer(call.body, "id"), call.services.store
    with store.transaction():
        meta.edit(store, TAGS, tag_id, _flat(call.body), call.now)
    return _tag(meta.row(store, TAGS, tag_id))


def _edit_class(call: Call) -> Reply:
    class_id, store = integer(call.body, "id"), call.services.store
    changes: dict[str, Any] = {
        key: optional_text(call.body, key) for key in ("description", "hotkey", "shape", "color")
    }
    changes["title"] = optional_text(call.body, "name") or optional_text(call.body, "title")
    changes["geometry_config"] = optional_mapping(call.body, "settings")
    with store.transaction():
        meta.edit(store, CLASSES, class_id, _given(changes), call.now)
    return _class(meta.row(store, CLASSES, class_id))


def _flat(tag: Mapping[str, Any]) -> dict[str, Any]:
    """Return a tag of these calls as it stands in a meta."""
    settings = optional_mapping(tag, "settings") or {}
    flat: dict[str, Any] = {name: settings.get(key) for key, name in _SETTINGS.items()}
    flat |= {key: optional_text(tag, key) for key in ("color", "hotkey")}
    return _given({**flat, "name": optional_text(tag, "title") or optional_text(tag, "name")})


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None}


def _put_on_images(call: Call) -> Reply:
    """Put one tag on many images; where it is with the same value already, nothing changes."""
    tag_id, store = integer(call.body, "tagId"), call.services.store
    tag = meta.row(store, TAGS, tag_id)
    with store.transaction():
        for image_id in integers(call.body, "ids"):
            image = images.row(store, image_id)
            if image["project_id"] != tag["project_id"]:
                raise missing(f"In project {tag['project_id']}, image", image_id)
            taggings.put_once(call, tag_id, image_id, None, call.body)
    return {"success": True}


def _put_on_entities(call: Call) -> Reply:
    project_id = integer(call.body, "projectId")
    with call.services.store.transaction():
        return taggings.put_on_images(call, project_id, objects(call.body, "tags"))


def _put_on_figures(call: Call) -> Reply:
    project_id = integer(call.body, "projectId")
    with call.services.store.transaction():
        return taggings.put_on_figures(call, project_id, objects(call.body, "tags"))


def _put_on_figure(call: Call) -> Reply:
    figure = figures.row(call.services.store, integer(call.body, "figureId"))
    with call.services.store.transaction():
        return taggings.put_on_figures(call, figure["project_id"], [call.body])[0]


def _take_off(call: Call) -> Reply:
    with call.services.store.transaction():
        taggings.remove(call.services.store, integer(call.body, "id"))
    return {"success": True}


def _take_off_images(call: Call) -> Reply:
    tag_ids, image_ids = integers(call.body, "tagIds"), integers(call.body, "ids")
    with call.services.store.transaction():
        taggings.remove_all(call.services.store, tag_ids, image_ids)
    return {"success": True}


def _change_value(call: Call) -> Reply:
    return _change(call, {"value": call.body.get("value")})


def _change_data(call: Call) -> Reply:
    given = optional_mapping(call.body, "customData") or {}
    current = taggings.form(call.services.store, integer(call.body, "id"))["customData"]
    merged = given if call.body.get("updateStrategy") == "replace" else {**current, **given}
    return _change(call, {"customData": merged})


def _change(call: Call, changes: Mapping[str, Any]) -> Reply:
    tagging_id = integer(call.body, "id")
    with call.services.store.transaction():
        taggings.change(call.services.store, tagging_id, changes, call.now)
    return taggings.form(call.services.store, tagging_id)


METHODS: Methods = {
    "tags.list": _list_tags,
    "tags.bulk.add": _add_tags,
    "tags.entities.bulk.add": _put_on_entities,
    "advanced.tags.editInfo": _edit_tag,
    "advanced.object_classes.list": _list_classes,
    "advanced.object_classes.editInfo": _edit_class,
    "image-tags.bulk.add-to-image": _put_on_images,
    "image-tags.bulk.remove-from-images": _take_off_images,
    "image-tags.remove-from-image": _take_off,
    "image-tags.update-tag-value": _change_value,
    "image-tags.custom-data.update": _change_data,
    "object-tags.add-to-object": _put_on_figure,
    "object-tags.remove-from-figure": _take_off,
    "object-tags.custom-data.update": _change_data,
    "figures.tags.bulk.add": _put_on_figures,
}
