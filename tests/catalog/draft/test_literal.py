"""What is written for a value is, when a step is launched, that value."""

from typing import Any

import pytest

from slyflow.catalog.draft.literal import literal, same
from slyflow.syntax.emit import Block, Code, Entry, emit
from slyflow.syntax.expression import Scope, evaluate
from slyflow.syntax.load import load_source


@pytest.mark.parametrize(
    "value",
    [
        {"from_file": "x"},
        {"a": [{"from_file": "no/such", "b": [1, 2.5, None, True, 'say "hi"\n', "${{ x }}", "}}", {}]}]},
        {"plain": {"deep": ["${{ params.x }}", "$${{"]}},
    ],
)
def test_an_app_gets_exactly_the_value(value: Any) -> None:
    step = Block((Entry("app", "a/b@v1"), Entry("arguments", {"given": literal(value)})))
    text = emit(Block((Entry("slyflow", 1), Entry("steps", Block((Entry("one", step),))))))
    loaded = load_source(text, "written.yaml", {})
    assert loaded.pipeline is not None, (text, loaded.problems)
    action: Any = loaded.pipeline.steps["one"].action
    assert same(evaluate(action.arguments["given"].value, Scope({}), {}), value)


def test_only_a_map_that_would_be_read_as_a_file_is_an_expression() -> None:
    assert literal({"a": {"b": (1, "x")}}) == {"a": {"b": [1, "x"]}}
    assert isinstance(literal({"from_file": 1}), Code)


def test_equal_numbers_of_other_kinds_are_not_the_same() -> None:
    assert same({"a": 1, "b": [True]}, {"b": (True,), "a": 1})
    assert not same(1, 1.0)
    assert not same(1, True)
    assert not same("1", 1)
