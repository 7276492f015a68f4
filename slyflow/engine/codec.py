"""Events as JSON text and back, driven by their type annotations."""

import dataclasses
import json
import types
import typing
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from slyflow.errors import StoreError
from slyflow.model import event as events
from slyflow.model.artifact import Artifact, Computed
from slyflow.model.event import Event
from slyflow.model.value import Json

_EVENTS: Mapping[str, type] = {cls.__name__: cls for cls in get_args(events.Event)}


def encode(event: Event) -> tuple[str, str]:
    """Return the event's kind and its fields as JSON text."""
    return type(event).__name__, json.dumps(_plain(event), ensure_ascii=False, separators=(",", ":"))


def decode(kind: str, text: str) -> Event:
    """Return the event that `encode` wrote; StoreError when it is none of this version's events."""
    cls = _EVENTS.get(kind)
    if cls is None:
        raise StoreError(f"the journal holds an event {kind!r} that this version does not know")
    try:
        event: Event = _build(cls, json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StoreError(f"the journal holds a damaged event {kind}: {error}") from error
    return event


def _plain(value: Any) -> Json:
    """Return JSON for a dataclass, enum, mapping or sequence; empty optional fields are left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain(item)
            for field in dataclasses.fields(value)
            if (item := getattr(value, field.name)) is not None or field.default is dataclasses.MISSING
        }
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    assert value is None or isinstance(value, bool | int | float | str)
    return value


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _build(hint: Any, data: Any) -> Any:
    """Return `data` as a value of the annotated type."""
    origin = get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _build_union(get_args(hint), data)
    if isinstance(hint, type) and origin is None:
        return _build_plain(hint, data)
    if origin is tuple:
        return _build_tuple(get_args(hint), data)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {key: _build(get_args(hint)[1], item) for key, item in data.items()}
    return data


def _build_plain(cls: type, data: Any) -> Any:
    if dataclasses.is_dataclass(cls):
        hints = _hints(cls)
        return cls(**{name: _build(hints[name], item) for name, item in data.items()})
    return cls(data) if issubclass(cls, Enum) else data


def _build_tuple(args: tuple[Any, ...], data: Sequence[Any]) -> tuple[Any, ...]:
    if len(args) == 2 and args[1] is ...:
        return tuple(_build(args[0], item) for item in data)
    return tuple(_build(hint, item) for hint, item in zip(args, data, strict=True))


def _build_union(options: tuple[Any, ...], data: Any) -> Any:
    """Outputs are told apart by their `kind`; any other union of ours is a class or None, or JSON."""
    if data is None:
        return None
    if Artifact in options and Computed in options:
        return _build_plain(Artifact if "kind" in data else Computed, data)
    classes = [option for option in options if option is not type(None)]
    return _build(classes[0], data) if len(classes) == 1 else data
