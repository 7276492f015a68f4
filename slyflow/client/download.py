"""Content that goes to a file on its way: whole and checked, or not there at all."""

import base64
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from slyflow.client.transport import Transport
from slyflow.errors import BadReply, StoreError
from slyflow.model.value import Json

Progress = Callable[[int, int | None], object]
"""Told how many bytes have come, and of how many (None = not known); it starts anew with each try."""
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Download:
    """A downloaded file: its size in bytes and its SHA-256 in hexadecimal digits."""

    path: Path
    size: int
    sha256: str


def download(
    transport: Transport,
    method: str,
    body: Json,
    path: Path,
    *,
    limit: int,
    sha256: str | None = None,
    progress: Progress | None = None,
) -> Download:
    """Write the answer of a method to `path`, replacing a file that is there.

    BadReply when it is longer than `limit` bytes, or is not what `sha256` or the instance itself says;
    StoreError when it cannot be written. Then `path` is as it was.
    """
    with _beside(path) as (aside, file):
        sink = _FileSink(file, path, progress)
        claimed = transport.download(method, body, sink, limit=limit)
        found = sink.digest()
        if claimed and claimed != base64.b64encode(bytes.fromhex(found)).decode():
            raise BadReply(f"{method}: the content does not have the checksum that the instance sent with it")
        if sha256 is not None and found != sha256.lower():
            raise BadReply(f"{method}: the content has the SHA-256 {found}, expected {sha256}")
        file.flush()
        aside.replace(path)
    return Download(path, sink.received, found)


class _FileSink:
    """Writes to an open file, from its beginning for each answer."""

    def __init__(self, file: BinaryIO, path: Path, progress: Progress | None) -> None:
        self._file = file
        self._path = path
        self._progress = progress
        self._size: int | None = None
        self._hash = hashlib.sha256()
        self.received = 0

    def begin(self, size: int | None) -> None:
        """Forget what a try before this one wrote."""
        self._size, self._hash, self.received = size, hashlib.sha256(), 0
        with self._writing():
            self._file.seek(0)
            self._file.truncate()

    def write(self, chunk: bytes) -> None:
        """Write and count the next bytes."""
        with self._writing():
            self._file.write(chunk)
        self._hash.update(chunk)
        self.received += len(chunk)
        if self._progress is not None:
            self._progress(self.received, self._size)

    def digest(self) -> str:
        """Return the SHA-256 of all that was written."""
        return self._hash.hexdigest()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        # An OSError would be taken for one of the connection, and the request be sent again.
        try:
            yield
        except OSError as error:
            raise _unwritable(self._path, error) from error


@contextmanager
def _beside(path: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """Open a new file in the same folder, for the time of the block."""
    aside = path.with_name(f".{secrets.token_hex(8)}")
    try:
        file = os.fdopen(os.open(aside, _NEW, 0o666), "wb")
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with file:
            yield aside, file
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with suppress(FileNotFoundError):
            aside.unlink()


def _unwritable(path: Path, error: OSError) -> StoreError:
    return StoreError(f"{path} cannot be written: {error.strerror or error}")
