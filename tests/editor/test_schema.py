"""An editor completes and checks a pipeline by the schema that `slyflow schema` prints."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from slyflow.catalog.locktext import lock_text
from tests.catalog.test_lockschema import LOCKED
from tests.cli import command
from tests.editor.languageserver import LanguageServer

pytestmark = pytest.mark.editor
SETTINGS: Mapping[str, Any] = {
    "yaml": {"validate": True, "completion": True, "hover": True, "schemaStore": {"enable": False}}
}
HEAD = "# yaml-language-server: $schema={}.schema.json\nslyflow: 1\nsteps:\n  one:\n"


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory, server_command: list[str]) -> Iterator[LanguageServer]:
    """Give a server in a folder with a lock, and both schemas as slyflow writes them."""
    folder = tmp_path_factory.mktemp("work")
    (folder / "slyflow.lock").write_text(lock_text(LOCKED))
    for name, options in (("published", []), ("locked", ["--from-lock"])):
        done = command.slyflow("schema", *options, "-o", f"{name}.schema.json", cwd=folder)
        assert done.returncode == 0, done.stderr
    with LanguageServer(server_command, folder, SETTINGS) as server:
        yield server


def pipeline(text: str, schema: str = "locked") -> str:
    return HEAD.format(schema) + text


def labels(found: list[dict[str, Any]]) -> set[str]:
    return {item["label"] for item in found}


def test_a_good_pipeline_has_no_diagnostics(editor: LanguageServer) -> None:
    text = "    app: me/export\n    target: {project: 1}\n    arguments:\n      count: 4\n"
    assert editor.open("good.yaml", pipeline(text)) == []
    repository = Path(__file__).parent.parent.parent
    quickstart = (repository / "pipelines" / "quickstart.yaml").read_text()
    body = quickstart.partition("slyflow: 1\n")[2]
    head = "# yaml-language-server: $schema={}.schema.json\nslyflow: 1\n"
    for schema in ("published", "locked"):
        assert editor.open(f"quickstart-{schema}.yaml", head.format(schema) + body) == []


def test_an_apps_own_arguments_are_completed_with_defaults(editor: LanguageServer) -> None:
    text = "    app: me/export\n    target: {project: 1}\n    arguments:\n      count: 4\n      \n"
    editor.open("arguments.yaml", pipeline(text))
    found = editor.complete("arguments.yaml", 9, 7)
    assert labels(found) == {"any", "deep", "filter"}, "what is given already is not proposed again"
    (proposed,) = [item for item in found if item["label"] == "filter"]
    assert (proposed["insertText"], proposed["documentation"]) == (
        "filter: ${1:all}",
        'string, default "all"',
    )
    assert "integer, default 3" in editor.hover("arguments.yaml", 8, 8)


def test_only_the_targets_that_an_app_takes_are_completed(editor: LanguageServer) -> None:
    editor.open("target.yaml", pipeline("    app: me/export\n    target:\n      \n"))
    assert labels(editor.complete("target.yaml", 7, 7)) == {"project", "images_project"}
    editor.open("branch.yaml", pipeline("    app: {slug: me/import, branch: dev}\n    target:\n      \n"))
    assert labels(editor.complete("branch.yaml", 7, 7)) == {
        "project",
        "dataset",
        "files_folder",
        "images_project",
        "images_dataset",
    }


def test_locked_apps_are_completed(editor: LanguageServer) -> None:
    editor.open("app.yaml", pipeline("    app: \n"))
    assert labels(editor.complete("app.yaml", 5, 10)) >= {"me/export", "me/train@v1.0", "me/bare"}


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ("    app: me/export\n    target: {project: 1}\n    arguments:\n      filtr: a\n", (7, 6), "filtr"),
        ("    app: me/export\n    target: {project: 1}\n    arguments: {count: a}\n", (6, 23), "number"),
        ("    app: me/export\n    target: {team: 1}\n", (5, 13), "team"),
        ("    app: me/exprt\n", (4, 9), "me/export"),
    ],
)
def test_a_mistake_is_told_at_its_place(
    text: str, place: tuple[int, int], told: str, editor: LanguageServer
) -> None:
    name = f"bad-{'-'.join(map(str, place))}.yaml"
    (diagnostic,) = editor.open(name, pipeline(text))
    start = diagnostic["range"]["start"]
    assert (start["line"], start["character"]) == place
    assert told in diagnostic["message"]


def test_the_published_schema_completes_every_key(editor: LanguageServer) -> None:
    editor.open("published.yaml", pipeline("    app: a/b\n    \n", "published"))
    assert {"target", "arguments", "timeout", "retry"} <= labels(editor.complete("published.yaml", 6, 5))
    (diagnostic,) = editor.open("key.yaml", pipeline("    app: a/b\n    argments: {}\n", "published"))
    assert diagnostic["range"]["start"] == {"line": 5, "character": 4}
