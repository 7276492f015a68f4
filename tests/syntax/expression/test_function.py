"""Tests of slyflow.syntax.expression.function, called the way a pipeline calls them."""

import pytest

from slyflow.errors import ExpressionError
from slyflow.model.value import Json
from slyflow.syntax.expression import Scope, evaluate
from slyflow.syntax.expression.function import FUNCTIONS
from tests.syntax.expression.build import expression

SCOPE = Scope(params={"none": None, "l": [3, None, 1, 2], "w": ["c", "x", "a", None]})


def give(source: str) -> Json:
    return evaluate(expression(source), SCOPE)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("default(params.none, 3)", 3),
        ("default(0, 3)", 0),
        ("max_by(['a', 'b', 'c'], [1, 3, 3])", "b"),
        ("max_by(['a', 'b'], [1, 2.5])", "b"),
        ("min_by(['a', 'b', 'c'], [2, 1, 1])", "b"),
        ("max_by(params.w, params.l)", "c"),
        ("min_by(params.w, params.l)", "a"),
        ("sort_by(params.w, params.l)", ["a", "c"]),
        ("sort_by([1, 2, 3], ['b', 'c', 'a'])", [3, 1, 2]),
        ("stem('/a/b.tar.gz')", "b.tar"),
        ("stem('/a/.hidden')", ".hidden"),
        ("basename('/a/b/')", "b"),
        ("dirname('/a/b.pt')", "/a"),
        ("json({'b': 'é', 'a': [1, 2.5, null, true]})", '{"a": [1, 2.5, null, true], "b": "é"}'),
        ("slice([1, 2, 3, 4], 1, 3)", [2, 3]),
        ("slice('abcdef', -2, 6)", "ef"),
        ("slice([1], 5, 9)", []),
        ("flatten([[1], [], [2, [3]]])", [1, 2, [3]]),
        ("unique([1, 'a', 1, 'a', [1], [1]])", [1, "a", [1]]),
        ("sum([1, 2])", 3),
        ("sum([1, 2.5])", 3.5),
        ("sum([])", 0),
        ("chunks([1, 2, 3], 2)", [[1, 2], [3]]),
        ("merge({'a': 1, 'b': 1}, {'b': 2})", {"a": 1, "b": 2}),
        ("sample([1, 2, 3], 0, 1)", []),
        ("sample([1, 2, 3], 3, 1)", [1, 2, 3]),
    ],
)
def test_functions_do_what_they_say(source: str, expected: Json) -> None:
    assert give(source) == expected


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("max_by([1], [1, 2])", "different lengths, 1 and 2"),
        ("max_by([], [])", "there is no value to choose from"),
        ("min_by([1], [params.none])", "there is no value to choose from"),
        ("max_by([1, 2], ['a', 1])", "cannot be compared"),
        ("sort_by([1, 2], [[1], [2]])", "cannot be compared"),
        ("flatten([1])", "not every element is a list"),
        ("sum([true])", "not every element is a number"),
        ("chunks([1], 0)", "chunks of 0 elements"),
        ("sample([1], 2, 0)", "cannot take 2 of 1 elements"),
        ("json(b'x')", "JSON cannot say"),
        ("merge([1], {'a': 1})", "merge()"),
        ("default(1)", "default() takes 2 arguments"),
    ],
)
def test_senseless_arguments_are_explained(source: str, said: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        give(source)
    assert said in caught.value.message


def test_a_sample_depends_on_its_seed_alone() -> None:
    samples = [give(f"sample([1, 2, 3, 4, 5, 6, 7, 8, 9], 4, {seed})") for seed in (1, 1, 2, 3)]
    assert samples[0] == samples[1] == [5, 7, 8, 9]
    assert len({str(sample) for sample in samples}) == 3


def test_every_function_has_one_name() -> None:
    assert len({function.name for function in FUNCTIONS}) == len(FUNCTIONS)
