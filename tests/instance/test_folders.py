"""The folders of a session on disk."""

from collections.abc import Callable
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


def private(folders: Folders) -> Folders:
    folders.code.chmod(0o700)
    return folders


def test_folders_that_nothing_happened_to_are_as_made_and_can_be_taken_over(folders: Folders) -> None:
    inode = private(folders).work.stat().st_ino
    assert folders.are_as_made()
    other = Folders(folders.session.with_name("8"), folders.caches)
    assert other.take_over(folders)
    assert not folders.session.exists()
    assert other.work.stat().st_ino == inode
    assert (other.code / "main.py").read_text() == "pass"


def test_folders_are_not_taken_over_where_something_is_already(folders: Folders) -> None:
    other = Folders(folders.session.with_name("8"), folders.caches)
    other.make()
    assert not other.take_over(folders)
    assert folders.session.exists()


def put_data(folders: Folders) -> None:
    (folders.data / "x").touch()


def put_beside(folders: Folders) -> None:
    (folders.session / "x").touch()


def open_to_others(folders: Folders) -> None:
    folders.work.chmod(0o755)


def lock_up(folders: Folders) -> None:
    folders.temporary.chmod(0o500)


def put_a_link(folders: Folders) -> None:
    folders.data.rmdir()
    folders.data.symlink_to(folders.caches)


def take_away(folders: Folders) -> None:
    folders.synced.rmdir()


@pytest.mark.parametrize(
    "change", [put_data, put_beside, open_to_others, lock_up, put_a_link, take_away], ids=lambda f: f.__name__
)
def test_any_change_to_folders_is_seen(folders: Folders, change: Callable[[Folders], None]) -> None:
    change(private(folders))
    assert not folders.are_as_made()
