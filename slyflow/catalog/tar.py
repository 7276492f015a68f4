"""Reads a tar, plain or gzipped: regular files and folders within limits, and nothing else.

Not Python's own tarfile: the releases of 3.11 that are around follow negative sizes for ever, and read
headers of any length into memory.
"""

import re
import zlib
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from slyflow.record import record

BLOCK = 512
CHUNK = 1 << 16
_LONGEST_NAME = 255
_LONGEST_PATH = 4096
_LARGEST_HEADER = 1 << 20
# A stream this short may be packed as tightly as it likes.
_FREE = 8 << 20
_GZIP = b"\x1f\x8b"
_DRIVE = re.compile(r"[A-Za-z]:")
_UNFIT = re.compile(r"[\\\x00-\x1f\x7f]")
_KINDS = {
    b"1": "a hard link",
    b"2": "a symbolic link",
    b"3": "a device",
    b"4": "a device",
    b"6": "a pipe",
    b"S": "a sparse file",
}


class ArchiveError(ValueError):
    """The archive is damaged, exceeds a limit, or holds what it may not hold."""


@record(frozen=True)
class Limits:
    """Most entries, most bytes of content, and how many times as long a gzipped stream may become."""

    entries: int = 20_000
    size: int = 2 << 30
    ratio: int = 100


@record(frozen=True)
class Entry:
    """One file or folder; `path` are the names that lead to it from the archive's top, never empty."""

    path: tuple[str, ...]
    size: int
    is_folder: bool
    is_executable: bool


USUAL = Limits()


def read_tar(file: BinaryIO, limits: Limits = USUAL) -> Iterator[tuple[Entry, Iterator[bytes]]]:
    """Yield entries in order, each with its content in pieces, to be read before the next one is asked for.

    ArchiveError as soon as something is met that may not be there; what came before is then of no use.
    """
    source = _Source(file, limits)
    count = total = 0
    extra: dict[str, str] = {}
    while (head := _head(source)) is not None:
        kind, size = head[156:157], _number(head[124:136])
        if kind in b"xgLK":
            extra.update(_metadata(kind, source, size))
            continue
        count += 1
        size = 0 if kind == b"5" else int(extra.get("size", size))
        total += size
        if count > limits.entries:
            raise ArchiveError(f"it holds more than {limits.entries} files and folders")
        if total > limits.size:
            raise ArchiveError(f"it holds more than {limits.size} bytes")
        entry = _entry(extra.get("path") or _name(head), kind, size, _number(head[100:108]))
        extra = {}
        content = source.stretch(size)
        if entry is not None:
            yield entry, content
        for _ in content:
            pass
        source.exactly(-size % BLOCK)
    source.finish()


def _head(source: "_Source") -> bytes | None:
    """Return the next header, None at the end."""
    head = source.exactly(BLOCK)
    if not any(head):
        return None
    if _number(head[148:156]) != sum(head) - sum(head[148:156]) + 8 * ord(" "):
        raise ArchiveError("it is damaged, or no tar: a header's checksum is wrong")
    return head


def _entry(name: str, kind: bytes, size: int, mode: int) -> Entry | None:
    """Return the entry, None for the archive's top itself."""
    if kind not in (b"0", b"\0", b"5"):
        raise ArchiveError(f"it holds {name!r}, which is {_KINDS.get(kind, 'of an unknown kind')}")
    path = check_path(name)
    is_folder = kind == b"5" or (kind == b"\0" and name.endswith("/"))
    if not path and not is_folder:
        raise ArchiveError(f"it holds a file without a name, {name!r}")
    return Entry(path, size, is_folder, bool(mode & 0o100)) if path else None


def check_path(name: str) -> tuple[str, ...]:
    """Return the names that make up an entry's name; ArchiveError for one that no archive may hold."""
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if name.startswith("/") or ".." in parts or _DRIVE.match(name):
        raise ArchiveError(f"it holds {name!r}, which lies outside of it")
    if _UNFIT.search(name):
        raise ArchiveError(f"it holds {name!r}, a name with a backslash or a control character")
    if len(name.encode()) > _LONGEST_PATH or any(len(part.encode()) > _LONGEST_NAME for part in parts):
        raise ArchiveError(f"it holds {name[:60]!r}…, a name that is too long")
    return parts


