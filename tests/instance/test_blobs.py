"""Content-addressed files: once, whole, or not at all."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from slyflow.instance.blobs import Blobs, hash_of, sha256_of


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


def files(blobs_folder: Path) -> list[Path]:
    return [path for path in blobs_folder.rglob("*") if path.is_file()]


def test_bytes_come_back_under_their_hash(blobs: Blobs, tmp_path: Path) -> None:
    blob = blobs.put(b"hello")
    assert blob.sha256 == hashlib.sha256(b"hello").hexdigest()
    assert blob.size == 5
    assert sha256_of(blob.hash) == blob.sha256
    with blobs.open(blob.sha256) as file:
        assert file.read() == b"hello"
    assert blob.sha256 in blobs
    assert blobs.find(blob.sha256) == blob
    assert blobs.put_chunks([b"hel", b"lo"]) == blob
    assert files(tmp_path / "blobs") == [blobs.path(blob.sha256)]
    assert blobs.path(blob.sha256).stat().st_mode & 0o077 == 0


def test_what_is_not_there_is_none(blobs: Blobs) -> None:
    assert blobs.find("0" * 64) is None
    assert "0" * 64 not in blobs
    with pytest.raises(FileNotFoundError):
        blobs.open("0" * 64)


def test_pieces_that_end_in_an_error_leave_nothing(blobs: Blobs, tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise OSError("the other half is gone")

    with pytest.raises(OSError, match="other half"):
        blobs.put_chunks(pieces())
    assert files(tmp_path / "blobs") == []


def test_sweep_removes_what_a_killed_server_left(blobs: Blobs, tmp_path: Path) -> None:
    (tmp_path / "blobs" / "incoming" / "left").write_bytes(b"half")
    kept = blobs.put(b"whole")
    blobs.sweep()
    assert files(tmp_path / "blobs") == [blobs.path(kept.sha256)]


@pytest.mark.parametrize("text", ["", "x", "AAAA", "é", "A" * 43, hash_of("0" * 64) + "="])
def test_text_that_is_no_hash_is_none(text: str) -> None:
    assert sha256_of(text) is None
