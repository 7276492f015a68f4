"""Reads the fields of a request: typed, ids also as text, and refused by name when they are wrong."""

import math
from collections.abc import Mapping
from typing import Any

from slyflow.instance.refusal import Refused

Body = Mapping[str, Any]
_LARGEST = 2**63 - 1


def integer(body: Body, key: str) -> int:
    """Return a whole number that must be there; digits as text count too."""
    value = optional_integer(body, key)
    if value is None:
        raise Refused(f'"{key}" is missing, expected a whole number')
    return value


def optional_integer(body: Body, key: str) -> int | None:
    """Return a whole number, None when the field is absent, null or empty text."""
    value = body.get(key)
    return None if value is None or value == "" else as_integer(value, f'"{key}"')


def as_integer(value: object, what: str) -> int:
    """Return a whole number of at most 64 bits, given as a number or as digits; `what` names it."""
    number = value
    if isinstance(value, str) and len(value) < 20 and value.strip().removeprefix("-").isdecimal():
        number = int(value)
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        number = int(value)
    if isinstance(number, bool) or not isinstance(number, int) or abs(number) > _LARGEST:
        raise Refused(f"{what} is {_shown(value)}, expected a whole number")
    return number


def integers(body: Body, key: str) -> list[int]:
    """Return a list of whole numbers that must be there; a lone number counts as a list of one."""
    value = body.get(key)
    if isinstance(value, int | str) and not isinstance(value, bool):
        return [integer(body, key)]
    if not isinstance(value, list):
        raise Refused(f'"{key}" is {_shown(value)}, expected a list of whole numbers')
    return [as_integer(item, f'item {place} of "{key}"') for place, item in enumerate(value)]


def text(body: Body, key: str) -> str:
    """Return text that must be there and not be empty."""
    value = optional_text(body, key)
    if not value:
        raise Refused(f'"{key}" is missing, expected text')
    return value


def optional_text(body: Body, key: str) -> str | None:
    """Return text, None when the field is absent or null."""
    value = body.get(key)
    if value is None or isinstance(value, str):
        return value
    raise Refused(f'"{key}" is {_shown(value)}, expected text')


def flag(body: Body, key: str, *, default: bool = False) -> bool:
    """Return a boolean; a query string's `true` and `false` count too."""
    value = body.get(key)
    if value is None:
        return default
    if isinstance(value, bool):
        return value
    words = {"true": True, "1": True, "false": False, "0": False}
    if isinstance(value, str | int) and str(value).lower() in words:
        return words[str(value).lower()]
    raise Refused(f'"{key}" is {_shown(value)}, expected true or false')


def mapping(body: Body, key: str) -> dict[str, Any]:
    """Return an object that must be there."""
    value = optional_mapping(body, key)
    if value is None:
        raise Refused(f'"{key}" is missing, expected an object')
    return value


def optional_mapping(body: Body, key: str) -> dict[str, Any] | None:
    """Return an object, None when the field is absent or null."""
    value = body.get(key)
    if value is None or isinstance(value, dict):
        return value
    raise Refused(f'"{key}" is {_shown(value)}, expected an object')


def objects(body: Body, key: str) -> list[dict[str, Any]]:
    """Return a list of objects; empty when the field is absent or null."""
    value = body.get(key)
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    raise Refused(f'"{key}" is {_shown(value)}, expected a list of objects')


def texts(body: Body, key: str) -> list[str]:
    """Return a list of texts; empty when the field is absent or null."""
    value = body.get(key)
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    raise Refused(f'"{key}" is {_shown(value)}, expected a list of texts')


def _shown(value: object) -> str:
    words = repr(value)
    return words if len(words) <= 60 else words[:59] + "…"
