"""Values that a program gives to a pipeline's params, made JSON and bound to their types."""

import math
import os
from collections.abc import Mapping, Sequence

from slyflow.errors import UsageError
from slyflow.model.pipeline import Param
from slyflow.model.value import Json
from slyflow.syntax.params import bind


def values_of(params: Mapping[str, Param], given: Mapping[str, object]) -> dict[str, Json]:
    """Return a value for every param, in their order: the given one, else its default.

    Paths become text. UsageError, naming everything that is wrong, for what is no JSON, and for unknown,
    missing and unfit values.
    """
    values = {name: _json(value, f'param "{name}"') for name, value in given.items()}
    try:
        return bind(params, values)
    except UsageError as error:
        known = ", ".join(sorted(params))
        hint = f"give values as {{name: value}}; this pipeline has {known}" if known else None
        raise UsageError(error.message, hint=hint or "this pipeline has no params") from error


def _json(value: object, where: str) -> Json:
    match value:
        case None | bool() | int() | str():
            return value
        case float() if math.isfinite(value):
            return value
        case os.PathLike():
            return os.fsdecode(value)
        case Mapping():
            return {_key(key, where): _json(item, f"{key} in {where}") for key, item in value.items()}
        case Sequence() if not isinstance(value, bytes | bytearray | memoryview):
            return [_json(item, f"item {index} of {where}") for index, item in enumerate(value)]
        case float():
            raise UsageError(f"{where} is {value}, which is no JSON")
        case _:
            raise UsageError(f"{where} is a {type(value).__name__}, expected a JSON value")


def _key(key: object, where: str) -> str:
    if not isinstance(key, str):
        raise UsageError(f"a key of {where} is a {type(key).__name__}, expected a string")
    return key
