"""Typed fields of the JSON an instance answers: a wrong type is a BadReply, never a crash."""

from collections.abc import Mapping, Sequence

from slyflow.errors import BadReply
from slyflow.model.value import Json

Row = Mapping[str, Json]
LARGEST_ID = 2**63 - 1


def mapping(value: Json, method: str) -> Row:
    """Return an answer that must be an object."""
    if not isinstance(value, dict | Mapping):  # a dict is told fastest, and nearly all are
        raise BadReply(f"{method}: the answer is {_kind(value)}, expected an object")
    return value


def rows(value: Json, method: str) -> list[Row]:
    """Return an answer that must be a list of objects."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise BadReply(f"{method}: the answer is {_kind(value)}, expected a list")
    return [mapping(item, method) for item in value]


def identity(row: Row, key: str, method: str) -> int:
    """Return an id, which must be there: a whole number above 0, perhaps written as text."""
    found = as_id(row.get(key))
    if found is None:
        raise BadReply(f'{method}: "{key}" is {_kind(row.get(key))}, expected an id')
    return found


def as_id(value: Json) -> int | None:
    """Return a value as an id, None when it cannot be one."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20:
        value = int(value)
    # To isinstance a boolean is an int too.
    return value if type(value) is int and 0 < value <= LARGEST_ID else None


def whole(row: Row, key: str, default: int = 0) -> int:
    """Return a count or a size, the default when there is none."""
    value = row.get(key)
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20:
        return int(value)
    return value if type(value) is int else default


def text(row: Row, key: str) -> str | None:
    """Return a text, None when there is none."""
    value = row.get(key)
    return value if isinstance(value, str) else None


def at(row: Row, *keys: str) -> Json:
    """Return what stands below the keys, None where the path ends early."""
    value: Json = row
    for key in keys:
        if not isinstance(value, dict | Mapping):
            return None
        value = value.get(key)
    return value


def _kind(value: Json) -> str:
    match value:
        case None:
            return "missing"
        case bool() | int() | float():
            return "another number" if not isinstance(value, bool) else "a boolean"
        case str():
            return "a text"
        case Mapping():
            return "an object"
        case _:
            return "a list"
