"""What is written is read back by the real parser as the same values."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.problem import has_errors
from slyflow.syntax.document import read
from slyflow.syntax.emit import Block, Code, Entry, comment, emit
from slyflow.syntax.load import load_source
from slyflow.syntax.scalar import LARGEST, SMALLEST
from slyflow.syntax.source import Source

HARD = (
    st.sampled_from(
        ("", " ", "no", "null", "1e3", "~", ".inf", "---", "...", "?", "<<", "012", "1_000", "0x1F")
    )
    | st.sampled_from(
        ("a: b", "# no", "- x", "a #b", "a:", "'", '"', "\\", "{a}", "[a]", "&a", "*a", "!a", "|")
    )
    | st.sampled_from(
        ("a\nb", "a\n  b\n", "a\n\nb\n", "a\n\n", "\na", " a\nb", "a\n \nb", "a\tb\nc", "a\r\nb")
    )
    | st.sampled_from(
        ("${{ x }}", "$${{", "$$${{ }}", "a\n${{ x }}\n", "\x85", "\u2028", "\x7f", "\ufeff", "ü")
    )
    | st.sampled_from(("../x", "./x", "..", "=", "x" * 200, "word " * 50, "%a", "@a", "`", ">", "\U0001f34b"))
)
TEXTS = HARD | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(SMALLEST, LARGEST)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
KEYS = st.text("abcXYZ019 _-.:#{}'\"$", min_size=1, max_size=12) | st.sampled_from(
    ["no", "null", "1", "<<", "?"]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=25,
)


def _read_back(text: str) -> Any:
    document = read(Source("written.yaml", text))
    assert not has_errors(document.problems), (text, document.problems)
    return document.data()


def _unescaped(value: Any) -> Any:
    """Undo what keeps a text from being an expression, as the reader of pipelines does."""
    match value:
        case str():
            return value.replace("$${{", "${{")
        case list() | tuple():
            return [_unescaped(item) for item in value]
        case dict():
            return {key: _unescaped(item) for key, item in value.items()}
        case _:
            return value


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_any_json_is_read_back_as_it_is(values: dict[str, Any]) -> None:
    inner = Block(
        (Entry("deep", values), *(Entry(key, value) for key, value in values.items() if key != "deep"))
    )
    text = emit(Block((Entry("top", inner),)))
    expected = {"deep": values, **{key: value for key, value in values.items() if key != "deep"}}
    # repr tells 1 from 1.0 and from true.
    assert repr(_unescaped(_read_back(text)["top"])) == repr(expected)


@given(VALUES)
def test_a_pipeline_passes_any_json_on_unchanged(value: Any) -> None:
    arguments = Block((Entry("given", [value]),))
    step = Block((Entry("app", "a/b@v1"), Entry("arguments", arguments)))
    text = emit(Block((Entry("slyflow", 1), Entry("steps", Block((Entry("one", step),))))))
    loaded = load_source(text, "written.yaml", {})
    assert loaded.pipeline is not None, (text, loaded.problems)
    written: Any = loaded.pipeline.steps["one"].action
    assert repr(_listed(written.arguments["given"].value)) == repr([value])


def _listed(value: Any) -> Any:
    match value:
        case tuple():
            return [_listed(item) for item in value]
        case dict():
            return {key: _listed(item) for key, item in value.items()}
        case _:
            return value


@given(TEXTS, TEXTS)
def test_no_comment_ends_before_its_line_does(note: str, above: str) -> None:
    entries = (Entry("a", 1, note=note, above=(above,)), Entry("b", {"x": "y"}, note=note, is_off=True))
    assert _read_back(emit(Block((*entries, Entry("c", 2))))) == {"a": 1, "c": 2}
    assert "\n" not in comment(note)


def test_people_find_it_easy_to_read() -> None:
    text = emit(
        Block(
            (
                Entry("slyflow", 1, above=("yaml-language-server: x",)),
                Entry(
                    "steps",
                    Block(
                        (
                            Entry("app", "owner/repo/sub@v1.0.0"),
                            Entry("target", {"images_project": Code('params["x"]')}, note="lemons"),
                            Entry("arguments", {"a": 1, "b": {"c": [1, 2]}}, is_off=True),
                            Entry("script", "first\n  second\n\nthird"),
                            Entry("items", [{"name": "x" * 60, "other": "y" * 60}, "on"]),
                        )
                    ),
                    above=("",),
                ),
            )
        )
    )
    assert text == (
        "# yaml-language-server: x\n"
        "slyflow: 1\n"
        "\n"
        "steps:\n"
        "  app: owner/repo/sub@v1.0.0\n"
        '  target: {images_project: "${{ params[\\"x\\"] }}"}  # lemons\n'
        "  # arguments: {a: 1, b: {c: [1, 2]}}\n"
        "  script: |-\n"
        "    first\n"
        "      second\n"
        "\n"
        "    third\n"
        "  items:\n"
        f"    - name: {'x' * 60}\n"
        f"      other: {'y' * 60}\n"
        '    - "on"\n'
    )


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb"])
def test_what_yaml_cannot_hold_is_left_to_the_parser_to_say(text: str) -> None:
    document = read(Source("written.yaml", emit(Block((Entry("a", text),)))))
    assert "lone surrogates cannot be written" in str(document.problems[0].hint)
