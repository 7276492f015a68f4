"""Events as JSON text and back, driven by their type annotations."""

import dataclasses
import json
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from slyflow.errors import StoreError
from slyflow.model import event as events
from slyflow.model.artifact import Artifact, Computed
from slyflow.model.event import Event
from slyflow.model.value import Json

_Builder = Callable[[Any], Any]
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_JSON_ALREADY = frozenset({str, int, float, bool, types.NoneType})
_EVENTS: Mapping[str, type] = {cls.__name__: cls for cls in get_args(events.Event)}


def encode(event: Event) -> tuple[str, str]:
    """Return the event's kind and its fields as JSON text."""
    return type(event).__name__, _JSON.encode(plain(event))


def decode(kind: str, text: str) -> Event:
    """Return the event that `encode` wrote; StoreError when it is none of this version's events."""
    (event,) = decode_all([(kind, text)])
    return event


def decode_all(rows: Sequence[tuple[str, str]]) -> list[Event]:
    """Return the events of kinds and texts; many at once take less than half the time."""
    try:
        values = json.loads(f"[{','.join(text for _, text in rows)}]")
    except ValueError:
        values = []
    # A damaged text is found by itself, whatever its neighbours make of it.
    if len(values) != len(rows):
        return [_built(kind, text, None) for kind, text in rows]
    return [_built(kind, text, value) for (kind, text), value in zip(rows, values, strict=True)]


def _built(kind: str, text: str, value: Any) -> Event:
    cls = _EVENTS.get(kind)
    if cls is None:
        raise StoreError(f"the journal holds an event {kind!r} that this version does not know")
    try:
        event: Event = _builder(cls)(json.loads(text) if value is None else value)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StoreError(f"the journal holds a damaged event {kind}: {error}") from error
    return event


def plain(value: Any) -> Json:
    """Return JSON for a dataclass, enum, mapping or sequence; empty optional fields are left out."""
    plain_value: Json = value if type(value) in _JSON_ALREADY else _writer(value.__class__)(value)
    return plain_value


@cache
def _writer(cls: Any) -> _Builder:
    """Return what turns a value of the class into JSON."""
    if issubclass(cls, bool | int | float | types.NoneType):
        return _as_it_is
    if issubclass(cls, Enum):
        return lambda value: plain(value.value)
    if issubclass(cls, str):
        return _as_it_is
    if dataclasses.is_dataclass(cls):
        names = _fields(cls)
        return lambda value: {
            name: item if type(item) in _JSON_ALREADY else plain(item)
            for name, is_required in names
            if (item := getattr(value, name)) is not None or is_required
        }
    if issubclass(cls, Mapping):
        return lambda value: {str(key): plain(item) for key, item in value.items()}
    assert issubclass(cls, Sequence), cls
    return lambda value: [plain(item) for item in value]


def _fields(cls: Any) -> tuple[tuple[str, bool], ...]:
    return tuple((field.name, field.default is dataclasses.MISSING) for field in dataclasses.fields(cls))


@cache
def _builder(hint: Any) -> _Builder:
    """Return what makes a value of the annotated type from JSON; a journal has very many of few types."""
    origin = get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _union_builder(get_args(hint))
    if isinstance(hint, type) and origin is None:
        return _plain_builder(hint)
    if origin is tuple:
        return _tuple_builder(get_args(hint))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        build = _builder(get_args(hint)[1])
        return lambda data: {key: build(item) for key, item in data.items()}
    return _as_it_is


def _as_it_is(data: Any) -> Any:
    return data


def _plain_builder(cls: type) -> _Builder:
    if dataclasses.is_dataclass(cls):
        builders = {name: _builder(hint) for name, hint in get_type_hints(cls).items()}
        if all(build is _as_it_is for build in builders.values()):
            return lambda data: cls(**data)
        return lambda data: cls(**{name: builders[name](item) for name, item in data.items()})
    # Quicker than calling the class; a KeyError for a word that is none of it.
    return cls._value2member_map_.__getitem__ if issubclass(cls, Enum) else _as_it_is


def _tuple_builder(args: tuple[Any, ...]) -> _Builder:
    builders = [_builder(hint) for hint in args if hint is not ...]
    if len(args) == 2 and args[1] is ...:
        return lambda data: tuple(map(builders[0], data))
    return lambda data: tuple(build(item) for build, item in zip(builders, data, strict=True))


def _union_builder(options: tuple[Any, ...]) -> _Builder:
    """Outputs are told apart by their `kind`; any other union of ours is a class or None, or JSON."""
    if Artifact in options and Computed in options:
        artifact, computed = _builder(Artifact), _builder(Computed)
        return lambda data: data if data is None else (artifact if "kind" in data else computed)(data)
    classes = [option for option in options if option is not type(None)]
    if len(classes) > 1:
        return _as_it_is
    build = _builder(classes[0])
    return lambda data: data if data is None else build(data)
