"""Tests of slyflow.catalog.unpack."""

import io
import tarfile
from pathlib import Path

import pytest

from slyflow.catalog.tar import ArchiveError, Limits
from slyflow.catalog.unpack import unpack
from tests.catalog.test_tar import FILE, FOLDER, Member, archive


def into(folder: Path, *members: Member, mode: int = 0o644, twins: bool = False) -> None:
    unpack(io.BytesIO(archive(*members, mode=mode)), folder, twins=twins)


def test_files_and_folders_come_out(tmp_path: Path) -> None:
    into(
        tmp_path / "new",
        ("app", FOLDER, b""),
        ("app/a/b", FILE, b"1"),
        ("app/a", FOLDER, b""),
        ("c", FILE, b""),
    )
    assert (tmp_path / "new/app/a/b").read_bytes() == b"1"
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["app", "c"]
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


@pytest.mark.parametrize(("mode", "kept"), [(0o4777, 0o755), (0o644, 0o644), (0o600, 0o644)])
def test_files_are_executable_or_not_and_nothing_more(tmp_path: Path, mode: int, kept: int) -> None:
    into(tmp_path / "new", ("run.sh", FILE, b"x"), mode=mode)
    assert (tmp_path / "new/run.sh").stat().st_mode & 0o7777 == kept


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([("a", FILE, b"1"), ("a", FILE, b"2")], "'a' twice"),
        ([("a", FILE, b"1"), ("a/b", FILE, b"2")], "'a/b' twice"),
        ([("a/b", FILE, b"1"), ("a", FILE, b"2")], "'a' twice"),
        ([("a", FILE, b"1"), ("a", FOLDER, b"")], "'a' twice"),
        ([("README", FILE, b"1"), ("readme", FILE, b"2")], "'README' and 'readme', which may be one name"),
        ([("Src/a", FILE, b"1"), ("src/b", FILE, b"2")], "'Src' and 'src'"),
        ([("é", FILE, b"1"), ("e\u0301", FILE, b"2")], "may be one name"),
        ([("good", FILE, b"1"), ("link", tarfile.SYMTYPE, b"")], "a symbolic link"),
        ([("good", FILE, b"1"), ("../evil", FILE, b"")], "outside"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_archive_leaves_nothing_behind(tmp_path: Path, members: list[Member], said: str) -> None:
    with pytest.raises(ArchiveError, match=said):
        into(tmp_path / "new", *members)
    assert list(tmp_path.iterdir()) == []


def test_twins_are_two_files_where_they_are_allowed(tmp_path: Path) -> None:
    into(tmp_path / "new", ("Makefile", FILE, b"1"), ("makefile", FILE, b"2"), twins=True)
    assert (tmp_path / "new/makefile").read_bytes() == b"2"


def test_what_is_there_is_never_written_into(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("there", "link"):
        with pytest.raises(FileExistsError):
            into(tmp_path / name, ("a", FILE, b"1"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "there"]


def test_limits_are_handed_on(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="more than 1 files"):
        unpack(
            io.BytesIO(archive(("a", FILE, b""), ("b", FILE, b""))),
            tmp_path / "new",
            limits=Limits(entries=1),
        )
