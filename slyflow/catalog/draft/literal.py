"""JSON as a pipeline must write it so that an app gets exactly this."""

import json
from collections.abc import Callable, Mapping, Sequence

from slyflow.catalog.freezing import thawed
from slyflow.model.interface import TARGETS, target_key
from slyflow.model.value import Json
from slyflow.syntax.emit import Code, Value

TARGET_KEYS = frozenset(map(target_key, TARGETS))
"""The keys of an app's state that a target sets."""

Swap = Callable[[str, Json], Code | None]
"""Says which expression stands for a value, given the key above it; None for the value itself."""


def no_swap(key: str, value: Json) -> None:
    """Leave every value as it is."""


def literal(value: Json, key: str = "", swap: Swap = no_swap) -> Value:
    """Return what to write for a value: a map that would read as `from_file` becomes an expression."""
    code = swap(key, value)
    if code is not None:
        return code
    match value:
        case Mapping():
            written = {name: literal(item, name, swap) for name, item in value.items()}
            return Code(_source(written)) if "from_file" in value else written
        case str():
            return value
        case Sequence():
            return [literal(item, key, swap) for item in value]
        case _:
            return value


def same(one: Json, other: Json) -> bool:
    """Say whether two values are the same JSON; `1`, `1.0` and `true` are three values."""
    return json.dumps(thawed(one), sort_keys=True) == json.dumps(thawed(other), sort_keys=True)


def size(value: Json) -> int:
    """Return how many characters a value takes as JSON."""
    return len(json.dumps(thawed(value), ensure_ascii=False))


def _source(value: Value) -> str:
    """Return the expression that gives the value: JSON, with expressions in it."""
    match value:
        case Code():
            return f"({value.source})"
        case Mapping():
            items = (
                f"{json.dumps(name, ensure_ascii=False)}: {_source(item)}" for name, item in value.items()
            )
            return "{" + ", ".join(items) + "}"
        case list():
            return "[" + ", ".join(map(_source, value)) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)
