"""Which Python runs an app, up to a real environment made with pip from a wheel at hand."""

import zipfile
from pathlib import Path

import pytest

from slyflow.instance.environment import required_by
from tests.instance.server import make_app, running


def make_wheel(folder: Path) -> Path:
    folder.mkdir()
    info = "little-1.0.dist-info"
    with zipfile.ZipFile(folder / "little-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("little.py", "WORD = 'little'")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: little\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return folder


def test_requirements_are_found_as_an_agent_finds_them(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "main.py").write_text("import os\n  # import supervisely\n")
    assert required_by(tmp_path, "sub") == ()
    (tmp_path / "sub" / "app.py").write_text("if 1:\n    from supervisely import x\n")
    assert required_by(tmp_path, "sub") == ("supervisely",)
    (tmp_path / "sub" / "old.py").write_text("app = sly.AppService()")
    assert required_by(tmp_path, "sub") == ("supervisely", "protobuf>=3.19.5,<=3.20.3")
    (tmp_path / "sub" / "old.py").unlink()
    (tmp_path / "dev_requirements.txt").write_text("supervisely==6.0 # pin\n\n# black\n")
    assert required_by(tmp_path, "sub") == ("supervisely==6.0",)
    (tmp_path / "requirements.txt").write_text("a\nb\\\n>=2\n")
    assert required_by(tmp_path, "sub") == ("a", "b >=2")
    (tmp_path / "sub" / "requirements.txt").write_text("")
    assert required_by(tmp_path, "sub") == ()


def test_app_whose_needs_are_met_runs_in_the_servers_python(tmp_path: Path) -> None:
    app = make_app(tmp_path / "app", "import requests, slyflow.secret; print(slyflow.secret.MASK)")
    (app / "requirements.txt").write_text('requests>=2\nslyflow\nnever-seen; python_version < "3"\n')
    with running(tmp_path / "home") as server:
        session = server.run(server.add_app(app))
        assert server.wait(session)["status"] == "finished", server.log(session)
        assert server.log(session) == "***"
        assert [path.name for path in server.home.environments.iterdir()] == []


def test_app_with_other_needs_gets_an_environment_made_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(make_wheel(tmp_path / "wheels")))
    needs_little = make_app(tmp_path / "app", "import sys, little; print(little.WORD, sys.prefix)")
    (needs_little / "requirements.txt").write_text("little==1.0\n")
    with running(tmp_path / "home") as server:
        module = server.add_app(needs_little)
        sessions = [server.run(module) for _ in range(2)]
        for session in sessions:
            assert server.wait(session)["status"] == "finished", server.log(session)
        words = [server.log(session).splitlines()[-1] for session in sessions]
        assert words[0] == words[1]
        assert words[0].startswith(f"little {server.home.environments}")
        # One of them made it, and shows it in its log; the other waited.
        installed = ["Successfully installed little-1.0" in server.log(session) for session in sessions]
        assert sorted(installed) == [False, True]


def test_environment_that_cannot_be_made_is_the_sessions_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    app = make_app(tmp_path / "app", "print('ran')")
    (app / "requirements.txt").write_text("no-such-package-anywhere\n")
    with running(tmp_path / "home") as server:
        session = server.run(server.add_app(app))
        info = server.wait(session)
        assert info["status"] == "error"
        assert "pip install ended with 1" in info["meta"]["error"]["message"]
        log = server.log(session)
        assert "No matching distribution found for no-such-package-anywhere" in log
        assert "ran" not in log.splitlines()
        assert len(list(server.home.environments.glob("*/.ready"))) == 0
