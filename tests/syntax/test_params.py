"""Values given to params, and the defaults in the file."""

import pytest

from slyflow.errors import UsageError
from slyflow.model.value import Json
from slyflow.syntax.load import load_source
from slyflow.syntax.params import bind

PARAMS = """
  folder: {type: string, pattern: "^/", max_length: 8}
  count: {type: integer, default: 3, minimum: 1}
  share: {type: number, default: 0.5, maximum: 1}
  quick: {type: boolean, default: false}
  sizes: {type: array, items: {type: integer}, min_items: 1, default: [1]}
  options:
    type: object
    properties: {mode: {type: string, enum: [fast, good]}}
    required: [mode]
    default: {mode: fast}
"""


def bound(given: dict[str, Json], params: str = PARAMS) -> dict[str, Json]:
    loaded = load_source(f"slyflow: 1\nparams:{params}\nsteps: {{a: {{values: {{x: 1}}}}}}\n", "f.yaml", {})
    assert loaded.pipeline is not None, loaded.problems
    return bind(loaded.pipeline.params, given)


def test_defaults_stand_in_for_what_is_not_given() -> None:
    assert bound({"folder": "/a"}) == {
        "folder": "/a",
        "count": 3,
        "share": 0.5,
        "quick": False,
        "sizes": [1],
        "options": {"mode": "fast"},
    }


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("count", "12", 12),
        ("count", 12, 12),
        ("count", "2.0", 2),
        ("share", "1", 1),
        ("share", "1e-3", 0.001),
        ("quick", "true", True),
        ("sizes", "[1, 2]", [1, 2]),
        ("options", '{"mode": "good", "more": null}', {"mode": "good", "more": None}),
        ("folder", "/1", "/1"),
    ],
)
def test_text_is_read_as_the_declared_type(name: str, given: Json, value: Json) -> None:
    found = bound({"folder": "/a", name: given})[name]
    assert found == value
    assert type(found) is type(value)


def test_string_stays_text_whatever_it_looks_like() -> None:
    assert bound({"x": "012"}, "\n  x: {type: string}")["x"] == "012"
    assert bound({"x": "true"}, "\n  x: {type: string}")["x"] == "true"
    assert bound({"x": ""}, "\n  x: {type: string}")["x"] == ""


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("count", "x", 'param "count" must be a whole number, not the text "x"'),
        ("count", "1.5", "whole number"),
        ("count", "0", "at least 1"),
        ("count", "1" * 5_000, "too long"),
        ("count", "true", "whole number"),
        ("count", "", "whole number"),
        ("share", "1.01", "at most 1"),
        ("share", ".nan", "JSON"),
        ("quick", "yes", "true or false"),
        ("sizes", "[]", "not empty"),
        ("sizes", '[1, "b"]', '"[1]" in param "sizes" must be a whole number'),
        ("sizes", "1,2", 'such as ["a", "b"]'),
        ("sizes", "[NaN]", "NaN"),
        ("options", "{}", 'needs "mode"'),
        ("options", '{"mode": "slow"}', "fast or good"),
        ("folder", "a", '"^/"'),
        ("folder", "/23456789", "at most 8"),
        ("fodler", "/a", 'did you mean "folder"?'),
    ],
)
def test_unfit_value_is_refused_by_name(name: str, given: Json, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        bound({"folder": "/a", name: given})
    assert says in caught.value.message


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        bound({"count": "x", "nope": "1"})
    assert len(caught.value.message.splitlines()) == 3
    assert "count, folder" in str(caught.value.hint)


def test_pipeline_without_params_takes_none() -> None:
    assert bind({}, {}) == {}
    with pytest.raises(UsageError) as caught:
        bind({}, {"a": "1"})
    assert "no params" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("pattern", "text"), [("(a+)+$", "a" * 40 + "!"), ("(a|a)*b", "a" * 40), ("(.*)*x", "a" * 40)]
)
def test_pattern_cannot_hang_the_check(pattern: str, text: str) -> None:
    with pytest.raises(UsageError):
        bound({"x": text}, f"\n  x: {{type: string, pattern: '{pattern}'}}")
