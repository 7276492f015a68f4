"""Tests of slyflow.syntax.expression.checking: types, places and messages."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from slyflow.model.value import Expression
from slyflow.syntax.expression import Declared, Unknown, check
from slyflow.syntax.expression.celtype import BOOL, DOUBLE, DYN, INT, STRING, Type
from tests.syntax.expression.build import expression, span


@dataclass(frozen=True)
class Table:
    """Two-segment names with their types."""

    types: Mapping[str, Type]

    def find(self, path: tuple[str, ...]) -> Declared | Unknown:
        name = ".".join(path[:2])
        if name in self.types:
            return Declared(self.types[name], 2)
        return Unknown(f'unknown name "{name}"', "unknown-name", min(1, len(path) - 1))


NAMES = Table(
    {
        "p.i": INT,
        "p.d": DOUBLE,
        "p.s": STRING,
        "p.b": BOOL,
        "p.any": DYN,
        "p.l": Type("list<double>"),
        "p.m": Type("map<string, list<int>>"),
        "p.n": Type("int", nullable=True),
        "p.no": Type("string", nullable=True),
    }
)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("p.i", "int"),
        ("p.m.a", "list<int>"),
        ("p.any.x.y", "dyn"),
        ("p.i + 1", "int"),
        ("p.i + 1.5 - p.n * 2.0 / 3", "double"),
        ("p.l.map(x, x * 2)", "list<double>"),
        ("p.l + [1.0]", "list<double>"),
        ("[timestamp('2020-01-01T00:00:00Z') + duration('1h')].map(t, string(t))", "list<string>"),
        ("p.i < p.d && p.d == 2 && 1 != 1.5", "bool"),
        ("p.n > 1.5 || p.n == null", "bool"),
        ("p.no == 'x'", "bool"),
        ("p.any == '3'", "bool"),
        ("p.l.map(p, p * 2.0)", "list<double>"),
        ("p.l.map(x, x > p.i)", "list<bool>"),
        ("default(p.n, 3)", "int"),
        ("default(p.any, 3)", "dyn"),
        ("max_by(p.m.a, p.l)", "int"),
        ("sort_by(['a'], [1])", "list<string>"),
        ("sum(p.l)", "double"),
        ("chunks(p.l, 2)", "list<list<double>>"),
        ("flatten([p.l])", "list<double>"),
        ("merge({'a': 1}, {'b': 2})", "map<string, int>"),
        ("slice(p.s, 0, 1)", "string"),
        ("json(p.m)", "string"),
        ("stem(p.s) + basename(p.s)", "string"),
        ("p.m[?'x'].orValue([1])", "list<int>"),
        ("has(p.m.x) ? p.s : string(p.i)", "string"),
        ("cel.bind(x, p.i, x + x)", "int"),
        ("math.greatest(p.i, 3)", "int"),
    ],
)
def test_sound_expressions_have_a_type(source: str, name: str) -> None:
    kind, problems = check(expression(source), NAMES)
    assert problems == []
    assert kind is not None
    assert kind.name == name


@pytest.mark.parametrize(
    ("source", "column", "said"),
    [
        ("p.x", 3, 'unknown name "p.x"'),
        ("p.i + p.y", 9, 'unknown name "p.y"'),
        ("'é𝒳' + q", 8, 'unknown name "q"'),
        ("p.i.x", 5, '"p.i" is an integer, it has no field "x"'),
        ("p.i == '5'", 5, "cannot compare an integer with a string"),
        ("'55' == 55", 6, "cannot compare a string with an integer"),
        ("p.i == null", 5, "cannot compare an integer with null"),
        ("p.s + 1", 5, "+ does not take a string and an integer"),
        ("p.i % 1.5", 5, "% does not take an integer and a number"),
        ("-p.s", 1, "- does not take a string"),
        ("p.s in p.l", 5, "in does not take a string and a list"),
        ("p.l['a']", 4, "a list cannot be indexed by a string"),
        ("p.i ? 1 : 2", 5, "the condition before ? is an integer, expected a boolean"),
        ("p.b ? 1 : 'a'", 5, "the two results of ? : have different types: an integer and a string"),
        ("stem(p.i)", 1, "stem() does not take an integer"),
        ("size(p.i)", 1, "size() does not take an integer"),
        ("default(1)", 1, "default() takes 2 arguments"),
        ("default(p.n, 'a')", 1, "default() does not take an integer, a string"),
        ("maxby(p.l, p.l)", 1, 'unknown function "maxby", did you mean "max_by"?'),
        ("math.gratest(1, 2)", 6, 'unknown function "gratest", did you mean "greatest"?'),
        ("size()", 1, "size() is not called like this"),
        ("has(p.i)", 5, "has() asks for a field inside a map"),
        ("p.s.x + ''.y", 4, "a string has no fields"),
        ("timestamp('2020-01-01T00:00:00Z')", 1, "the result is a timestamp, which JSON cannot say"),
        ("p.l[?0]", 1, "the result is an optional value, or holds one"),
        ("{1: 2}", 1, "the keys of a map must be strings"),
        ("p.i +", 6, "the expression ends too early"),
        ("p.i & 1", 5, 'syntax error: unexpected "&"'),
        ("p.b and true", 5, 'syntax error: unexpected "and"'),
        ("p.i = 1", 5, 'syntax error: unexpected "="'),
        ("(p.i", 5, 'syntax error: ")" is missing at its end'),
        ('"abc', 1, "the string is not closed"),
        ("1\n+ p.i\n+ nope", 3, 'unknown name "nope"'),
        ("1 p.i", 3, 'syntax error: unexpected "p.i"'),
        ("''.__class__", 3, "a string has no fields"),
        ("{{7*7}}", 6, 'syntax error: unexpected "}"'),
    ],
)
def test_problems_stand_at_their_column(source: str, column: int, said: str) -> None:
    kind, problems = check(expression(source, column=1), NAMES)
    assert kind is None
    assert problems[0].span.column == column
    assert problems[0].text.startswith(said)


def test_a_problem_in_a_string_with_escapes_stands_where_the_file_has_it() -> None:
    places = ((1, 20), (1, 21), (1, 22), (1, 23), (1, 24), (2, 5), (2, 6), (2, 7))
    found = Expression("p.i+p.z", span(), places)
    _, (problem,) = check(found, NAMES)
    assert (problem.span.line, problem.span.column) == (2, 6)


def test_all_problems_of_an_expression_come_together() -> None:
    _, problems = check(expression("p.x + p.y > stem(p.i) && foo(1)"), NAMES)
    assert [problem.slug for problem in problems] == [
        "unknown-name",
        "unknown-name",
        "expression-type",
        "expression-type",
    ]


def test_what_cannot_be_read_has_one_problem() -> None:
    _, problems = check(expression("p.x + + ) nope ("), NAMES)
    assert [problem.slug for problem in problems] == ["expression-syntax"]


def test_deep_nesting_is_refused() -> None:
    for source in ("(" * 40 + "1" + ")" * 40, "[" * 40 + "]" * 40, "+".join("1" * 60)):
        _, problems = check(expression(source), NAMES)
        assert "more than 32 deep" in problems[0].message


def test_an_endless_expression_is_not_compiled_and_not_reported_twice() -> None:
    assert check(expression("p.x +" * 300), NAMES) == (None, [])


def test_hints_say_what_to_write() -> None:
    _, (problem,) = check(expression("p.s + 1"), NAMES)
    assert problem.hint == "write string(…), int(…) or double(…) around one of them"
    _, (problem,) = check(expression("p.b and true"), NAMES)
    assert problem.hint == "write && for and"
