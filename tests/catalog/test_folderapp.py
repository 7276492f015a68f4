"""Tests of slyflow.catalog.folderapp."""

import json
from pathlib import Path
from unittest.mock import ANY

import pytest

from slyflow.catalog.folderapp import FolderApp, NoApp, folder_interfaces, read_apps
from slyflow.model.pipeline import Pipeline
from slyflow.syntax.load import load


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    (home / ".git").mkdir(parents=True)
    for app in (home / "apps" / "good", home / "apps" / "bad", home / "apps" / "list", tmp_path / "outside"):
        app.mkdir(parents=True)
        (app / "config.json").write_text(json.dumps({"modal_template_state": {"a": 1}, "headless": True}))
    (home / "apps" / "bad" / "config.json").write_text("{")
    (home / "apps" / "list" / "config.json").write_text("[]")
    (home / "apps" / "link").symlink_to(tmp_path / "outside")
    return home


def loaded(folder: Path, *paths: str) -> Pipeline:
    steps = "".join(f"  s{number}: {{app: {{path: {path}}}}}\n" for number, path in enumerate(paths))
    (folder / "p.yaml").write_text(f"slyflow: 1\nsteps:\n{steps}  other: {{app: a/b@v1}}\n")
    pipeline = load(str(folder / "p.yaml")).pipeline
    assert pipeline is not None
    return pipeline


def test_what_an_app_takes_is_read_from_its_folder(repository: Path) -> None:
    (repository / "pipelines").mkdir()
    found = folder_interfaces(loaded(repository / "pipelines", "../apps/good", "../apps/good/"))
    assert list(found) == ["../apps/good", "../apps/good/"]
    assert found["../apps/good"].arguments == {"a": 1}


def test_what_is_no_app_of_the_repository_is_left_out(repository: Path) -> None:
    paths = ("./apps/bad", "./apps/list", "./apps/none", "./apps/link", "../outside", "/etc")
    assert folder_interfaces(loaded(repository, *paths)) == {}


def test_folder_is_relative_to_the_pipeline_and_not_to_the_working_directory(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(repository, "./apps/good")
    monkeypatch.chdir(repository / "apps")
    assert list(read_apps(["./apps/good"], "../p.yaml")) == ["./apps/good"]
    assert isinstance(read_apps(["./apps/good"], "../p.yaml")["./apps/good"], FolderApp)


def test_a_byte_order_mark_is_no_mistake_as_an_instance_takes_it_too(repository: Path) -> None:
    config = repository / "apps" / "good" / "config.json"
    config.write_text("\ufeff" + config.read_text())
    assert folder_interfaces(loaded(repository, "./apps/good"))["./apps/good"].headless


def test_why_there_is_no_app_is_told(repository: Path) -> None:
    paths = ("./apps/goood", "./apps/bad", "./apps/list", "p.yaml", ".")
    assert read_apps(paths, str(repository / "p.yaml")) == {
        "./apps/goood": NoApp('there is no app in "./apps/goood"', 'there is one in "./apps/good"'),
        "./apps/bad": NoApp(ANY),
        "./apps/list": NoApp(
            '"./apps/list/config.json" is not the config of an app: it must be one JSON object'
        ),
        "p.yaml": NoApp('there is no app in "p.yaml"'),
        ".": NoApp('there is no app in "."'),
    }
