"""The file that takes ids when the journal cannot: made with its space, read back, emptied, removed."""

import os
import stat
from pathlib import Path

import pytest

from slyflow.engine.emergency import FILE, SIZE, Emergency, Kept
from slyflow.errors import StoreError

TWO = [Kept("a", 1, 41, "sf-1"), Kept("b", 2, 42, "sf-2")]


def test_has_its_space_and_is_private_before_anything_is_written(tmp_path: Path) -> None:
    with Emergency(tmp_path) as emergency:
        found = emergency.path.stat()
        assert found.st_size == SIZE
        assert found.st_blocks * 512 >= SIZE
        assert stat.S_IMODE(found.st_mode) == 0o600
        assert emergency.kept() == []


def test_is_gone_when_nothing_was_written(tmp_path: Path) -> None:
    Emergency(tmp_path).close()
    assert list(tmp_path.iterdir()) == []


def test_what_was_written_is_there_for_the_next_process(tmp_path: Path) -> None:
    with Emergency(tmp_path) as emergency:
        assert emergency.keep(TWO[:1])
    with Emergency(tmp_path) as emergency:
        assert emergency.kept() == TWO[:1]
        assert emergency.keep(TWO[1:])
        assert emergency.kept() == TWO
        emergency.clear()
        assert emergency.kept() == []
        assert emergency.path.stat().st_blocks * 512 >= SIZE
    assert list(tmp_path.iterdir()) == []


def test_no_more_is_written_than_there_is_space_for(tmp_path: Path) -> None:
    with Emergency(tmp_path) as emergency:
        many = [Kept("a" * 1000, 1, number, "sf") for number in range(SIZE // 1100)]
        assert emergency.keep(many)
        assert not emergency.keep(many)
        assert emergency.kept() == many


@pytest.mark.parametrize(
    "line",
    [
        b"not JSON",
        b"[]",
        b"{}",
        b'{"step": "a", "attempt": 1, "session_id": "41", "marker": "sf-1"}',
        b'{"step": "a", "attempt": true, "session_id": 41, "marker": "sf-1"}',
        b'{"step": "a", "attempt": 1, "session_id": 41, "marker": ""}',
        b'{"step": "a", "attempt": 1, "session_i',
    ],
)
def test_a_line_that_is_not_whole_is_left_out(tmp_path: Path, line: bytes) -> None:
    with Emergency(tmp_path) as emergency:
        emergency.keep(TWO)
        os.truncate(emergency.path, 0)
        good = b'{"step": "a", "attempt": 1, "session_id": 41, "marker": "sf-1"}'
        emergency.path.write_bytes(line + b"\n" + good)
        assert emergency.kept() == TWO[:1]


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / FILE).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match=r"accepted\.jsonl cannot be made"):
        Emergency(tmp_path)
    assert not (tmp_path / "elsewhere").exists()
