"""Tests of slyflow.syntax.expression.scanner."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.syntax.expression.scanner import bare, scan


def names(source: str) -> list[str]:
    return [str(reference) for reference in scan(source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("params.x", ["params.x"]),
        (" params . x ", ["params.x"]),
        (".params.x", ["params.x"]),
        ("steps.a.outputs.b.name + params.x", ["steps.a.outputs.b.name", "params.x"]),
        ("steps.for.outputs.if", ["steps.for.outputs.if"]),
        ("params.x.size() + size(params.y)", ["params.x", "params.y"]),
        ("task.meta['x'].y[params.z]", ["task.meta", "params.z"]),
        ("response.?a.?b.orValue(params.x)", ["response", "params.x"]),
        ("params.a ? params.b : params.c", ["params.a", "params.b", "params.c"]),
        ("params.x in params.l && true && null == false", ["params.x", "params.l"]),
        ("math.greatest(params.x, 1) + optional.of(2).value()", ["params.x"]),
        ("type(params.x) == int", ["params.x"]),
        ("{'params.no': params.yes}", ["params.yes"]),
        ("{params.k: 1}", ["params.k"]),
        ("1.5e3 + 0x1F + 7u + params.x", ["params.x"]),
    ],
)
def test_names_are_found_in_order(source: str, expected: list[str]) -> None:
    assert names(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "'params.x'",
        '"a \\" params.x"',
        "r'\\' + r\"params.x\"",
        "'''it's params.x'''",
        '"""say "params.x" """',
        "b'params.x'",
        "1 // params.x",
    ],
)
def test_strings_and_comments_name_nothing(source: str) -> None:
    assert names(source) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("params.l.map(x, x.name + params.y)", ["params.l", "params.y"]),
        ("params.l.map(params, params.x)", ["params.l"]),
        ("params.l.map(x, x) + x", ["params.l", "x"]),
        ("params.l.map(x, .x)", ["params.l", "x"]),
        ("[[1]].all(x, x.exists(y, y > x.z)) && y", ["y"]),
        ("cel.bind(x, params.x, x + 1)", ["params.x"]),
        ("cel.bind(x, x.y, x.z)", ["x.y"]),
        ("[1].filter(x, [x].map(y, y + x) == [x])", []),
        ("map(x, x)", ["x", "x"]),
    ],
)
def test_a_variable_of_a_macro_is_not_a_name_inside_it(source: str, expected: list[str]) -> None:
    assert names(source) == expected


def test_offsets_point_at_each_segment() -> None:
    (reference,) = scan("'é𝒳' + params . x")
    assert (reference.start, reference.ends) == (7, (13, 17))
    assert (reference.offset(0), reference.offset(1), reference.end) == (7, 16, 17)


@pytest.mark.parametrize(
    ("source", "is_bare"), [(" params.x ", True), ("params.x + 1", False), ("f(x)", False)]
)
def test_a_bare_name_is_the_whole_source(source: str, is_bare: bool) -> None:  # noqa: FBT001 -- a parameter
    assert (bare(source, scan(source)) is not None) is is_bare


@given(st.text(alphabet="ab. ()[]{},'\"\\`?+1\n", max_size=60))
def test_any_text_is_read_without_failing(source: str) -> None:
    for reference in scan(source):
        assert source[reference.start : reference.start + len(reference.path[0])] == reference.path[0]
        for index, segment in enumerate(reference.path):
            assert source[reference.offset(index) : reference.ends[index]] == segment
