"""The seam to the CEL library: compile, type-check and evaluate sources whose names stand in for others.

Each dotted name gives way to a placeholder (`_v0`, `_v1`, …): a few environments, made once, then serve
every expression, and the library's own rules for dotted names never matter.
"""

import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from slyflow.model.value import Json
from slyflow.syntax.expression.celtype import ANY_LIST, ANY_MAP, DYN, MAPS, SCALARS, Type, describe, parse
from slyflow.syntax.expression.environment import PATTERN, PREFIX, TEXT, full_checker, plain_checker, runner
from slyflow.syntax.expression.hollow import Hollow

if TYPE_CHECKING:
    from cel_expr_python.cel import Expression  # type: ignore[import-untyped]  # it ships stubs but no py.typed

# One environment with these serves nearly every check.
_COMMON = tuple(
    one.signature
    for one in (
        DYN,
        ANY_MAP,
        ANY_LIST,
        MAPS,
        *(Type(name, null) for name in SCALARS for null in (False, True)),
    )
)
# Compiled where they are used: a file without such faults need not pay for it.
_ERROR = r"(?m)^(?:[A-Z_]+: )?ERROR: <input>:(-?\d+):(-?\d+): (.*)$"
_CODE = r"^[A-Z_]+: "
_LARGEST = 2**63


class Refused(Exception):
    """The library could not compile or evaluate; `faults` are (offset or None, message)."""

    def __init__(self, *faults: tuple[int | None, str]) -> None:
        super().__init__("; ".join(message for _, message in faults))
        self.faults = faults


def type_of(source: Hollow, types: Sequence[Type]) -> Type:
    """Return the type of a source whose N-th name has type `types[N]`; Refused places each fault."""
    pool = _pool(types)
    names = [f"{PREFIX}{pool.index(one.signature)}" for one in types]
    text = source.filled(names)
    try:
        return _type_of(text, pool)
    except RuntimeError as error:
        faults = [_offset(fault, text) for fault in _faults(error)]
        raise Refused(
            *((None if at is None else source.origin(at, names), said) for at, said in faults)
        ) from error


def _pool(types: Sequence[Type]) -> tuple[str, ...]:
    """Return the signatures of the names in an environment that serves these types."""
    rare = {one.signature for one in types}.difference(_COMMON)
    return (*_COMMON, *sorted(rare)) if rare else _COMMON


# Steps of one kind ask for the same, whatever their names: what takes most of a check is then done once.
@lru_cache(maxsize=4096)
def _type_of(text: str, pool: tuple[str, ...]) -> Type:
    try:
        found = plain_checker(pool).compile(text)
    except RuntimeError:
        # It has a fault, or it calls what only the slower environment has.
        found = full_checker(pool).compile(text)
    return parse(found.return_type().name())


def evaluate(source: Hollow, values: Sequence[Json]) -> Json:
    """Return what a source gives when its N-th name is `values[N]`; Refused says why it fails."""
    names = [f"{PREFIX}{index}" for index in range(len(values))]
    data = {name: plain(value) for name, value in zip(names, values, strict=True)}
    try:
        result = _compiled(source.filled(names)).eval(data=data)
    except RuntimeError as error:
        raise Refused(*((None, message) for _, _, message in _faults(error))) from error
    try:
        kind, value = result.type().name(), result.plain_value()
    except (TypeError, SystemError) as error:  # the library cannot convert optional values
        raise Refused((None, "it is an optional value, or holds one; end that with .orValue(…)")) from error
    if kind == "ERROR":
        # A failure comes back as a value whose plain form is a text like any other.
        raise Refused((None, re.sub(_CODE, "", str(value))))
    return _to_json(value)


def plain(value: Json) -> Any:
    """Return the value in lists and dicts; Refused for a number that CEL cannot hold."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, str) or not isinstance(value, Sequence):
        if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
            raise Refused((None, f"{value} does not fit into 64 bits"))
        return value
    return [plain(item) for item in value]


def _to_json(value: Any) -> Json:
    match value:
        case None | bool() | str():
            return value
        case int():
            return plain(value)  # type: ignore[no-any-return]  # an int stays an int
        case float():
            if not math.isfinite(value):
                raise Refused((None, f"it is {value}, which JSON cannot say"))
            return value
        case list():
            return [_to_json(item) for item in value]
        case dict():
            if not all(isinstance(key, str) for key in value):
                raise Refused((None, "the keys of a map must be strings"))
            # The library's order is random; a payload must be the same every time.
            return {key: _to_json(value[key]) for key in sorted(value)}
        case _:
            raise Refused((None, f"it is {describe(type(value).__name__)}; make it a string by string(…)"))


def contains(pattern: str, text: str) -> bool:
    """Say whether the regular expression (RE2) is found in a text; Refused when it is malformed."""
    from cel_expr_python import cel  # type: ignore[import-untyped]  # as above

    found = _finder().eval(data={PATTERN: pattern, TEXT: text})
    if found.type() != cel.Type.BOOL:
        raise Refused((None, re.sub(_CODE, "", str(found.value()))))
    return bool(found.value())


@lru_cache(maxsize=1)
def _finder() -> "Expression":
    return plain_checker(_COMMON).compile(f"{TEXT}.matches({PATTERN})")


@lru_cache(maxsize=512)
def _compiled(source: str) -> "Expression":
    return runner().compile(source)


def _faults(error: RuntimeError) -> list[tuple[int, int, str]]:
    found = [(int(line), int(column), text) for line, column, text in re.findall(_ERROR, str(error))]
    if found:
        return list(dict.fromkeys(found))
    text = str(error).rsplit(" [", 1)[0]
    return [(-1, -1, re.sub(_CODE, "", text))]


def _offset(fault: tuple[int, int, str], text: str) -> tuple[int | None, str]:
    """Turn a line and column of the text into an offset, None when the library gives none."""
    line, column, message = fault
    if line < 1:
        return None, message
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    return starts[min(line, len(starts)) - 1] + column - 1, message
