"""Values of a program become JSON of the params' types, or are refused with their places."""

from collections import OrderedDict
from pathlib import Path

import pytest

from slyflow.errors import UsageError
from slyflow.model.pipeline import Param
from slyflow.problem import Span
from slyflow.python.given import values_of

SPAN = Span("p.yaml", 1, 1, 1, 1)
PARAMS = {
    "word": Param("word", "string", {"type": "string"}, required=True, span=SPAN),
    "count": Param("count", "integer", {"type": "integer"}, required=False, default=3, span=SPAN),
    "tree": Param("tree", "object", {"type": "object"}, required=False, default={}, span=SPAN),
    "list": Param("list", "array", {"type": "array"}, required=False, default=[], span=SPAN),
}


def test_values_keep_their_types_and_defaults_fill_the_rest() -> None:
    given = {"word": Path("a/b"), "tree": OrderedDict(x=(1, None, True, 0.5))}
    assert values_of(PARAMS, given) == {
        "word": "a/b",
        "count": 3,
        "tree": {"x": [1, None, True, 0.5]},
        "list": [],
    }


def test_a_text_is_read_as_on_the_command_line() -> None:
    assert values_of(PARAMS, {"word": "7", "count": "7", "list": "[1]"})["count"] == 7


def test_what_is_given_is_not_shared() -> None:
    inner: dict[str, object] = {"x": 1}
    values = values_of(PARAMS, {"word": "w", "tree": inner})
    inner["x"] = 2
    assert values["tree"] == {"x": 1}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (b"x", 'param "tree" is a bytes, expected a JSON value'),
        ({1: 2}, 'a key of param "tree" is a int, expected a string'),
        ({"a": {"b": object()}}, 'b in a in param "tree" is a object, expected a JSON value'),
        ({"a": [1, float("nan")]}, 'item 1 of a in param "tree" is nan, which is no JSON'),
        ({"a": {1}}, 'a in param "tree" is a set, expected a JSON value'),
    ],
)
def test_what_is_no_json_is_refused(value: object, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        values_of(PARAMS, {"word": "w", "tree": value})
    assert caught.value.message == message


def test_everything_wrong_is_told_with_how_to_give_values() -> None:
    with pytest.raises(UsageError) as caught:
        values_of(PARAMS, {"wrod": "x", "count": "many"})
    assert len(caught.value.message.split("\n")) == 3
    assert caught.value.hint == "give values as {name: value}; this pipeline has count, list, tree, word"
    assert "-p" not in str(caught.value.hint)
    with pytest.raises(UsageError) as caught:
        values_of({}, {"word": "x"})
    assert caught.value.hint == "this pipeline has no params"
