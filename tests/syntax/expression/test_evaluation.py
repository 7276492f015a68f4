"""Tests of slyflow.syntax.expression.evaluation."""

import subprocess
import sys

import pytest

from slyflow.errors import ExpressionError
from slyflow.model.artifact import Artifact, Computed, Kind
from slyflow.model.run import StepResult, StepStatus
from slyflow.model.value import Dynamic, FromFile, Json
from slyflow.secret import Secret
from slyflow.syntax.expression import Scope, evaluate
from tests.syntax.expression.build import expression, span, template

PROJECT = Artifact(Kind.PROJECT, id=5, name="lemons", url="/projects/5")
SCOPE = Scope(
    params={"x": 2, "y": 0.5, "s": "hi", "l": [3, 1, 2], "m": {"a": {"b": [1, None]}}, "t": True},
    secrets={"TOKEN": Secret("hush-hush")},
    run={"id": "r1"},
    steps={
        "a": StepResult(
            StepStatus.SUCCEEDED,
            {"images": PROJECT, "found": Computed({"name": "n", "k": 7}), "gone": None},
            session_id=99,
        ),
        "bad": StepResult(StepStatus.FAILED, {"images": PROJECT}),
    },
    task={"meta": {"output": {}}},
)


def give(source: str, scope: Scope = SCOPE) -> Json:
    return evaluate(expression(source), scope)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("params.x", 2),
        ("params.m.a.b", [1, None]),
        ("secrets.TOKEN", "hush-hush"),
        ("steps.a.outputs.images", 5),
        ("steps.a.outputs.images.name", "lemons"),
        ("steps.a.outputs.found", {"name": "n", "k": 7}),
        ("steps.a.outputs.found.name", "n"),
        ("steps.a.outputs.gone", None),
        ("steps.a.outputs.gone.name", None),
        ("steps.a.outputs.session", 99),
        ("steps.bad.outputs.images", None),
        ("steps.bad.failed", True),
        ("steps.a.status", "succeeded"),
        ("task.meta.output", {}),
    ],
)
def test_a_bare_name_gives_its_value(source: str, expected: Json) -> None:
    assert give(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("params.x + 1", 3),
        ("params.y * 4.0", 2.0),
        ("params.y * params.x + 1", 2.0),
        ("1 - 0.5 + params.x / 0.5", 4.5),
        ("params.l + [4]", [3, 1, 2, 4]),
        ("7 / 2", 3),
        ("string(timestamp('2020-01-01T00:00:00Z') + duration('1h'))", "2020-01-01T01:00:00Z"),
        ("params.x > params.y", True),
        ("1 < 1.5 && 2.0 == 2", True),
        ("steps.a.outputs.images.name + '-params.x'", "lemons-params.x"),
        ("params.l.map(params, params * 2)", [6, 2, 4]),
        ("params.l.map(x, x * params.x)", [6, 2, 4]),
        ("cel.bind(x, params.x, x + x)", 4),
        ("params.m.a.b[1] == null", True),
        ("has(params.m.a.q)", False),
        ("params.l[?9].orValue(4)", 4),
        ("task.meta.?output.?project.?id.orValue(0)", 0),
        ("'a,b'.split(',')", ["a", "b"]),
        ("math.greatest(params.x, 5)", 5),
        ("{'b': 1, 'a': [params.x]}", {"a": [2], "b": 1}),
        ("default(steps.bad.outputs.images, 3)", 3),
        ("params.t ? 'yes' : 'no'", "yes"),
    ],
)
def test_cel_computes(source: str, expected: Json) -> None:
    result = give(source)
    assert result == expected
    assert type(result) is type(expected)


def test_maps_come_out_with_sorted_keys() -> None:
    keys = [f"k{index}" for index in range(30)]
    source = "{" + ", ".join(f"'{key}': 1" for key in reversed(keys)) + "}"
    assert list(give(source)) == sorted(keys)  # type: ignore[arg-type]  # it is a map


def test_a_string_keeps_text_numbers_and_booleans() -> None:
    value = template("x=", expression("params.x"), " ", expression("params.y"), " ", expression("params.t"))
    assert evaluate(value, SCOPE) == "x=2 0.5 true"


@pytest.mark.parametrize(
    ("number", "text"), [("2.0", "2"), ("0.1", "0.1"), ("1e20", "1e+20"), ("-0.5", "-0.5")]
)
def test_numbers_in_a_string_take_their_shortest_form(number: str, text: str) -> None:
    assert evaluate(template("", expression(f"{number} * 1.0")), SCOPE) == text


@pytest.mark.parametrize("source", ["params.l", "params.m", "steps.a.outputs.gone"])
def test_lists_maps_and_null_in_a_string_point_to_json(source: str) -> None:
    with pytest.raises(ExpressionError, match=r"p\.yaml:3:7: .* cannot stand inside a string; write json"):
        evaluate(template("a ", expression(source)), SCOPE)


