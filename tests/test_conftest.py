"""The guard of the user's home is itself on guard."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from slyflow import settings

REPOSITORY = Path(__file__).parent.parent


def _real_home() -> Path:
    import pwd

    return Path(pwd.getpwuid(os.getuid()).pw_dir)


def test_home_is_an_empty_folder_of_the_test(own_home: Path) -> None:
    assert Path.home() == own_home
    assert own_home != _real_home()
    assert list(own_home.iterdir()) == []


def test_a_child_process_sees_the_home_of_the_test(own_home: Path) -> None:
    child = subprocess.run(
        [sys.executable, "-c", "import os; print(os.environ['HOME'], 'API_TOKEN' in os.environ)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert child.stdout.split() == [str(own_home), "False"]


def test_touching_what_is_the_users_fails() -> None:
    state = REPOSITORY / ".slyflow"
    with pytest.raises(PermissionError, match="belongs to the user"):
        state.mkdir()
    with pytest.raises(PermissionError, match="belongs to the user"):
        (state / "notes").open("w")
    with pytest.raises(PermissionError, match="belongs to the user"):
        sqlite3.connect(str(state / "journal.sqlite"))
    assert not state.exists() or state.is_dir()


def test_no_setting_of_the_machine_reaches_a_test() -> None:
    assert [name for name in os.environ if name.startswith("SLYFLOW_")] == []
    assert not {"SERVER_ADDRESS", "API_TOKEN"} & set(os.environ)
    assert settings.unknown_variables(os.environ) == []


def test_a_folder_of_that_name_elsewhere_can_be_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(REPOSITORY)  # relative to it, the name would be the user's
    (tmp_path / "project" / ".slyflow" / "runs").mkdir(parents=True)
    shutil.rmtree(tmp_path / "project")
    assert list(tmp_path.iterdir()) == []
