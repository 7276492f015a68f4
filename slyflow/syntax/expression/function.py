"""The functions that slyflow adds to CEL: pure, total on their declared types, and few."""

import json
import posixpath
from collections.abc import Callable, Sequence
from typing import Any

from slyflow.record import record


@record(frozen=True)
class Function:
    """A function's typed forms (CEL signature → result type; `~A` is any one type) and what it does.

    It raises ValueError with a sentence for a person when its arguments make no sense.
    """

    name: str
    forms: tuple[tuple[str, str], ...]
    call: Callable[..., Any]

    @property
    def arities(self) -> list[int]:
        """The numbers of arguments it takes."""
        return sorted({_arity(form) for form, _ in self.forms})


def _arity(form: str) -> int:
    depth, count = 0, 1
    for character in form:
        depth += {"<": 1, ">": -1}.get(character, 0)
        count += character == "," and not depth
    return count


def _default(value: Any, other: Any) -> Any:
    return other if value is None else value


def _keyed(values: Sequence[Any], keys: Sequence[Any]) -> list[tuple[Any, int]]:
    """Return (key, index) of the pairs in which neither side is null."""
    if len(values) != len(keys):
        raise ValueError(f"the lists have different lengths, {len(values)} and {len(keys)}")
    pairs = [(k, i) for i, (v, k) in enumerate(zip(values, keys, strict=True)) if None not in (v, k)]
    kinds = {"text" if isinstance(key, str) else "number" for key, _ in pairs}
    if len(kinds) > 1 or any(isinstance(key, list | dict) for key, _ in pairs):
        raise ValueError("the keys cannot be compared with each other")
    return pairs


def _max_by(values: Sequence[Any], keys: Sequence[Any]) -> Any:
    pairs = _keyed(values, keys)
    if not pairs:
        raise ValueError("there is no value to choose from")
    return values[max(pairs, key=lambda pair: (pair[0], -pair[1]))[1]]


def _min_by(values: Sequence[Any], keys: Sequence[Any]) -> Any:
    pairs = _keyed(values, keys)
    if not pairs:
        raise ValueError("there is no value to choose from")
    return values[min(pairs)[1]]


def _sort_by(values: Sequence[Any], keys: Sequence[Any]) -> list[Any]:
    return [values[index] for _, index in sorted(_keyed(values, keys))]


def _stem(path: str) -> str:
    name = posixpath.basename(path.rstrip("/"))
    return posixpath.splitext(name)[0]


def _basename(path: str) -> str:
    return posixpath.basename(path.rstrip("/"))


def _dirname(path: str) -> str:
    return posixpath.dirname(path.rstrip("/"))


def to_json(value: Any) -> str:
    """Return JSON with sorted keys."""
    try:
        return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)
    except TypeError as error:
        raise ValueError("it holds something that JSON cannot say") from error


def _slice(values: Any, start: int, stop: int) -> Any:
    return values[start:stop]


def _flatten(values: Sequence[Any]) -> list[Any]:
    if not all(isinstance(value, list | tuple) for value in values):
        raise ValueError("not every element is a list")
    return [element for value in values for element in value]


def _unique(values: Sequence[Any]) -> list[Any]:
    seen: dict[str, Any] = {}
    for value in values:
        seen.setdefault(to_json(value), value)
    return list(seen.values())


def _sum(values: Sequence[Any]) -> Any:
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        raise ValueError("not every element is a number")
    return sum(values)


def _chunks(values: Sequence[Any], size: int) -> list[list[Any]]:
    if size < 1:
        raise ValueError(f"chunks of {size} elements do not exist")
    return [list(values[at : at + size]) for at in range(0, len(values), size)]


def _merge(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    return {**first, **second}


def _sample(values: Sequence[Any], count: int, seed: int) -> list[Any]:
    """Return `count` elements in their order; the same list and seed always give the same ones."""
    if not 0 <= count <= len(values):
        raise ValueError(f"cannot take {count} of {len(values)} elements")
    import hashlib  # loads OpenSSL, which a check of a file can do without

    lots = [hashlib.sha256(f"{seed}:{index}".encode()).digest() for index in range(len(values))]
    return [values[index] for index in sorted(sorted(range(len(values)), key=lots.__getitem__)[:count])]


_BY = (("list<~A>, list<~B>", "~A"),)

FUNCTIONS = (
    Function(
        "default",
        (("~A, ~A", "~A"), ("int, double", "double"), ("double, int", "double")),
        _default,
    ),
    Function("max_by", _BY, _max_by),
    Function("min_by", _BY, _min_by),
    Function("sort_by", (("list<~A>, list<~B>", "list<~A>"),), _sort_by),
    Function("stem", (("string", "string"),), _stem),
    Function("basename", (("string", "string"),), _basename),
    Function("dirname", (("string", "string"),), _dirname),
    Function("json", (("dyn", "string"),), to_json),
    Function("slice", (("list<~A>, int, int", "list<~A>"), ("string, int, int", "string")), _slice),
    Function("flatten", (("list<list<~A>>", "list<~A>"),), _flatten),
    Function("unique", (("list<~A>", "list<~A>"),), _unique),
    Function("sum", (("list<int>", "int"), ("list<double>", "double")), _sum),
    Function("chunks", (("list<~A>, int", "list<list<~A>>"),), _chunks),
    Function("merge", (("map<~A, ~B>, map<~A, ~B>", "map<~A, ~B>"),), _merge),
    Function("sample", (("list<~A>, int, int", "list<~A>"),), _sample),
)