def test_trees_are_filled_in_everywhere_and_results_are_never_read_again() -> None:
    said = StepResult(StepStatus.SUCCEEDED, {"said": Computed("${{ env.API_TOKEN }}")})
    scope = Scope(
        params={"evil": "${{ secrets.TOKEN }}", "yaml": "!!python/object:os.system x: 1"}, steps={"a": said}
    )
    value: Dynamic = {
        "a": [expression("params.evil"), {"b": template(expression("params.yaml"), "!")}],
        "c": None,
        "d": expression("steps.a.outputs.said"),
    }
    assert evaluate(value, scope) == {
        "a": ["${{ secrets.TOKEN }}", {"b": "!!python/object:os.system x: 1!"}],
        "c": None,
        "d": "${{ env.API_TOKEN }}",
    }


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("params.m.z", '"params.m" has no field "z"'),
        ("params.s.z", '"params.s" is a string, it has no field "z"'),
        ("nope.x", 'unknown name "nope.x"'),
        ("nope.x + 1", 'unknown name "nope.x"'),
        ("session.id", 'unknown name "session.id"'),
        ("1/0", "divide by zero"),
        ("params.y / 0", "divide by zero"),
        ("9223372036854775807 + params.x", "integer overflow"),
        ("steps.bad.outputs.images + 1", "+ does not take null and an integer"),
        ("params.l[9]", "the list has 3 elements, there is none at index 9"),
        ("params.m.a.q + 1", "Key not found in map"),
        ("has(params.x)", "has() asks for a field inside a map"),
        ("params.l[?9]", "optional value"),
        ("[params.l[?9]]", "optional value"),
        ("timestamp('2020-01-01T00:00:00Z')", "a timestamp"),
        ("{1: 2}", "the keys of a map must be strings"),
        ("1.0 / 0.0", "it is inf"),
        ("'55' == 55", "cannot compare a string with an integer"),
        ("1 +", "the expression ends too early"),
        ("foo(1)", 'unknown function "foo"'),
        ("sum(['a'])", "sum(): not every element is a number"),
        ("stem(params.l)", "stem() does not take a list"),
        ("params.l.map(a, params.l.map(b, params.l.map(c, params.l.map(d, [1,2,3,4,5,6,7,8,9].map(e, "
         "[1,2,3,4,5,6,7,8,9].map(f, [1,2,3].map(g, a)))))))", "Iteration budget exceeded"),
        ("'" + "a" * 1000 + "'", "longer than 1000 characters"),
        ("''.__class__.__mro__", "has no fields"),
        ('"%1000000000d".format([1])', "unrecognized formatting clause"),
    ],
)  # fmt: skip
def test_failures_name_the_place_and_the_reason(source: str, said: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        give(source)
    assert caught.value.message.startswith("p.yaml:3:7: ")
    assert said in caught.value.message


def test_the_text_of_a_failure_is_never_a_value() -> None:
    with pytest.raises(ExpressionError):
        evaluate(template("a", expression("string(1 / 0)")), SCOPE)


def test_a_failure_does_not_tell_a_secret() -> None:
    with pytest.raises(ExpressionError) as caught:
        give("params.m[secrets.TOKEN]")
    assert "hush" not in caught.value.message
    assert "hush" not in repr(SCOPE)


def test_integers_beyond_64_bits_are_refused() -> None:
    with pytest.raises(ExpressionError, match="64 bits"):
        give("params.big + 1", Scope(params={"big": 2**63}))


def test_files_give_text_or_what_they_say() -> None:
    files = {"a.json": '{"x": [1, 2.5, null]}', "b.txt": "${{ params.x }}", "c.yaml": "on: [no, 012, 1e-4]"}
    assert evaluate(FromFile("a.json", "json", span()), SCOPE, files) == {"x": [1, 2.5, None]}
    assert evaluate(FromFile("c.yaml", "yaml", span()), SCOPE, files) == {"on": ["no", "012", 0.0001]}
    assert evaluate({"k": FromFile("b.txt", "text", span())}, SCOPE, files) == {"k": "${{ params.x }}"}


@pytest.mark.parametrize("text", ["{", '{"a": NaN}', "[" * 100_000])
def test_a_file_that_is_not_json_is_named(text: str) -> None:
    with pytest.raises(ExpressionError, match=r'p\.yaml:3:7: "a\.json" is not JSON'):
        evaluate(FromFile("a.json", "json", span()), SCOPE, {"a.json": text})


def test_a_file_that_is_not_yaml_is_named_with_its_line() -> None:
    with pytest.raises(ExpressionError, match=r'p\.yaml:3:7: "a\.yaml" cannot be read: 2:1: .*twice'):
        evaluate(FromFile("a.yaml", "yaml", span()), SCOPE, {"a.yaml": "a: 1\na: 2\n"})
    with pytest.raises(ExpressionError, match="was not read"):
        evaluate(FromFile("b.yaml", "yaml", span()), SCOPE)


def test_bare_names_do_not_load_the_library() -> None:
    program = (
        "import sys\n"
        "from slyflow.model.value import Expression\n"
        "from slyflow.problem import Span\n"
        "from slyflow.syntax.expression import Scope, evaluate\n"
        "e = Expression('params.a.b', Span('f', 1, 1, 1, 2))\n"
        "assert evaluate(e, Scope(params={'a': {'b': 7}})) == 7\n"
        "assert not any(name.startswith('cel_expr_python') for name in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
