"""The page on the language says what slyflow does: its examples are run, its tables compared."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from slyflow.model.pipeline import FailureKind
from slyflow.syntax.expression.function import FUNCTIONS
from slyflow.syntax.schema import load_schema
from tests.cli.command import here, slyflow
from tests.docs.markdown import LANGUAGE, README, ROOT, Block, blocks, code, prose, section, words

PIPELINES = [
    block for page in (README, LANGUAGE) for block in blocks(page) if block.info.split(" ")[0] == "yaml"
]
GOOD = [block for block in PIPELINES if block.info == "yaml"]
WRONG = [block for block in PIPELINES if block.info == "yaml wrong"]
UNSUPPORTED = "Not supported yet"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what the examples name: the quickstart's apps, and a file of arguments."""
    folder = tmp_path_factory.mktemp("examples")
    (folder / "apps").symlink_to(ROOT / "pipelines" / "apps")
    (folder / "train.json").write_text('{"model": {"name": "small"}}')
    return folder


def test_every_yaml_block_is_an_example_of_one_sort() -> None:
    assert len(GOOD) >= 10
    assert len(WRONG) >= 5
    assert len(GOOD) + len(WRONG) == len(PIPELINES)


def test_every_good_example_is_valid_and_only_wants_a_lock(folder: Path) -> None:
    names = [_write(folder / f"{block.page.stem}-{block.line}.yaml", block) for block in GOOD]
    done = here("validate", "--format", "json", *names, cwd=folder)
    assert {one["slug"] for one in json.loads(done.stdout)["problems"]} == {"unpinned-app"}
    assert done.returncode == 0


@pytest.mark.parametrize("block", WRONG, ids=str)
def test_wrong_example_is_told_as_shown(block: Block, tmp_path: Path) -> None:
    name = _write(tmp_path / "pipeline.yaml", block)
    done = here("validate", name, cwd=tmp_path)
    told, summary = done.stdout.rstrip("\n").rsplit("\n", 1)
    assert told.strip() == _after(block).text.strip()
    assert summary.startswith("1 file checked: ")
    assert done.returncode == 2


def test_expressions_give_what_the_tables_say(tmp_path: Path) -> None:
    examples = dict(_expression_examples())
    assert len(examples) >= 25
    steps = {"values": {f"e{number}": f"${{{{ {text} }}}}" for number, text in enumerate(examples)}}
    # JSON is YAML, so quotes and backslashes need no second thought.
    pipeline = {
        "slyflow": 1,
        "steps": {"all": steps},
        "outputs": {name: f"${{{{ steps.all.outputs.{name} }}}}" for name in steps["values"]},
    }
    (tmp_path / "pipeline.yaml").write_text(json.dumps(pipeline))
    done = slyflow("run", "pipeline.yaml", "--json", "--home", str(tmp_path / "home"), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    outputs = json.loads(done.stdout)["outputs"]
    assert dict(zip(examples, outputs.values(), strict=True)) == examples


def test_every_function_is_in_the_table() -> None:
    table = section(LANGUAGE, "Expressions").partition("| function |")[2].partition("\n\n")[0]
    listed = re.findall(r"^\| `(\w+)\(", table, re.MULTILINE)
    assert sorted(listed) == sorted(function.name for function in FUNCTIONS)


def test_every_key_of_the_schema_is_explained() -> None:
    assert set(_keys(load_schema())) - words(prose(LANGUAGE)) == set()


def test_every_word_of_the_schema_is_explained() -> None:
    assert set(_choices(load_schema())) - words(prose(LANGUAGE)) == set()


def test_exactly_the_keys_that_come_later_are_listed_as_such() -> None:
    later = {name for name, schema in _keyed(load_schema()) if "not" in schema}
    listed = {word for word in code(section(LANGUAGE, UNSUPPORTED)) if word.isidentifier()}
    assert listed - {"concurrency", "agent", "timeout"} == later


def test_every_failure_kind_is_listed() -> None:
    assert {str(kind) for kind in FailureKind} - words(section(LANGUAGE, "Did it work?")) == set()


def test_contents_name_every_section() -> None:
    text = LANGUAGE.read_text(encoding="utf-8")
    contents = re.findall(r"^- \[(.+)\]\(#(.+)\)$", text, re.MULTILINE)
    headings = re.findall(r"^## (.+)$", prose(LANGUAGE), re.MULTILINE)
    assert contents == [(heading, _anchor(heading)) for heading in headings]


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _write(path: Path, block: Block) -> str:
    path.write_text(block.text, encoding="utf-8")
    return path.name


def _after(block: Block) -> Block:
    """Return the block that follows: what slyflow says of a wrong example."""
    following = blocks(block.page)
    shown = following[following.index(block) + 1]
    assert shown.info == "text", f"{block} must be followed by what slyflow says of it"
    return shown


def _expression_examples() -> Iterator[tuple[str, Any]]:
    """Yield the rows of the tables with an example and what it gives."""
    for line in section(LANGUAGE, "Expressions").splitlines():
        if found := re.search(r"\| `([^`]+)` \| `([^`]+)` \|$", line):
            yield found[1], json.loads(found[2])


def _keyed(schema: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every key that the schema knows, at any depth, with the schema of its value."""
    if isinstance(schema, list):
        for item in schema:
            yield from _keyed(item)
    elif isinstance(schema, dict):
        for name, value in schema.get("properties", {}).items():
            yield name, value
        for name, value in schema.items():
            if name not in ("properties", "$defs"):
                yield from _keyed(value)
                continue
            for inner in value.values():
                yield from _keyed(inner)


def _keys(schema: Any) -> Iterator[str]:
    return (name for name, _ in _keyed(schema))


def _choices(schema: Any) -> Iterator[str]:
    """Yield every word that a key may be set to."""
    if isinstance(schema, list):
        for item in schema:
            yield from _choices(item)
    elif isinstance(schema, dict):
        # "enum" may also be the name of a key, with a schema for its value.
        if isinstance(values := schema.get("enum"), list):
            yield from (value for value in values if isinstance(value, str))
        for value in schema.values():
            yield from _choices(value)
