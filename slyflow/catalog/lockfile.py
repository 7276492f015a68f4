"""Where the lock of a pipeline lies, and what it says: found once for all pipelines of a repository."""

import os
import stat
from typing import TYPE_CHECKING

from slyflow.problem import Problem, Span
from slyflow.repository import nearest, root_of

if TYPE_CHECKING:
    from slyflow.catalog.lock import Lock

FILE = "slyflow.lock"
LIMIT = 4 * 2**20
"""Bytes; a longer file is no lock."""


class Locks:
    """Reads each lock once. `cwd` is absolute; names of files are relative to it."""

    def __init__(self, cwd: str) -> None:
        self._cwd = cwd
        self._places: dict[str, str | None] = {}
        self._read: dict[str, Lock | Problem] = {}

    def of(self, file: str) -> "Lock | Problem | None":
        """Return the lock of a pipeline file, what is wrong with it, or None when there is none."""
        place = self._place(file)
        if place is None:
            return None
        if place not in self._read:
            self._read[place] = read(place, self._cwd)
        return self._read[place]

    def name(self, file: str) -> str:
        """Return a pipeline file as its lock names it: relative to the lock's folder."""
        place = self._place(file)
        return file if place is None else named(file, place, self._cwd)

    def _place(self, file: str) -> str | None:
        folder = _split(file, self._cwd)[0]
        if folder not in self._places:
            self._places[folder] = None if "\0" in folder else nearest(FILE, _real(folder))
        return self._places[folder]


def lock_place(file: str, cwd: str) -> str:
    """Return where the lock of a pipeline file lies, or is to be written; an absolute path.

    It is the nearest one from the file's folder up to the root of its repository. Where there is none it
    goes to that root, outside of any repository beside the file.
    """
    folder = _real(_split(file, cwd)[0])
    return nearest(FILE, folder) or f"{(root_of(folder) or folder).rstrip('/')}/{FILE}"


def shown(path: str, cwd: str) -> str:
    """Return an absolute path as a person in `cwd` would write it: the shorter way."""
    relative = os.path.relpath(path, _real(cwd))
    return relative if len(relative) < len(path) else path


def named(file: str, place: str, cwd: str) -> str:
    """Return a pipeline file as the lock at `place` names it: relative to the lock's folder."""
    folder, name = _split(file, cwd)
    return os.path.relpath(f"{_real(folder)}/{name}", place.rpartition("/")[0] or "/")


def _split(file: str, cwd: str) -> tuple[str, str]:
    """Return a file's folder and its name there."""
    folder, _, name = (file if file[:1] == "/" else f"{cwd}/{file}").rpartition("/")
    return folder or "/", name


def _real(path: str) -> str:
    # Not by pathlib, which takes longer to import than all of this.
    return os.path.realpath(path)


def read(path: str, cwd: str) -> "Lock | Problem":
    """Return the lock at an absolute path, or what is wrong with it."""
    name = shown(path, cwd)
    try:
        # NONBLOCK, as a FIFO would keep us waiting; NOFOLLOW, as a link may lead out of the repository.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            return _unreadable(name, "is not a regular file")
        with os.fdopen(handle, "rb") as stream:
            content = stream.read(LIMIT + 1)
    except OSError as error:
        return _unreadable(name, f"cannot be read: {_reason(path, error)}")
    if len(content) > LIMIT:
        return _unreadable(name, f"is longer than {LIMIT // 2**20} MiB")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        return _unreadable(name, f"is not UTF-8 (byte {error.start})")
    from slyflow.catalog.lockreader import read_lock  # for the repositories that have one

    return read_lock(text, name)


def _reason(path: str, error: OSError) -> str:
    return "it is a link" if os.path.islink(path) else str(error.strerror)  # noqa: PTH114  # see _real


def _unreadable(name: str, what: str) -> Problem:
    hint = "a lock is a file of its own, written by `slyflow lock`"
    return Problem(Span(name, 1, 1, 1, 1), f"the lock {what}", "lock-damaged", hint=hint)
