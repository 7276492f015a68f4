"""Dotted paths into an app's fields: `data.table.0.name`, `state.selected`."""

from collections.abc import Mapping
from typing import Any

from slyflow.instance.refusal import Refused

DEEPEST = 64


def get(fields: Mapping[str, Any], path: str) -> Any:
    """Return the value at a path, None when there is none."""
    value: Any = fields
    for key in path.split("."):
        match value:
            case dict():
                value = value.get(key)
            case list():
                value = value[int(key)] if key.isdecimal() and int(key) < len(value) else None
            case _:
                return None
    return value


def put(
    fields: dict[str, Any], path: str, value: Any, *, append: bool = False, recursive: bool = False
) -> None:
    """Set the value at a path; maps on the way are made.

    `append` adds to the list that is there, `recursive` merges into the map that is there.
    """
    parent, key = _parent(fields, path)
    there = get(parent, key) if isinstance(parent, dict) else None
    if append and isinstance(there, list):
        there.extend(value if isinstance(value, list) else [value])
    elif recursive and isinstance(there, dict) and isinstance(value, dict):
        _merge(there, value)
    elif isinstance(parent, dict):
        parent[key] = value
    elif key == "-" or int(key) >= len(parent):
        parent.append(value)
    else:
        parent[int(key)] = value


def remove(fields: dict[str, Any], path: str) -> None:
    """Remove what is at a path, if anything is."""
    parent, key = _parent(fields, path)
    if isinstance(parent, dict):
        parent.pop(key, None)
    elif key.isdecimal() and int(key) < len(parent):
        del parent[int(key)]


def _parent(fields: dict[str, Any], path: str) -> tuple[dict[str, Any] | list[Any], str]:
    *way, last = path.split(".")
    if len(way) > DEEPEST:
        raise Refused(f"the field {path[:60]}… is nested deeper than {DEEPEST}")
    value: Any = fields
    for key in way:
        if isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        elif isinstance(value, dict):
            inner = value.get(key)
            if not isinstance(inner, dict | list):
                inner = value[key] = {}
            value = inner
        else:
            raise Refused(f'there is nothing at "{path}" to set a value in')
    if isinstance(value, list) and not (last.isdecimal() or last == "-"):
        raise Refused(f'"{path}" names an item of a list by something that is no number')
    if not isinstance(value, dict | list):
        raise Refused(f'there is nothing at "{path}" to set a value in')
    return value, last


def _merge(there: dict[str, Any], value: Mapping[str, Any]) -> None:
    for key, item in value.items():
        inner = there.get(key)
        if isinstance(inner, dict) and isinstance(item, dict):
            _merge(inner, item)
        else:
            there[key] = item
