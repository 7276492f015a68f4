"""JSON that nobody can change, and copies of it that anybody may."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from slyflow.model.value import Json


def frozen(value: Json) -> Json:
    """Return a copy whose maps and lists, however deep, cannot be changed."""
    if isinstance(value, Mapping):
        return MappingProxyType({key: frozen(item) for key, item in value.items()})
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(frozen(item) for item in value)
    return value


def thawed(value: Json) -> Json:
    """Return a copy made of dicts and lists, which shares nothing with the value."""
    if isinstance(value, Mapping):
        return {key: thawed(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [thawed(item) for item in value]
    return value
