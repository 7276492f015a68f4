"""Tests of slyflow.syntax.expression.arithmetic: what is checked before a run holds in the run."""

import math

from hypothesis import given
from hypothesis import strategies as st

from slyflow.model.value import Json
from slyflow.syntax.expression import Declared, Scope, Unknown, check, evaluate
from slyflow.syntax.expression.celtype import of_value
from tests.syntax.expression.build import expression

VALUES: dict[str, Json] = {"i": 3, "d": 0.5, "j": -2, "e": 4.0}


class Names:
    """The params of VALUES."""

    def find(self, path: tuple[str, ...]) -> Declared | Unknown:
        return Declared(of_value(VALUES[path[1]]), 2)


_LEAVES = st.sampled_from(["params.i", "params.d", "params.j", "params.e", "7", "2.5"])
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
    max_leaves=6,
)


@given(_TREES)
def test_arithmetic_gives_the_type_and_the_value_it_should(source: str) -> None:
    kind, problems = check(expression(source), Names())
    result = evaluate(expression(source), Scope(params=VALUES))
    assert problems == []
    assert kind == of_value(result)
    assert isinstance(result, int | float)
    assert math.isclose(result, eval(source.replace("params.", ""), {}, dict(VALUES)))


@given(_TREES, _TREES, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
def test_integers_and_numbers_compare(left: str, right: str, sign: str) -> None:
    source = f"{left} {sign} {right}"
    kind, problems = check(expression(source), Names())
    assert (problems, str(kind)) == ([], "a boolean")
    result = evaluate(expression(source), Scope(params=VALUES))
    assert result is eval(source.replace("params.", ""), {}, dict(VALUES))