def _metadata(kind: bytes, source: "_Source", size: int) -> Mapping[str, str]:
    """Return what a header about the next entry says of its path and size."""
    if size > _LARGEST_HEADER:
        raise ArchiveError(f"it holds a header of {size} bytes")
    content = source.exactly(size + -size % BLOCK)[:size]
    if kind == b"L":
        return {"path": _text(content.split(b"\0")[0])}
    # What "g" says holds for all entries, and is a comment in archives of git; "K" is about links.
    return dict(_records(content)) if kind == b"x" else {}


def _records(content: bytes) -> Iterator[tuple[str, str]]:
    while content:
        length, _, _ = content.partition(b" ")
        end = int(length) if length.isdigit() and len(length) < 8 else 0
        key, equals, value = content[len(length) + 1 : end].partition(b"=")
        if not equals or not value.endswith(b"\n") or end > len(content):
            raise ArchiveError("it is damaged: a header is malformed")
        if key.startswith(b"GNU.sparse"):
            raise ArchiveError(f"it holds {_KINDS[b'S']}")
        if key == b"size" and not (value[:-1].isdigit() and len(value) < 20):
            raise ArchiveError("it is damaged: a size is no number")
        if key in (b"path", b"size"):
            yield key.decode(), _text(value[:-1])
        content = content[end:]


def _name(head: bytes) -> str:
    name, prefix = head[:100].split(b"\0")[0], head[345:500].split(b"\0")[0]
    # Where GNU's tar keeps times, POSIX keeps the beginning of a long name.
    is_posix = head[257:263] == b"ustar\0"
    return _text(prefix + b"/" + name if is_posix and prefix else name)


def _number(field: bytes) -> int:
    """Return a number in octal digits, or in bytes behind a first one of 0x80; none is below 0."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:])
    digits = field.strip(b" \0")
    try:
        if digits.startswith((b"-", b"+")) or b"_" in digits:
            raise ValueError
        return int(digits or b"0", 8)
    except ValueError:
        raise ArchiveError("it is damaged, or no tar: a header holds no number where one belongs") from None


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise ArchiveError(f"it holds {raw!r}, a name that is not UTF-8") from None


class _Source:
    """The bytes of the tar, unpacked as they are needed, never more than the limits allow."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._file = file
        self._limits = limits
        # Headers and the ends of blocks take room beside the content.
        self._most = limits.size + 4 * BLOCK * (limits.entries + 2)
        self._consumed = self._produced = self._position = 0
        self._ready = self._packed = self._raw()
        self._inflate = zlib.decompressobj(wbits=31) if self._ready.startswith(_GZIP) else None
        if self._inflate is not None:
            self._ready = b""

    def exactly(self, size: int) -> bytes:
        """Return so many bytes."""
        return b"".join(self.stretch(size))

    def stretch(self, size: int) -> Iterator[bytes]:
        """Yield so many bytes in pieces; ArchiveError when there are fewer."""
        while size:
            if self._position == len(self._ready):
                self._position, self._ready = 0, self._more()
            if not self._ready:
                raise ArchiveError("it is cut off")
            piece = self._ready[self._position : self._position + size]
            self._position += len(piece)
            size -= len(piece)
            yield piece

    def finish(self) -> None:
        """Unpack what comes after the tar's end, so that gzip's own checksum is looked at."""
        while self._inflate is not None and self._more():
            pass

    def _more(self) -> bytes:
        return self._raw() if self._inflate is None else self._inflated(self._inflate)

    def _raw(self) -> bytes:
        chunk = self._file.read(CHUNK)
        self._consumed += len(chunk)
        return chunk

    def _inflated(self, inflate: "zlib._Decompress") -> bytes:
        """Return the next unpacked bytes, none at the end."""
        while True:
            if inflate.eof:
                self._packed = self._packed or self._raw()
                if not self._packed.startswith(_GZIP):
                    return b""
                inflate = self._inflate = zlib.decompressobj(wbits=31)
            try:
                piece = inflate.decompress(self._packed, CHUNK)
            except zlib.error as error:
                raise ArchiveError("it is damaged: it does not unpack") from error
            self._packed = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
            if piece:
                self._count(len(piece))
                return piece
            if not inflate.eof and not self._packed:
                self._packed = self._raw()
                if not self._packed:
                    raise ArchiveError("it is cut off")

    def _count(self, size: int) -> None:
        self._produced += size
        if self._produced > max(_FREE, self._limits.ratio * self._consumed):
            raise ArchiveError(f"it unpacks to more than {self._limits.ratio} times its size")
        if self._produced > self._most:
            raise ArchiveError(f"it holds more than {self._limits.size} bytes")
