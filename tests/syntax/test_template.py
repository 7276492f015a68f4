"""Expressions in strings, and their places in every style of scalar."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.model.value import Expression, Template
from slyflow.problem import Problem
from slyflow.syntax.document import read
from slyflow.syntax.node import Map, Scalar
from slyflow.syntax.source import Source
from slyflow.syntax.template import place, scan


def scanned(text: str) -> tuple[str | Expression | Template, list[Problem], Source]:
    """Scan the value of the only key of a document."""
    source = Source("f.yaml", text)
    root = read(source).root
    assert isinstance(root, Map)
    [node] = root.values.values()
    assert isinstance(node, Scalar)
    problems: list[Problem] = []
    return scan(node, source, problems), problems, source


def shape(found: str | Expression | Template) -> object:
    if isinstance(found, Template):
        return [part.source if isinstance(part, Expression) else f"'{part}'" for part in found.parts]
    return found.source if isinstance(found, Expression) else f"'{found}'"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "'plain'"),
        ("${{ a }}", "a"),
        ("${{a}}", "a"),
        ("x ${{ a }} y ${{ b }}", ["'x '", "a", "' y '", "b"]),
        ("${{ a }}${{ b }}", ["a", "b"]),
        ("${{ a }} ", ["a", "' '"]),
        ("$${{ a }}", "'${{ a }}'"),
        ("$${{ ${{ a }}", ["'${{ '", "a"]),
        ("$${{ a }} ${{ b }}", ["'${{ a }} '", "b"]),
        ("${{ {'a': {'b': 1}} }}", "{'a': {'b': 1}}"),
        ("${{ {'a': {'b': 1}}}}", "{'a': {'b': 1}}"),
        ("${{ '}}' }}", "'}}'"),
        ('${{ "it\'s }}" }}', '"it\'s }}"'),
        ("${{ 'a\\'}}' }}", "'a\\'}}'"),
        ("${{ r'\\' + x }}", "r'\\' + x"),
        ("${{ '''a'}}''' }}", "'''a'}}'''"),
        ("${{ for'a' }}", "for'a'"),
        ("{{ a }}", "'{{ a }}'"),
        ("$ {{ a }}", "'$ {{ a }}'"),
        ("100 %}}", "'100 %}}'"),
    ],
)
def test_expressions_are_found_by_quotes_and_braces(value: str, expected: object) -> None:
    found, problems, _ = scanned(f"x: {json.dumps(value)}")
    assert shape(found) == expected
    assert not problems


@pytest.mark.parametrize("header", ["|", ">", ">-", "|-", "|+"])
def test_block_that_is_one_expression_keeps_its_type(header: str) -> None:
    found, _, _ = scanned(f"x: {header}\n  ${{{{ a }}}}\n")
    assert shape(found) == "a"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("${{ a", "closed by }}"),
        ("${{ a }", "closed by }}"),
        ("${{ 'a }}", "quote '"),
        ("${{ { }}", "closed by }}"),
        ("${{ }}", "empty"),
        ("${{ " + "1+" * 501 + "1 }}", "1,003 characters"),
    ],
)
def test_malformed_expression_is_a_problem_at_its_beginning(value: str, says: str) -> None:
    _, [problem], _ = scanned(f"x: 'ab {value.replace(chr(39), chr(39) * 2)}'")
    assert says in problem.message
    assert (problem.span.line, problem.span.column) == (1, 8)


def test_expression_of_a_thousand_characters_is_allowed() -> None:
    _, problems, _ = scanned('x: "${{ ' + "1" * 1_000 + ' }}"')
    assert not problems


def test_expression_cut_by_a_comment_is_explained() -> None:
    _, [problem], _ = scanned("x: ${{ a # b }}")
    assert "comment" in str(problem.hint)


def test_places_are_counted_when_the_text_stands_as_it_is() -> None:
    found, _, _ = scanned("x: 'ab ${{ abc }}'")
    assert isinstance(found, Template)
    expression = found.parts[1]
    assert isinstance(expression, Expression)
    assert expression.places == ()
    assert [place(expression, offset).column for offset in range(4)] == [12, 13, 14, 15]


def test_expression_is_the_same_wherever_it_stands() -> None:
    one, _, _ = scanned("x: ${{ a }}")
    other, _, _ = scanned('y:\n  "${{ \\x61 }}"')
    assert one == other


def test_place_beyond_the_end_is_the_end() -> None:
    found, _, _ = scanned("x: ${{ ab }}")
    assert isinstance(found, Expression)
    assert place(found, 99).column == place(found, 2).column == 10


WORDS = st.lists(
    st.text(alphabet=st.sampled_from("abcé🍋<>=!&|+*/().,\\"), min_size=1, max_size=8), min_size=1, max_size=8
)


def written(words: list[str], style: str) -> str:
    """Write `${{ words }}` as the scalar of a style, folded or escaped where the style can."""
    text = " ".join(words)
    match style:
        case "plain":
            return f"x: &anchor ${{{{ {text} }}}}"
        case "folded plain":
            return "x:\n  a ${{\n    " + "\n    ".join(words) + " }}"
        case "single":
            return f"x: 'it''s ${{{{ {text} }}}}'"
        case "double":
            written = json.dumps(f"é ${{{{ {text} }}}}", ensure_ascii=False)
            return f"x: {written}".replace("é", "\\u00e9")
        case "folded double":
            return (
                'x: "\\t ${{ \\\n    ' + "\n    ".join(word.replace("\\", "\\\\") for word in words) + ' }}"'
            )
        case "literal":
            return "x: |2-\n   first\n  ${{\n    " + "\n    ".join(words) + " }}\n"
        case _:
            return "x: >  # comment\n  first\n\n  ${{\n  " + "\n  ".join(words) + " }}\n\n"


@pytest.mark.parametrize(
    "style", ["plain", "folded plain", "single", "double", "folded double", "literal", "folded"]
)
@given(words=WORDS)
def test_every_character_is_found_where_it_stands(style: str, words: list[str]) -> None:
    found, problems, source = scanned(written(words, style))
    assert not problems
    expression = found if isinstance(found, Expression) else None
    if isinstance(found, Template):
        expression = next(part for part in found.parts if isinstance(part, Expression))
    assert expression is not None
    assert "".join(expression.source.split()) == "".join(words)
    lines = source.text.split("\n")
    for offset, character in enumerate(expression.source):
        span = place(expression, offset)
        there = lines[span.line - 1][span.column - 1 :]
        if character.isspace():
            continue
        escaped = json.dumps(character)[1:-1]
        assert there.startswith((character, escaped)), (expression.source, offset, there)
