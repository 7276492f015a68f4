"""The schema for the apps of a lock is one, and agrees with `slyflow validate --strict`."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from slyflow.catalog.lock import Lock
from slyflow.catalog.lockfile import Locks
from slyflow.catalog.lockschema import locked_schema
from slyflow.catalog.locktext import lock_text
from slyflow.model.interface import Interface
from slyflow.problem import strictly
from slyflow.running.locked import held
from slyflow.syntax.document import parse_value
from slyflow.syntax.schema import load_schema
from tests.catalog.locks import EXPORT, LOCK, TRAIN

BARE = replace(
    EXPORT,
    slug="me/bare",
    interface=Interface((), None, True, True),
    pipelines=("p.yaml",),
)
FOLDER = replace(
    EXPORT,
    slug="me/import",
    asked="branch",
    release="dev",
    interface=Interface(
        ("files_folder", "images_project", "images_dataset"),
        {"ratio": 0.5, "dry": False, "names": [], "deep": {}, "text": ""},
        from_ecosystem=True,
        headless=True,
    ),
)
LOCKED = Lock(
    "slyflow.lock",
    LOCK.instance,
    {
        "me/export": replace(EXPORT, pipelines=("p.yaml",)),
        "me/train@v1.0": replace(TRAIN, interface=replace(TRAIN.interface, headless=True)),
        "me/bare": BARE,
        "me/import#dev": FOLDER,
        "module 9@v3": replace(BARE, slug="me/ninth", asked="version", release="v3"),
        'name "Some App"': BARE,
    },
)
ON = "app: me/export, target: {project: 1}"
VALID = (
    ON,
    "app: me/export, target: {images_project: 1}, arguments: {filter: some, count: 4}",
    "app: me/export, target: '${{ {\"images_project\": 1} }}'",
    ON + ", arguments: {count: 1.5}",
    ON + ", arguments: {count: null, any: [1], deep: {b: 1}}",
    ON + ', arguments: {count: "${{ 1 + 1 }}"}',
    ON + ', arguments: {filter: "${{ run.id }}-a"}',
    ON + ", arguments: {filter: {from_file: a.txt, as: text}}",
    ON + ", arguments: {count: {from_file: a.json, as: json}}",
    ON + ", arguments: '${{ {\"a\": 1} }}'",
    ON + ", arguments: {slyProjectId: 1}",
    ON + ", merge_defaults: false, arguments: {whatever: 1}",
    "app: {slug: me/export}, target: {project: 1}, arguments: {filter: some}",
    "app: me/train@v1.0, arguments: {whatever: [1]}",
    "app: {slug: me/train, version: v1.0}",
    "app: me/bare",
    "app: {slug: me/import, branch: dev}, target: {files_folder: /a/}, arguments: {dry: true, names: [1]}",
    "app: {slug: me/import, branch: dev}, target: {dataset: 1}",
    "app: {module_id: 9, version: v3}",
    "app: {name: Some App}",
    "app: {path: /apps/x}, target: {videos_project: 1}, arguments: {whatever: 1}",
    "values: {n: 1}",
)
INVALID = (
    "app: me/exprt, target: {project: 1}",
    "app: me/export",
    "app: me/export@v1, target: {project: 1}",
    "app: me/train",
    "app: {slug: me/train}",
    "app: {slug: me/train, version: v2}",
    "app: {slug: me/export, branch: main}, target: {project: 1}",
    "app: {slug: me/import, branch: other}",
    "app: {slug: me/import, version: dev}",
    "app: {module_id: 9}",
    "app: {module_id: 8, version: v3}",
    "app: {name: Other App}",
    "app: me/export, target: {videos_project: 1}",
    "app: me/export, target: {dataset: 1}",
    "app: me/export, target: {image_project: 1}",
    "app: {slug: me/export}, target: {team: 1}",
    "app: me/bare, target: {images_project: 1}",
    ON + ", arguments: {filtre: some}",
    ON + ', arguments: {count: "4"}',
    ON + ", arguments: {count: [4]}",
    ON + ", arguments: {filter: 4}",
    ON + ", arguments: {deep: [1]}",
    ON + ", arguments: {slyFolder: /a}",
    "app: {slug: me/import, branch: dev}, arguments: {dry: 'no'}",
    "app: {slug: me/import, branch: dev}, arguments: {names: {a: 1}}",
    "app: {slug: me/import, branch: dev}, arguments: {ratio: true}",
    "app: me/export, target: {project: 1}, frobnicate: 1",
)


@cache
def schema() -> Any:
    return locked_schema(load_schema(), LOCKED)


def agrees(step: str, folder: Path) -> tuple[bool, bool]:
    """Return whether the schema accepts a pipeline of one step, and whether a strict check does."""
    text = f"slyflow: 1\nsteps:\n  a: {{{step}}}\n"
    (folder / "p.yaml").write_text(text)
    for name in ("a.txt", "a.json"):
        (folder / name).write_text("1")
    (folder / "slyflow.lock").write_text(lock_text(LOCKED))
    errors = list(jsonschema.Draft202012Validator(schema()).iter_errors(parse_value(text, "yaml")))
    problems = held(str(folder / "p.yaml"), Locks(str(folder))).problems
    return not errors, not any(problem.severity == "error" for problem in strictly(problems))


@pytest.mark.parametrize("step", VALID)
def test_what_a_strict_check_accepts_the_schema_accepts(step: str, tmp_path: Path) -> None:
    assert agrees(step, tmp_path) == (True, True)


@pytest.mark.parametrize("step", INVALID)
def test_what_a_strict_check_refuses_the_schema_refuses(step: str, tmp_path: Path) -> None:
    assert agrees(step, tmp_path) == (False, False)


def test_it_is_a_schema_of_draft_2020_12() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.Draft202012Validator.check_schema(locked_schema(load_schema(), replace(LOCK, apps={})))


def test_the_published_schema_stays_as_it_is() -> None:
    published = load_schema()
    before = repr(published)
    locked_schema(published, LOCKED)
    assert repr(published) == before


def test_without_locked_apps_only_apps_in_folders_remain() -> None:
    validator = jsonschema.Draft202012Validator(locked_schema(load_schema(), replace(LOCK, apps={})))
    accepted = {"slyflow": 1, "steps": {"a": {"app": {"path": "./x"}, "target": {"project": 1}}}}
    assert validator.is_valid(accepted)
    assert not validator.is_valid({"slyflow": 1, "steps": {"a": {"app": "me/x"}}})


def test_arguments_and_apps_are_described() -> None:
    app = schema()["$defs"]["app"]["anyOf"][0]
    assert app == {"const": "me/export", "title": "Export", "description": "Exports: everything"}
    (branch,) = [one for one in schema()["$defs"]["step"]["allOf"] if "me/export" in str(one["if"])][:1]
    count = branch["then"]["else"]["properties"]["arguments"]["else"]["properties"]["count"]
    assert (count["default"], count["description"]) == (3, "integer, default 3")
