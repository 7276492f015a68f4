"""Tests of slyflow.syntax.expression.library: its two checking environments agree."""

import pytest

from slyflow.syntax.expression import environment, library
from slyflow.syntax.expression.celtype import BOOL, DOUBLE, DYN, INT, STRING, Type
from slyflow.syntax.expression.hollow import cut
from slyflow.syntax.expression.scanner import scan

TYPES = (
    BOOL,
    DOUBLE,
    DYN,
    INT,
    STRING,
    Type("int", nullable=True),
    Type("list<double>"),
    Type("list<dyn>"),
    Type("map<string, dyn>"),
)
SOURCES = [
    *(
        f"p.a {sign} p.b"
        for sign in ("+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!=", "in", "&&", "||")
    ),
    "!p.a",
    "-p.a",
    "p.a[p.b]",
    "p.a[0]",
    "p.a.field",
    "p.a ? p.b : p.a",
    "[p.a, p.b]",
    '{"a": p.a, "b": p.b}',
    "size(p.a)",
    "p.a.size() + p.b",
    "p.a.startsWith(p.b)",
    "p.a.matches(p.b)",
    "int(p.a) + double(p.b)",
    "string(p.a)",
    "p.a.map(x, x == p.b)",
    "p.a.filter(x, x > p.b)",
    "p.a.exists(x, x == p.b)",
    "has(p.a.x) && p.b == 1",
    "type(p.a)",
    "timestamp(p.a) - timestamp(p.b)",
    "duration(p.a)",
    # What only the slower environment has.
    "default(p.a, p.b)",
    "json(p.a)",
    "p.a.join(p.b)",
    "math.greatest(p.a, p.b)",
    "cel.bind(x, p.a, x == p.b)",
    "optional.of(p.a).orValue(p.b)",
    "p.a.?field",
    "unheard_of(p.a)",
]


@pytest.mark.parametrize("source", SOURCES)
def test_what_the_quick_environment_accepts_has_the_same_type_in_the_full_one(source: str) -> None:
    pool = library._pool(TYPES)
    references = scan(source)
    hollow = cut(source, references, [2 for _ in references])
    for a in TYPES:
        for b in TYPES:
            names = {"p.a": pool.index(a.signature), "p.b": pool.index(b.signature)}
            text = hollow.filled(
                [f"{environment.PREFIX}{names['.'.join(one.path[:2])]}" for one in references]
            )
            try:
                quick = environment.plain_checker(pool).compile(text).return_type().name()
            except RuntimeError:
                continue
            assert quick == environment.full_checker(pool).compile(text).return_type().name(), text


def test_a_fault_is_told_as_the_full_environment_tells_it() -> None:
    source = cut("1 + default(1)", (), ())
    with pytest.raises(library.Refused) as caught:
        library.type_of(source, ())
    assert "default" in str(caught.value)


def test_patterns_and_expressions_share_one_environment() -> None:
    assert library.contains("^a+$", "aaa")
    assert not library.contains("^a+$", "aab")
    with pytest.raises(library.Refused):
        library.contains("(", "")
