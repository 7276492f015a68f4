"""The home is private to its user."""

from pathlib import Path

import pytest

from slyflow.errors import StoreError
from slyflow.running.home import open_home


def test_a_new_home_is_private_and_out_of_version_control(tmp_path: Path) -> None:
    home = open_home(tmp_path / "deep" / "home")
    assert home.stat().st_mode & 0o777 == 0o700
    assert (home / ".gitignore").read_text() == "*\n"
    assert open_home(home) == home


def test_a_home_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o777)
    with pytest.raises(StoreError, match="other users may write") as caught:
        open_home(home)
    assert caught.value.hint == f"run: chmod 700 {home}"


def test_a_file_is_no_home(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(StoreError, match="is not a folder"):
        open_home(tmp_path / "home")
    with pytest.raises(StoreError, match="cannot be used"):
        open_home(tmp_path / "home" / "inner")
