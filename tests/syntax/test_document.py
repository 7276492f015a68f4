"""Documents: limits, values and places, on the event stream."""

import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.problem import has_errors
from slyflow.syntax.builder import LARGE, Limits
from slyflow.syntax.document import Document, parse_value, read
from slyflow.syntax.node import Broken, Map, Scalar, Sequential
from slyflow.syntax.source import Source


def read_text(text: str, limits: Limits | None = None) -> Document:
    source = Source("f.yaml", text)
    return read(source, limits) if limits else read(source)


def codes(document: Document) -> list[str]:
    return [problem.slug for problem in document.problems]


def value(text: str) -> object:
    document = read_text(f"x: {text}")
    assert not document.problems
    data = document.data()
    assert isinstance(data, dict)
    return data["x"]


@pytest.mark.parametrize(
    "text", ["no", "on", "yes", "012", "1:30", "22:22:22", "2020-01-01", "1_000", "1.2.3", "0b1"]
)
def test_what_yaml_1_1_would_convert_stays_text(text: str) -> None:
    assert value(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1e-4", 1e-4),
        ("0x1F", 31),
        ("0o17", 15),
        ("-7", -7),
        ("+7", 7),
        (".5", 0.5),
        ("1.", 1.0),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ('"1"', "1"),
        ("'true'", "true"),
        ("9223372036854775807", 2**63 - 1),
    ],
)
def test_core_schema_is_read(text: str, expected: object) -> None:
    found = value(text)
    assert found == expected
    assert type(found) is type(expected)


def test_nodes_know_their_places_beyond_ascii_and_windows_line_ends() -> None:
    source = Source("f.yaml", 'é: "🍋"\r\nb:\r\n  - c\r\n  - d\r\n')
    root = read(source).root
    assert isinstance(root, Map)
    lemon, rest = root.values["é"], root.values["b"]
    assert isinstance(rest, Sequential)
    span = source.span(lemon.start, lemon.end)
    assert (span.line, span.column, span.end_line, span.end_column) == (1, 4, 1, 7)
    span = source.span(rest.items[1].start, rest.items[1].end)
    assert (span.line, span.column) == (4, 5)
    assert source.text[rest.start : rest.end] == "- c\r\n  - d"


def test_alias_gives_the_anchored_node() -> None:
    assert read_text("a: &x {k: [1]}\nb: *x\n").data() == {"a": {"k": [1]}, "b": {"k": [1]}}


def test_first_of_duplicate_keys_is_kept_and_both_lines_are_named() -> None:
    document = read_text("a: 1\nb: 2\na: 3\n")
    assert document.data() == {"a": 1, "b": 2}
    [problem] = document.problems
    assert "lines 1 and 3" in problem.message
    assert problem.related[0].span.line == 1


def test_refused_value_leaves_a_broken_node_and_the_rest() -> None:
    root = read_text("a: .inf\nb: 2\n").root
    assert isinstance(root, Map)
    assert isinstance(root.values["a"], Broken)
    assert isinstance(root.values["b"], Scalar)


def test_all_problems_that_can_be_gone_past_are_told_together() -> None:
    document = read_text("a: !t 1\na: 2\nb: *no\n1: x\nc: .nan\n<<: {}\n")
    assert codes(document) == [
        "tag",
        "duplicate-key",
        "unknown-anchor",
        "key-not-text",
        "bad-number",
        "merge-key",
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" * 65_536, "too-deep"),
        ("[" * 33 + "]" * 33, "too-deep"),
        ("".join(" " * depth + "a:\n" for depth in range(3_000)), "too-deep"),
        ("- " * 20_000, "too-deep"),
        ("a: [" + "x," * 50_001 + "]", "too-large"),
        ("a: " + "x" * (64 * 1024 + 1), "too-large"),
    ],
)
def test_size_and_depth_are_limited(text: str, code: str) -> None:
    began = time.process_time()
    assert codes(read_text(text)) == [code]
    assert time.process_time() - began < 2


@pytest.mark.parametrize("depth", [31, 32])
def test_depth_up_to_the_limit_is_read(depth: int) -> None:
    assert not read_text("[" * depth + "]" * depth).problems


def test_billion_laughs_costs_neither_time_nor_memory() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{n}: &{n} [{', '.join([f'*{p}'] * 9)}]" for p, n in zip("abcdefgh", "bcdefghi", strict=True)]
    tracemalloc.start()
    document = read_text("\n".join(lines))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert codes(document) == ["too-large"]
    assert peak < 2**20


def test_aliases_count_each_time_they_are_expanded() -> None:
    row = "a: &a [" + "x, " * 100 + "]\nb: ["
    assert not read_text(row + "*a, " * 300 + "]").problems
    assert codes(read_text(row + "*a, " * 600 + "]")) == ["too-large"]


def test_large_limits_take_a_generated_file() -> None:
    text = "a: [" + "x," * 60_000 + "]"
    assert not read_text(text, LARGE).problems


def test_tab_inside_a_text_is_no_problem() -> None:
    assert not read_text("a: |\n  x\n  \ty\nb: 'x\n\ty'\n").problems


@pytest.mark.parametrize(
    "text", ["a: 1 # café\n", "description: 👩‍🔬 in the lab\n", "名前: 檸檬\n", "имя: x\n"]
)
def test_other_scripts_and_emoji_are_welcome(text: str) -> None:
    assert not read_text(text).problems


@given(st.text(alphabet=st.sampled_from("ab:-?[]{}&*!|>'\"%@`#,\n \t\\~.$1é\u2028\ud800"), max_size=60))
def test_any_text_gives_a_tree_or_a_problem(text: str) -> None:
    document = read_text(text)
    assert document.root is not None or document.problems or document.data() is None
    for problem in document.problems:
        assert problem.span.line >= 1
        assert problem.span.column >= 1


@pytest.mark.parametrize(
    ("text", "form", "says"),
    [
        ("{", "json", "line 1"),
        ("NaN", "json", "NaN"),
        ("[" * 100_000, "json", "deep"),
        ("a: [", "yaml", "line 1, column"),
        ("a: 1\na: 2", "yaml", "twice"),
    ],
)
def test_value_that_is_none_is_refused(text: str, form: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_value(text, "json" if form == "json" else "yaml")


def test_value_is_read_in_both_forms() -> None:
    assert parse_value('{"a": [1, null]}', "json") == {"a": [1, None]}
    assert parse_value("a: [no, 012]", "yaml") == {"a": ["no", "012"]}
    assert parse_value("", "yaml") is None


def test_warning_about_hidden_characters_is_no_error() -> None:
    document = read_text("title: 'a\u202eb'\n")
    assert codes(document) == ["invisible-character"]
    assert not has_errors(document.problems)
    assert document.problems[0].span.column == 10
