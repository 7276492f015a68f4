"""Apps are registered, listed and shown on the real embedded instance."""

import json
from pathlib import Path

import pytest

from tests.cli import command

CONFIG = {
    "name": "Hello",
    "type": "app",
    "headless": True,
    "main_script": "main.py",
    "modal_template_state": {"count": 1},
    "context_menu": {"target": ["images_project"]},
}


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "hello"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(CONFIG))
    (folder / "main.py").write_text("print('hello')\n")
    return folder


def test_an_added_app_is_listed_and_shown(app: Path, tmp_path: Path) -> None:
    with command.serving(tmp_path / ".slyflow"):
        _add_list_and_show(app, tmp_path)


def _add_list_and_show(app: Path, tmp_path: Path) -> None:
    added = command.slyflow("apps", "add", "hello", cwd=tmp_path)
    assert (added.returncode, added.stdout) == (0, "local/hello@v1.0.0  Hello\n")
    again = command.slyflow("apps", "add", str(app), "--slug", "me/hi", cwd=tmp_path)
    assert again.stdout.startswith("me/hi@")
    listed = command.slyflow("apps", "list", "--json", cwd=tmp_path)
    assert {"slug": "local/hello", "name": "Hello"} in json.loads(listed.stdout)
    shown = command.slyflow("apps", "show", "local/hello", cwd=tmp_path)
    assert shown.stdout.splitlines()[0] == "local/hello@v1.0.0  Hello"
    assert "count  1" in shown.stdout
    assert "images_project" in shown.stdout
    described = json.loads(command.slyflow("apps", "show", "me/hi", "--json", cwd=tmp_path).stdout)
    assert (described["arguments"], described["targets"]) == ({"count": 1}, ["images_project"])


def test_a_folder_that_is_no_app_is_refused(tmp_path: Path) -> None:
    ended = command.slyflow("apps", "add", ".", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "has no config.json" in ended.stderr


def test_an_unknown_app_is_an_error(tmp_path: Path) -> None:
    ended = command.slyflow("apps", "show", "no/such", "--instance", "embedded", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith('error: there is no app "no/such"\n')


def test_a_remote_instance_needs_credentials(tmp_path: Path) -> None:
    ended = command.slyflow("apps", "list", "--instance", "remote", cwd=tmp_path)
    assert ended.returncode == 2
    assert "set SERVER_ADDRESS and API_TOKEN" in ended.stderr
    half = command.slyflow("apps", "list", cwd=tmp_path, environ={"API_TOKEN": "a-token-of-somebody"})
    assert half.returncode == 2
    assert "SERVER_ADDRESS" in half.stderr
