"""A folder of images, on this machine or in Team Files: its files by relative path, and their bytes."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from slyflow.client import Instance

FILE_LIMIT = 256 * 1024 * 1024


class BadFolder(Exception):
    """The folder cannot be imported; the message says why and what to do."""


class Folder(Protocol):
    """Files below one place, named by their paths relative to it, `/` between the parts."""

    name: str

    def paths(self) -> Sequence[str]:
        """Return the files' relative paths, sorted."""

    def read(self, path: str) -> bytes:
        """Return one file's content."""


class LocalFolder:
    """A folder on the machine that the session runs on."""

    def __init__(self, place: Path) -> None:
        if not place.is_dir():
            raise BadFolder(f"there is no folder {place} on the machine that runs this session")
        self.name = place.resolve().name
        self._place = place

    def paths(self) -> Sequence[str]:
        """Return the files' relative paths, sorted; hidden ones and linked folders are left out."""
        found = []
        for folder, below, files in os.walk(self._place, onerror=_refuse):
            below[:] = [name for name in below if not name.startswith(".")]
            found += [Path(folder, name) for name in files if not name.startswith(".")]
        return sorted(path.relative_to(self._place).as_posix() for path in found if path.is_file())

    def read(self, path: str) -> bytes:
        """Return one file's content."""
        try:
            return (self._place / path).read_bytes()
        except OSError as error:
            raise BadFolder(f"{self._place / path} cannot be read: {error.strerror}") from error


class TeamFolder:
    """A folder in Team Files."""

    def __init__(self, instance: Instance, team_id: int, path: str) -> None:
        self._instance, self._team_id = instance, team_id
        self._path = path.rstrip("/") + "/"
        self.name = path.rstrip("/").rpartition("/")[2] or "Team Files"

    def paths(self) -> Sequence[str]:
        """Return the files' relative paths, sorted."""
        found = self._instance.files.files(self._team_id, self._path)
        return sorted(file.path.removeprefix(self._path) for file in found)

    def read(self, path: str) -> bytes:
        """Return one file's content."""
        return self._instance.files.read(self._team_id, self._path + path, FILE_LIMIT)


def local_folder(text: str, code: Path) -> LocalFolder:
    """Return the folder an argument names: absolute, or relative to the app's own folder `code`."""
    place = Path(text)
    if not place.is_absolute() and not (code / place).is_dir():
        raise BadFolder(
            f'the app has no folder "{text}" of its own; name a folder of this machine by its absolute path'
        )
    return LocalFolder(code / place)


def _refuse(error: OSError) -> None:
    raise BadFolder(f"{error.filename} cannot be read: {error.strerror}") from error
