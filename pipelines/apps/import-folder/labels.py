"""Annotations read from files, and the project meta that covers every class and tag they use."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

PALETTE = ("#E6194B", "#3CB44B", "#4363D8", "#F58231", "#911EB4", "#42D4F4", "#F032E6", "#9A6324", "#808000")


class BadLabels(Exception):
    """An annotation or meta file cannot be used; the message says which and why."""


def read_meta(path: str, content: bytes) -> dict[str, Any]:
    """Return a project's meta from its file, without the ids another instance gave."""
    meta = _object(path, content)
    for key in ("classes", "tags"):
        if not isinstance(meta.get(key, []), list):
            raise BadLabels(f"{path}: `{key}` is not a list")
    return {
        "classes": [_without_id(item, path) for item in meta.get("classes", [])],
        "tags": [_without_id(item, path) for item in meta.get("tags", [])],
        "projectType": "images",
    }


def read_annotation(path: str, content: bytes, width: int, height: int) -> dict[str, Any]:
    """Return an annotation from its file; it must be of an image of `width` × `height` pixels."""
    annotation = _object(path, content)
    size = annotation.get("size")
    if not isinstance(size, dict) or not isinstance(annotation.get("objects"), list):
        raise BadLabels(f"{path} is no annotation: expected `size` and `objects`")
    if (size.get("width"), size.get("height")) != (width, height):
        raise BadLabels(
            f"{path} is of an image of {size.get('width')} × {size.get('height')} pixels, "
            f"but its image has {width} × {height}"
        )
    return {
        "description": annotation.get("description", ""),
        "tags": [_tag(tag, path) for tag in annotation.get("tags", [])],
        "size": {"height": height, "width": width},
        "objects": [_figure(figure, path) for figure in annotation["objects"]],
    }


def covering(meta: Mapping[str, Any], annotations: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return `meta` with the classes and tags added that only annotations name."""
    classes = {item["title"]: item for item in meta["classes"]}
    tags = {item["name"]: item for item in meta["tags"]}
    for annotation in annotations:
        used = list(annotation["tags"])
        for figure in annotation["objects"]:
            title = figure["classTitle"]
            classes.setdefault(title, _class(title, figure["geometryType"], len(classes)))
            used += figure["tags"]
        for tag in used:
            tags.setdefault(tag["name"], _new_tag(tag, len(tags)))
    return {**meta, "classes": list(classes.values()), "tags": list(tags.values())}


def _object(path: str, content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BadLabels(f"{path} is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise BadLabels(f"{path} is not a JSON object")
    return value


def _without_id(item: object, path: str) -> dict[str, Any]:
    if not isinstance(item, dict) or not isinstance(item.get("title", item.get("name")), str):
        raise BadLabels(f"{path}: a class has no `title`, or a tag no `name`")
    return {key: value for key, value in item.items() if key != "id"}


def _tag(tag: object, path: str) -> dict[str, Any]:
    if not isinstance(tag, dict) or not isinstance(tag.get("name"), str):
        raise BadLabels(f"{path}: a tag has no `name`")
    return {"name": tag["name"], "value": tag.get("value")}


def _figure(figure: object, path: str) -> dict[str, Any]:
    texts = ("classTitle", "geometryType")
    if not isinstance(figure, dict) or any(not isinstance(figure.get(key), str) for key in texts):
        raise BadLabels(f"{path}: an object has no `classTitle` or no `geometryType`")
    # Ids belong to the instance that the file came from.
    kept = {key: value for key, value in figure.items() if key not in ("id", "classId", "labelerLogin")}
    return {**kept, "tags": [_tag(tag, path) for tag in figure.get("tags", [])]}


def _class(title: str, shape: str, number: int) -> dict[str, Any]:
    colour = PALETTE[number % len(PALETTE)]
    return {"title": title, "shape": shape, "color": colour, "geometry_config": {}, "hotkey": ""}


def _new_tag(tag: Mapping[str, Any], number: int) -> dict[str, Any]:
    value = tag["value"]
    kind = "none" if value is None else "any_string" if isinstance(value, str) else "any_number"
    return {"name": tag["name"], "value_type": kind, "color": PALETTE[number % len(PALETTE)]}
