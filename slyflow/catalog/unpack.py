"""Unpacks an app's archive into a new folder, where nothing in it can lead outside."""

import os
import secrets
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from slyflow.catalog.tar import USUAL, ArchiveError, Limits, read_tar

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def unpack(file: BinaryIO, folder: Path, *, limits: Limits = USUAL, twins: bool = False) -> None:
    """Make `folder`, whole or not at all, of a tar's regular files and folders.

    ArchiveError for anything else in it, and without `twins` for names that differ only in case or in
    how they are composed, which are one name elsewhere. FileExistsError or OSError when `folder` cannot
    be made.
    """
    aside = folder.with_name(f".{secrets.token_hex(8)}")
    aside.mkdir(mode=0o700)
    try:
        with _opened(os.open(aside, _FOLDER)) as top:
            _fill(top, file, limits, None if twins else _Names())
        aside.chmod(0o755)
        if folder.exists() or folder.is_symlink():
            raise FileExistsError(f"{folder} exists already")
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


class _Names:
    """The names met so far, as a file system sees them that folds them."""

    def __init__(self) -> None:
        self._spelled: dict[tuple[str, ...], tuple[str, ...]] = {}

    def add(self, path: tuple[str, ...]) -> None:
        """ArchiveError when another spelling of this path, or of a folder on the way, was met before."""
        for length in range(1, len(path) + 1):
            spelled = path[:length]
            folded = tuple(unicodedata.normalize("NFC", name).casefold() for name in spelled)
            known = self._spelled.setdefault(folded, spelled)
            if known != spelled:
                raise ArchiveError(
                    f"it holds {'/'.join(known)!r} and {'/'.join(spelled)!r}, which may be one name"
                )


def _fill(top: int, file: BinaryIO, limits: Limits, names: _Names | None) -> None:
    for entry, content in read_tar(file, limits):
        if names is not None:
            names.add(entry.path)
        try:
            with _folder(top, entry.path if entry.is_folder else entry.path[:-1]) as place:
                if not entry.is_folder:
                    _write(place, entry.path[-1], content, 0o755 if entry.is_executable else 0o644)
        except (FileExistsError, NotADirectoryError) as error:
            raise ArchiveError(f"it holds {'/'.join(entry.path)!r} twice") from error


def _write(place: int, name: str, content: Iterator[bytes], mode: int) -> None:
    with os.fdopen(os.open(name, _NEW_FILE, 0o600, dir_fd=place), "wb") as new:
        for piece in content:
            new.write(piece)
        os.fchmod(new.fileno(), mode)


@contextmanager
def _folder(top: int, path: tuple[str, ...]) -> Iterator[int]:
    """Open a folder below the top, one name at a time, and make what is not there."""
    place = os.dup(top)
    try:
        for name in path:
            with suppress(FileExistsError):
                os.mkdir(name, 0o755, dir_fd=place)
            place, above = os.open(name, _FOLDER, dir_fd=place), place
            os.close(above)
        yield place
    finally:
        os.close(place)


@contextmanager
def _opened(descriptor: int) -> Iterator[int]:
    try:
        yield descriptor
    finally:
        os.close(descriptor)
