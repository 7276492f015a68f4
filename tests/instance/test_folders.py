"""The folders of a session on disk."""

from pathlib import Path

import pytest

from slyflow.instance.folders import Folders


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    (tmp_path / "caches").mkdir()
    made = Folders(tmp_path / "7", tmp_path / "caches")
    made.make()
    made.code.mkdir()
    (made.code / "main.py").write_text("pass")
    return made


def test_folders_are_private(folders: Folders) -> None:
    for folder in (folders.session, folders.data, folders.work, folders.temporary, *folders.shared):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_what_a_killed_server_left_is_gone(folders: Folders) -> None:
    (folders.data / "old").write_text("x")
    folders.make()
    assert list(folders.data.iterdir()) == []
    assert not folders.code.exists()


def test_a_session_that_left_nothing_is_removed(folders: Folders) -> None:
    assert folders.are_empty()
    folders.remove()
    assert not folders.session.exists()
    assert folders.caches.exists()


@pytest.mark.parametrize("left", ["data/x", "work/x", "tmp/x", "synced/x"])
def test_data_in_any_of_them_is_seen(folders: Folders, left: str) -> None:
    (folders.session / left).mkdir()
    assert not folders.are_empty()


def test_a_folder_that_an_app_removed_is_no_empty_one(folders: Folders) -> None:
    folders.data.rmdir()
    assert not folders.are_empty()


@pytest.mark.parametrize("left", ["data/x", "work/x", "tmp/x", "synced/x", "other/x", "repo/folder/x"])
def test_what_a_session_left_goes_too(folders: Folders, left: str) -> None:
    path = folders.session / left
    path.parent.mkdir(exist_ok=True)
    path.write_text("x")
    folders.remove()
    assert not folders.session.exists()


@pytest.mark.parametrize("replaced", ["code", "session"])
def test_a_link_in_a_folders_place_is_not_followed(folders: Folders, tmp_path: Path, replaced: str) -> None:
    place: Path = getattr(folders, replaced)
    elsewhere = tmp_path / "elsewhere"
    place.rename(elsewhere)
    kept = sorted(path for path in elsewhere.rglob("*") if path.is_file())
    place.symlink_to(elsewhere)
    folders.remove()
    assert kept
    assert all(path.exists() for path in kept)
