"""Tests of slyflow.repository."""

from pathlib import Path

from slyflow.repository import nearest, root_of


def test_the_nearest_file_up_to_the_root_is_found(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (tmp_path / "x").touch()
    assert nearest("x", str(inner)) == str(tmp_path / "x")
    (tmp_path / "a" / "x").touch()
    assert nearest("x", str(inner)) == str(tmp_path / "a" / "x")
    assert root_of(str(inner)) == str(tmp_path)


def test_nothing_above_the_root_is_found(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    assert nearest("x", str(tmp_path / "repository")) is None


def test_outside_a_repository_only_the_folder_itself_counts(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "x").touch()
    assert nearest("x", str(tmp_path / "inner")) is None
    assert nearest("x", str(tmp_path)) == str(tmp_path / "x")
    assert root_of(str(tmp_path)) is None


def test_the_root_of_everything_is_a_folder_too() -> None:
    assert nearest("surely-not-there", "/") is None
