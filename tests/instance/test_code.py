"""Copies of an app's few files: told from what an app has made of them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from slyflow.instance.code import SmallFile, are_copies, write_files

FILES = (SmallFile("main.py", b"print(1)", 0o600), SmallFile("run.sh", b"", 0o700))


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    write_files(FILES, tmp_path / "code")
    return tmp_path / "code"


def test_what_was_written_is_recognised(copies: Path) -> None:
    assert are_copies(FILES, copies)
    assert not are_copies(FILES, copies / "nowhere")


def change(copies: Path) -> None:
    (copies / "main.py").write_bytes(b"print(2)")


def grow(copies: Path) -> None:
    (copies / "run.sh").write_bytes(b"x")


def lock(copies: Path) -> None:
    (copies / "main.py").chmod(0o400)


def add(copies: Path) -> None:
    (copies / "__pycache__").mkdir()


def remove(copies: Path) -> None:
    (copies / "run.sh").unlink()


def name_twice(copies: Path) -> None:
    (copies.parent / "other").hardlink_to(copies / "main.py")


def link(copies: Path) -> None:
    (copies / "main.py").rename(copies.parent / "main.py")
    (copies / "main.py").symlink_to(copies.parent / "main.py")


def put_a_pipe(copies: Path) -> None:
    (copies / "run.sh").unlink()
    os.mkfifo(copies / "run.sh")


@pytest.mark.parametrize(
    "happens", [change, grow, lock, add, remove, name_twice, link, put_a_pipe], ids=lambda f: f.__name__
)
def test_any_change_to_copies_is_seen(copies: Path, happens: Callable[[Path], None]) -> None:
    happens(copies)
    assert not are_copies(FILES, copies)
