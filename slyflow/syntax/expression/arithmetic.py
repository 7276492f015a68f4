"""The operators of CEL whose forms slyflow declares itself, so that integers and numbers mix.

An app that reports 1 where it usually reports 0.97 must not make `map * 100.0` fail after a day of training.
"""

import operator
from collections.abc import Callable

from slyflow.record import record

Form = tuple[str, str, str]
"""Types of the two operands, and of the result."""


@record(frozen=True)
class Operator:
    """An operator by the library's name: the forms it has by itself, and how it mixes int and double.

    `mix` None = the library compares the two as they are, once that is declared.
    """

    name: str
    forms: tuple[Form, ...]
    mix: Callable[[float, float], float] | None = None

    @property
    def mixed(self) -> tuple[Form, ...]:
        """The forms that take an integer with a number."""
        result = "bool" if self.mix is None else "double"
        return (("int", "double", result), ("double", "int", result))

    @property
    def is_generic(self) -> bool:
        """Whether one of its forms is for any type."""
        return any("~" in result or "~" in a for a, _, result in self.forms)

    @property
    def word(self) -> str:
        """A name for its overloads."""
        return _WORDS[self.name]


_WORDS = {
    "_<_": "less",
    "_<=_": "less_equal",
    "_>_": "greater",
    "_>=_": "greater_equal",
    "_==_": "equal",
    "_!=_": "not_equal",
    "_+_": "add",
    "_-_": "subtract",
    "_*_": "multiply",
    "_/_": "divide",
}
_NUMBERS: tuple[Form, ...] = (("int", "int", "int"), ("double", "double", "double"), ("uint", "uint", "uint"))
_ORDERED = ("bool", "int", "uint", "double", "string", "bytes", "timestamp", "duration")


def _divide(a: float, b: float) -> float:
    if b == 0:
        raise ValueError("divide by zero")
    return a / b


def _comparisons() -> tuple[Operator, ...]:
    ordered = tuple((one, one, "bool") for one in _ORDERED)
    same: tuple[Form, ...] = (("~A", "~A", "bool"),)
    return (
        *(Operator(name, ordered) for name in ("_<_", "_<=_", "_>_", "_>=_")),
        *(Operator(name, same) for name in ("_==_", "_!=_")),
    )


OPERATORS = (
    *_comparisons(),
    Operator(
        "_+_",
        (
            *_NUMBERS,
            ("string", "string", "string"),
            ("bytes", "bytes", "bytes"),
            ("list<~A>", "list<~A>", "list<~A>"),
            ("timestamp", "duration", "timestamp"),
            ("duration", "timestamp", "timestamp"),
            ("duration", "duration", "duration"),
        ),
        operator.add,
    ),
    Operator(
        "_-_",
        (
            *_NUMBERS,
            ("timestamp", "timestamp", "duration"),
            ("timestamp", "duration", "timestamp"),
            ("duration", "duration", "duration"),
        ),
        operator.sub,
    ),
    Operator("_*_", _NUMBERS, operator.mul),
    Operator("_/_", _NUMBERS, _divide),
)
