"""The code of an app comes out of its archive whole, or not at all."""

from pathlib import Path

import pytest

from slyflow.client.code import check_free, scratch_beside, unpack_code
from slyflow.errors import BadReply, StoreError, UsageError
from tests.catalog.test_tar import FILE, FOLDER, Member, archive


def unpacked(tmp_path: Path, *members: Member) -> Path:
    (tmp_path / "scratch").mkdir()
    (tmp_path / "scratch/archive").write_bytes(archive(*members))
    unpack_code(tmp_path / "scratch/archive", tmp_path / "code")
    return tmp_path / "code"


def test_the_one_folder_becomes_the_code(tmp_path: Path) -> None:
    code = unpacked(tmp_path, ("app-1234/src/main.py", FILE, b"1"), ("app-1234/config.json", FILE, b"{}"))
    assert (code / "src/main.py").read_bytes() == b"1"
    assert sorted(path.name for path in code.iterdir()) == ["config.json", "src"]


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([], "0 entries"),
        ([("main.py", FILE, b"")], "1 entries at its top, expected one folder"),
        ([("a", FOLDER, b""), ("b", FOLDER, b"")], "2 entries"),
        ([("a/../../b", FILE, b"")], "cannot be unpacked: it holds 'a/../../b'"),
    ],
)
def test_an_archive_of_another_shape_is_a_bad_reply(tmp_path: Path, members: list[Member], said: str) -> None:
    with pytest.raises(BadReply, match=said):
        unpacked(tmp_path, *members)
    assert not (tmp_path / "code").exists()


def test_a_folder_that_is_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="exists already"):
        check_free(tmp_path)
    with pytest.raises(UsageError, match="is no folder"):
        check_free(tmp_path / "missing" / "code")
    with pytest.raises(StoreError, match="cannot be written"), scratch_beside(tmp_path / "missing" / "code"):
        pass
