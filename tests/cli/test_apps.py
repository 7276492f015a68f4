"""Apps are found, shown, downloaded and registered on a real instance."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import slyflow
from slyflow.instance.home import Home, read_address
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
    again = command.here("apps", "add", str(app), "--slug", "me/hi", cwd=tmp_path)
    assert again.stdout.startswith("me/hi@")
    listed = command.slyflow("apps", "list", "--json", cwd=tmp_path)
    assert ("local/hello", "Hello") in [(one["slug"], one["name"]) for one in json.loads(listed.stdout)]
    shown = command.here("apps", "show", "local/hello", cwd=tmp_path)
    assert shown.stdout.splitlines()[0] == "local/hello@v1.0.0  Hello"
    assert "count  1" in shown.stdout
    assert "images_project" in shown.stdout
    described = json.loads(command.here("apps", "show", "me/hi", "--json", cwd=tmp_path).stdout)
    assert (described["arguments"], described["targets"]) == ({"count": 1}, ["images_project"])


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Serve an instance with a few apps, to commands in the folder that this returns."""
    folder = tmp_path_factory.mktemp("shop")
    for name, more in (
        ("hello", {"categories": ["one", "two"], "files": {"code": "main.py"}}),
        ("export", {"categories": ["one"], "context_menu": {"target": ["ecosystem", "files_folder"]}}),
        ("page", {"headless": False, "context_menu": {"target": ["toaster"]}}),
    ):
        (folder / name).mkdir()
        (folder / name / "config.json").write_text(json.dumps({**CONFIG, "name": name.title(), **more}))
        (folder / name / "main.py").write_text("print('hello')\n")
    with pytest.MonkeyPatch.context() as environment:
        # As `own_home` does it for a test.
        for name in ("SERVER_ADDRESS", "API_TOKEN"):
            environment.delenv(name, raising=False)
        environment.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        environment.setenv("PYTHONPATH", str(Path(slyflow.__file__).parent.parent))
        with command.serving(folder / ".slyflow"):
            for name in ("hello", "export", "page"):
                assert command.here("apps", "add", name, cwd=folder).returncode == 0
            yield folder


def printed(shop: Path, *arguments: str) -> Any:
    """Return what `slyflow apps ARGUMENTS --json` printed."""
    ended = command.here("apps", *arguments, "--json", cwd=shop)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_apps_are_found_by_word_and_category(shop: Path) -> None:
    (hello,) = printed(shop, "search", "hel")
    assert (hello["slug"], hello["name"], hello["version"]) == ("local/hello", "Hello", "v1.0.0")
    assert printed(shop, "show", str(hello["module_id"]))["slug"] == "local/hello"
    one = ["--category", "one"]
    assert [app["name"] for app in printed(shop, "search", *one)] == ["Export", "Hello"]
    both = [*one, "--category", "two", "--every-category"]
    assert [app["name"] for app in printed(shop, "search", *both)] == ["Hello"]
    none = command.here("apps", "search", "no such app", cwd=shop)
    assert (none.returncode, none.stdout) == (0, "")
    assert "no such apps" in none.stderr
    assert command.here("apps", "search", "hel", cwd=shop).stdout == "local/hello  v1.0.0  Hello\n"


