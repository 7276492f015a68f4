"""The published schema, and our check of it held against jsonschema's."""

import copy
import json
from collections.abc import Iterator, Sequence
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slyflow.syntax.document import parse_value
from slyflow.syntax.load import load_source
from slyflow.syntax.node import from_json
from slyflow.syntax.schema import check, load_schema, name_of
from slyflow.syntax.source import Source
from tests.syntax.pipelines import EVERYTHING

SCHEMA = load_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
VALID = parse_value(EVERYTHING, "yaml")


def subschemas(schema: Any, path: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every schema that says something about a value of its own."""
    if not isinstance(schema, dict):
        return
    yield path, schema
    for keyword in ("properties", "$defs"):
        for name, inner in schema.get(keyword, {}).items():
            yield from subschemas(inner, f"{path}/{keyword}/{name}")
    for keyword in ("items", "additionalProperties"):
        yield from subschemas(schema.get(keyword), f"{path}/{keyword}")
    for inner in schema.get("anyOf", ()):
        yield from subschemas(inner, f"{path}/anyOf")


def test_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_key_explains_itself() -> None:
    for path, schema in subschemas(SCHEMA):
        for name, inner in schema.get("properties", {}).items():
            target = SCHEMA["$defs"][inner["$ref"].split("/")[-1]] if "$ref" in inner else {}
            assert inner.get("description") or target.get("description"), f"{path}/properties/{name}"


def test_every_definition_is_used() -> None:
    text = json.dumps(SCHEMA)
    assert [name for name in SCHEMA["$defs"] if f'"#/$defs/{name}"' not in text] == []


def test_no_key_is_a_boolean_of_yaml_1_1() -> None:
    keys = {key.lower() for _, schema in subschemas(SCHEMA) for key in schema.get("properties", {})}
    assert not keys & {"on", "off", "yes", "no", "y", "n", "true", "false"}


def test_example_of_everything_is_valid() -> None:
    assert list(VALIDATOR.iter_errors(VALID)) == []
    loaded = load_source(EVERYTHING, "lemons.yaml", {})
    assert loaded.problems == ()


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*path, index))


KEYS = sorted({key for _, schema in subschemas(SCHEMA) for key in schema.get("properties", {})})
WORDS = sorted({str(word) for _, schema in subschemas(SCHEMA) for word in schema.get("enum", ())})
TEXTS = st.one_of(
    st.sampled_from([*WORDS, *KEYS]),
    st.sampled_from(
        [
            "",
            "/",
            "/a",
            "a/b",
            "a/b@v1",
            "5m",
            "0s",
            "1.5h",
            "${{ a }}",
            " ${{ a }}\n",
            "x ${{ a }}",
            "#ffffff",
            "in",
        ]
    ),
    st.text(alphabet="aZ_/@{}$.1 \n", max_size=6),
)
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 3), st.sampled_from([0.5, 1.0, 1e3, 10_001]), TEXTS
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(KEYS), TEXTS), inner, max_size=3),
    ),
    max_leaves=6,
)


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A valid pipeline with a few values replaced, keys added and keys removed."""
    document: Any = copy.deepcopy(VALID)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(document))))
        if not path:
            continue
        holder = at(document, path[:-1])
        match draw(st.sampled_from(["replace", "remove", "add"])):
            case "replace":
                holder[path[-1]] = draw(VALUES)
            case "remove":
                del holder[path[-1]]
            case _ if isinstance(holder, dict):
                holder[draw(st.one_of(st.sampled_from(KEYS), TEXTS))] = draw(VALUES)
    return document


def at(value: Any, path: Sequence[str | int]) -> Any:
    for part in path:
        value = value[part]
    return value


@settings(max_examples=200)
@given(mutated())
def test_check_agrees_with_jsonschema(document: Any) -> None:
    problems, paths = check(from_json(document), Source("f", ""))
    assert bool(problems) == bool(paths)
    assert bool(problems) != VALIDATOR.is_valid(document)


# What only the parser can judge.
BEYOND_SHAPE = {
    "bad-include",
    "bad-pattern",
    "card-not-allowed",
    "duplicate-key",
    "expression-syntax",
    "key-not-text",
    "merge-key",
    "misplaced-key",
    "missing-key",
    "no-expression-here",
    "reserved-name",
    "unknown-icon",
    "wrong-value",
    "empty-value",
}


@settings(max_examples=200)
@given(mutated())
def test_parser_takes_what_the_schema_accepts_and_nothing_else(document: Any) -> None:
    loaded = load_source(json.dumps(document, ensure_ascii=False), "f.yaml", {})
    if VALIDATOR.is_valid(document):
        assert {problem.slug for problem in loaded.problems} <= BEYOND_SHAPE
        assert (loaded.pipeline is None) == bool(loaded.problems)
    else:
        assert loaded.problems
        assert loaded.pipeline is None


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ([], "the pipeline"),
        (["steps", "a"], 'step "a"'),
        (["finally", "a", "outputs", "b", 0, "c"], '"outputs.b[0].c" of step "a"'),
        (["params", "a"], 'param "a"'),
        (["params", "a", "items", "type"], '"items.type" of param "a"'),
        (["defaults", "agent"], '"defaults.agent"'),
    ],
)
def test_places_have_names(path: list[str | int], name: str) -> None:
    assert name_of(path) == name
