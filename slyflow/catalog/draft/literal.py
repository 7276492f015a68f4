"""JSON as a pipeline must write it so that an app gets exactly this."""

import json
from collections.abc import Mapping, Sequence

from slyflow.catalog.freezing import thawed
from slyflow.model.interface import TARGETS, target_key
from slyflow.model.value import Json
from slyflow.syntax.emit import Code, Value

TARGET_KEYS = frozenset(map(target_key, TARGETS))
"""The keys of an app's state that a target sets."""


def literal(value: Json) -> Value:
    """Return what to write for a value: a map that would read as `from_file` becomes an expression."""
    match value:
        case Mapping():
            if "from_file" in value:
                return Code(json.dumps(thawed(value), ensure_ascii=False))
            return {key: literal(item) for key, item in value.items()}
        case str():
            return value
        case Sequence():
            return [literal(item) for item in value]
        case _:
            return value


def same(one: Json, other: Json) -> bool:
    """Say whether two values are the same JSON; `1`, `1.0` and `true` are three values."""
    return json.dumps(thawed(one), sort_keys=True) == json.dumps(thawed(other), sort_keys=True)


def size(value: Json) -> int:
    """Return how many characters a value takes as JSON."""
    return len(json.dumps(thawed(value), ensure_ascii=False))
