"""The file that takes the ids of accepted sessions when the journal cannot: its space is there beforehand."""

import contextlib
import errno
import json
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from slyflow.errors import StoreError
from slyflow.record import record

FILE = "accepted.jsonl"
# Room for some 400 launches; no more than that are accepted between two commits.
SIZE = 64 * 1024
_FIELDS = ("step", "attempt", "session_id", "marker")


@record(frozen=True)
class Kept:
    """A session that the instance accepted for an attempt, by its launch's marker."""

    step: str
    attempt: int
    session_id: int
    marker: str


class Emergency:
    """The file of one run, open while it is driven; nothing is written to it while all goes well."""

    def __init__(self, folder: Path) -> None:
        """Make the file (0600) with all its space, or open what an earlier process left; StoreError."""
        self.path = folder / FILE
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            self._file = os.open(self.path, flags, 0o600)
            try:
                os.posix_fallocate(self._file, 0, SIZE)
                self._end = len(_content(self._file))
            except BaseException:
                os.close(self._file)
                raise
        except OSError as error:
            hint = "make room, then try again" if error.errno == errno.ENOSPC else None
            raise StoreError(f"{self.path} cannot be made: {error.strerror}", hint=hint) from error

    def kept(self) -> list[Kept]:
        """Return what was written; a line that is not whole is left out."""
        lines = _content(self._file).split(b"\n")
        return [found for line in lines if (found := _read(line)) is not None]

    def keep(self, sessions: Sequence[Kept]) -> bool:
        """Write a line for each and say whether all of them are on the disk."""
        text = "".join(f"{json.dumps({name: getattr(one, name) for name in _FIELDS})}\n" for one in sessions)
        content = text.encode()
        if self._end + len(content) > SIZE:
            return False
        try:
            self._end += os.pwrite(self._file, content, self._end)
            os.fsync(self._file)
        except OSError:
            return False
        return True

    def clear(self) -> None:
        """Forget what was written, now that the journal has it."""
        if self._end:
            # The space stays; what cannot be wiped out is no launch in doubt any more, and does no harm.
            with contextlib.suppress(OSError):
                os.pwrite(self._file, b"\0" * self._end, 0)
                self._end = 0

    def close(self) -> None:
        """Close the file, and remove it when there is nothing in it."""
        if not self._end:
            with contextlib.suppress(OSError):
                self.path.unlink()
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _content(file: int) -> bytes:
    """Return what was written: unused space reads as zeros."""
    return os.pread(file, SIZE, 0).rstrip(b"\0")


def _read(line: bytes) -> Kept | None:
    try:
        told = json.loads(line)
        step, attempt, session_id, marker = (told[name] for name in _FIELDS)
    except (ValueError, KeyError, TypeError):
        return None
    if not (isinstance(step, str) and isinstance(marker, str) and marker):
        return None
    if not (type(attempt) is int and type(session_id) is int):
        return None
    return Kept(step, attempt, session_id, marker)
