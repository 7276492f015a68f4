"""Content-addressed files: bytes are kept once under their sha256, written aside and renamed into place."""

import base64
import hashlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Blob:
    """Stored bytes: sha256 in hex and the size in bytes."""

    sha256: str
    size: int

    @property
    def hash(self) -> str:
        """The hash as the API writes it: base64 of the sha256."""
        return hash_of(self.sha256)


def hash_of(sha256: str) -> str:
    """Return the API's hash (base64) of a sha256 in hex."""
    return base64.b64encode(bytes.fromhex(sha256)).decode()


def sha256_of(text: str) -> str | None:
    """Return the sha256 in hex of an API hash, None when it is none."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return raw.hex() if len(raw) == 32 else None


class Blobs:
    """The blob folder of a home. Any thread may use it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"
        self._incoming.mkdir(mode=0o700, parents=True, exist_ok=True)

    def sweep(self) -> None:
        """Remove what a killed server left half written; only at start, before the first writer."""
        for path in self._incoming.iterdir():
            path.unlink(missing_ok=True)

    def path(self, sha256: str) -> Path:
        """Return where the bytes stand, or would stand."""
        return self._folder / sha256[:2] / sha256

    def __contains__(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def find(self, sha256: str) -> Blob | None:
        """Return the stored blob, None when there is none."""
        try:
            return Blob(sha256, self.path(sha256).stat().st_size)
        except FileNotFoundError:
            return None

    def open(self, sha256: str) -> BinaryIO:
        """Open the bytes for reading; FileNotFoundError when there are none."""
        return self.path(sha256).open("rb")

    def put(self, content: bytes) -> Blob:
        """Store bytes."""
        return self.put_chunks([content])

    def put_chunks(self, chunks: Iterable[bytes]) -> Blob:
        """Store bytes that come in pieces; nothing stays when the pieces end in an error."""
        with self.writer() as writer:
            for chunk in chunks:
                writer.write(chunk)
            return writer.keep()

    def writer(self) -> "Writer":
        """Return a writer; use it in a `with` block, so that what is not kept is removed."""
        return Writer(self, self._incoming / secrets.token_hex(16))


class Writer:
    """Bytes on their way into the store: `write` them, then `keep` them, else they are removed."""

    def __init__(self, blobs: Blobs, path: Path) -> None:
        self._blobs = blobs
        self._path = path
        self._digest = hashlib.sha256()
        self.size = 0
        self._file = os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb"
        )

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def write(self, chunk: bytes) -> int:
        """Add bytes."""
        self._digest.update(chunk)
        self.size += len(chunk)
        return self._file.write(chunk)

    def keep(self) -> Blob:
        """Make the bytes part of the store."""
        self._file.close()
        blob = Blob(self._digest.hexdigest(), self.size)
        target = self._blobs.path(blob.sha256)
        if not target.exists():
            target.parent.mkdir(mode=0o700, exist_ok=True)
            self._path.rename(target)
        return blob