@pytest.mark.parametrize("app", ["local/hello", "local/export@v1.0.0"])
def test_what_an_app_takes_is_a_pipeline_that_validates(shop: Path, tmp_path: Path, app: str) -> None:
    shown = command.here("apps", "args", app, cwd=shop)
    assert shown.returncode == 0, shown.stderr
    (tmp_path / "pipeline.yaml").write_text(shown.stdout)
    checked = command.here("validate", "pipeline.yaml", "--strict", cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    document = printed(shop, "args", app)
    assert shown.stdout.endswith(document["pipeline"])
    assert document["arguments"] == [{"name": "count", "kind": "integer", "default": 1}]


def test_what_an_app_takes_is_said_above_the_pipeline(shop: Path) -> None:
    lines = command.here("apps", "args", "local/hello", cwd=shop).stdout.splitlines()
    assert lines[:6] == [
        "# Hello (local/hello)",
        "# arguments, with kind and default:",
        "# - count: integer = 1",
        "# targets:",
        "# - images_project: a project of images: its id",
        "slyflow: 1",
    ]
    assert {"    app: local/hello@v1.0.0", "      count: 1"} <= set(lines)
    page = command.here("apps", "args", "local/page", cwd=shop).stdout
    assert "# it has a page of its own and may wait there for a click\n" in page
    assert "# - toaster: not known to slyflow\n" in page
    assert printed(shop, "args", "local/export")["targets"] == [
        {"name": "files_folder", "key": "slyFolder", "takes": "a folder in Team Files: its path"}
    ]


def test_the_pipeline_of_an_app_runs(shop: Path) -> None:
    (shop / "export.yaml").write_text(command.here("apps", "args", "local/export", cwd=shop).stdout)
    ran = command.here("run", "export.yaml", "--instance", "embedded", "--quiet", cwd=shop)
    assert ran.returncode == 0, ran.stderr
    (session,) = printed(shop, "sessions", "local/export")
    assert (session["status"], session["module_id"] > 0) == ("finished", True)
    assert session["url"].endswith(f"/apps/sessions/{session['id']}")
    assert printed(shop, "sessions", "local/export", "--status", "started", "--status", "error") == []
    assert printed(shop, "sessions", "local/export", "--team", "77") == []
    assert [one["id"] for one in printed(shop, "sessions", "local/export", "--name", session["name"])] == [
        session["id"]
    ]
    shown = command.here("apps", "sessions", "local/export", "--status", "finished", cwd=shop).stdout
    assert shown.startswith(f"{session['id']}  finished  {session['started_at']}")
    none = command.here("apps", "sessions", "local/hello", cwd=shop)
    assert (none.stdout, none.stderr.splitlines()[-1]) == ("", "it has no such sessions")


def test_code_is_downloaded_whole_or_in_part(shop: Path, tmp_path: Path) -> None:
    environ = {"SLYFLOW_HOME": str(shop / ".slyflow")}

    def download(*arguments: str) -> Any:
        ended = command.here("apps", "download", *arguments, "--json", cwd=tmp_path, environ=environ)
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)

    code = download("local/hello")
    assert code["path"] == str(tmp_path / "hello")
    assert (tmp_path / "hello/main.py").read_text() == "print('hello')\n"
    archive = download("local/hello", "--archive", "--sha256", code["sha256"])
    assert archive["path"] == str(tmp_path / "hello-v1.0.0.tar")
    assert (archive["size"], archive["sha256"]) == (code["size"], code["sha256"])
    assert download("local/hello", "--file", "/main.py")["path"] == str(tmp_path / "main.py")
    download("local/hello", "--key", "code", "--to", "elsewhere.py")
    assert (tmp_path / "elsewhere.py").read_text() == "print('hello')\n"
    for wrong, code_, said in (
        (["local/hello"], 2, "exists already"),
        (["local/hello", "--to", "new", "--sha256", "00"], 5, "expected 00"),
        (["local/hello", "--file", "none.py"], 1, "no file"),
        (["local/hello@v9"], 1, "no such version"),
        (["local/hello", "--file", "a", "--archive"], 2, "not allowed with"),
    ):
        ended = command.here("apps", "download", *wrong, cwd=tmp_path, environ=environ)
        assert (ended.returncode, ended.stdout) == (code_, ""), ended.stderr
        assert said in ended.stderr
    shown = command.here("apps", "download", "local/hello", "--to", "again", cwd=tmp_path, environ=environ)
    assert shown.stdout.startswith(f"{tmp_path / 'again'}  ")


def test_a_remote_instance_answers_the_same(shop: Path, tmp_path: Path) -> None:
    address = read_address(Home(shop / ".slyflow" / "instance"))
    assert address is not None
    environ = {"SERVER_ADDRESS": address.url, "API_TOKEN": address.token.reveal()}
    for arguments in (["search", "hello"], ["sessions", "local/hello"]):
        remote = command.here("apps", *arguments, "--instance", "remote", cwd=tmp_path, environ=environ)
        assert remote.stdout == command.here("apps", *arguments, cwd=shop).stdout
        assert remote.returncode == 0
    got = command.here("apps", "download", "local/hello", "--to", "code", cwd=tmp_path, environ=environ)
    assert (got.returncode, (tmp_path / "code/main.py").is_file()) == (0, True)


def test_a_folder_that_is_no_app_is_refused(tmp_path: Path) -> None:
    ended = command.here("apps", "add", ".", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "has no config.json" in ended.stderr


def test_an_unknown_app_is_an_error(tmp_path: Path) -> None:
    ended = command.here("apps", "show", "no/such", "--instance", "embedded", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith('error: there is no app "no/such"\n')


def test_a_remote_instance_needs_credentials(tmp_path: Path) -> None:
    ended = command.here("apps", "list", "--instance", "remote", cwd=tmp_path)
    assert ended.returncode == 2
    assert "set SERVER_ADDRESS and API_TOKEN" in ended.stderr
    half = command.here("apps", "list", cwd=tmp_path, environ={"API_TOKEN": "a-token-of-somebody"})
    assert half.returncode == 2
    assert "SERVER_ADDRESS" in half.stderr
