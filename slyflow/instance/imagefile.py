"""Reads an image's type, size and orientation from its header, without decoding it."""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import BinaryIO

# Markers of JPEG without a length: TEM, RST0-7, SOI, EOI.
_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xDA)})
# SOF0-15 carry the size; DHT, JPG and DAC share their range but are no frames.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN = 0xDA
_APP1 = 0xE1
_EXIF = b"Exif\0\0"
_TIFF_WIDTH, _TIFF_HEIGHT, _TIFF_ORIENTATION = 256, 257, 274
_TIFF_FORMATS = {1: "B", 3: "H", 4: "I"}


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """Size in pixels as the file stores them; `orientation` is EXIF's (1 = upright, 5-8 lie on a side)."""

    mime: str
    width: int
    height: int
    orientation: int = 1


def read_header(source: BinaryIO) -> ImageHeader | None:
    """Return what the header says, None when it is no PNG, JPEG, GIF, BMP, WebP or TIFF, or is broken.

    Reads a seekable file from its start and never more of it than its header.
    """
    source.seek(0)
    start = source.read(32)
    for signature, offset, reader in _READERS:
        if start.startswith(signature, offset):
            try:
                header = reader(source, start)
            except (struct.error, IndexError):
                return None
            return header if header and header.width > 0 and header.height > 0 else None
    return None


def _png(source: BinaryIO, start: bytes) -> ImageHeader:
    width, height = struct.unpack(">II", start[16:24])
    orientation = 1
    source.seek(8)
    while len(head := source.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind in (b"IDAT", b"IEND"):
            break
        if kind == b"eXIf":
            orientation = _orientation(source.read(min(length, 65536)))
            break
        source.seek(length + 4, 1)
    return ImageHeader("image/png", width, height, orientation)


def _jpeg(source: BinaryIO, start: bytes) -> ImageHeader | None:
    del start
    source.seek(2)
    orientation = 1
    while (marker := _next_marker(source)) is not None and marker != _SCAN:
        if marker in _BARE_MARKERS:
            continue
        (length,) = struct.unpack(">H", source.read(2))
        if marker in _FRAMES:
            _precision, height, width = struct.unpack(">BHH", source.read(5))
            return ImageHeader("image/jpeg", width, height, orientation)
        body = source.read(length - 2) if length >= 2 else b""
        if marker == _APP1 and body.startswith(_EXIF):
            orientation = _orientation(body[len(_EXIF) :])
    return None


def _next_marker(source: BinaryIO) -> int | None:
    """Return the next marker's code; fill bytes before it are skipped, None at anything else."""
    if source.read(1) != b"\xff":
        return None
    while (byte := source.read(1)) == b"\xff":
        pass
    return byte[0] if byte else None


def _gif(source: BinaryIO, start: bytes) -> ImageHeader:
    del source
    width, height = struct.unpack("<HH", start[6:10])
    return ImageHeader("image/gif", width, height)


def _bmp(source: BinaryIO, start: bytes) -> ImageHeader:
    del source
    (size,) = struct.unpack("<I", start[14:18])
    if size == 12:  # the header of OS/2 1.x, 16-bit
        width, height = struct.unpack("<HH", start[18:22])
    else:
        width, height = struct.unpack("<ii", start[18:26])
    return ImageHeader("image/bmp", width, abs(height))  # negative = rows from the top


def _webp(source: BinaryIO, start: bytes) -> ImageHeader | None:
    del source
    kind = start[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(start[24:27], "little") + 1
        height = int.from_bytes(start[27:30], "little") + 1
    elif kind == b"VP8L":
        bits = int.from_bytes(start[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        width, height = (size & 0x3FFF for size in struct.unpack("<HH", start[26:30]))
    else:
        return None
    return ImageHeader("image/webp", width, height)


def _tiff(source: BinaryIO, start: bytes) -> ImageHeader | None:
    tags = _directory(start[:8], lambda offset, size: _read_at(source, offset, size))
    if _TIFF_WIDTH not in tags or _TIFF_HEIGHT not in tags:
        return None
    orientation = _valid_orientation(tags.get(_TIFF_ORIENTATION, 1))
    return ImageHeader("image/tiff", tags[_TIFF_WIDTH], tags[_TIFF_HEIGHT], orientation)


def _read_at(source: BinaryIO, offset: int, size: int) -> bytes:
    source.seek(offset)
    return source.read(size)


def _orientation(exif: bytes) -> int:
    """Return the orientation that a block of EXIF (a small TIFF) tells; a broken block tells nothing."""
    try:
        tags = _directory(exif[:8], lambda offset, size: exif[offset : offset + size])
    except struct.error:
        return 1
    return _valid_orientation(tags.get(_TIFF_ORIENTATION, 1))


def _valid_orientation(value: int) -> int:
    return value if 1 <= value <= 8 else 1


def _directory(head: bytes, read: Callable[[int, int], bytes]) -> Mapping[int, int]:
    """Return the single whole numbers among the tags of a TIFF's first directory."""
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None:
        return {}
    (first,) = struct.unpack(order + "I", head[4:8])
    (count,) = struct.unpack(order + "H", read(first, 2))
    entries = read(first + 2, count * 12)
    tags: dict[int, int] = {}
    for position in range(0, len(entries) - 11, 12):
        tag, kind, values = struct.unpack_from(order + "HHI", entries, position)
        if values == 1 and kind in _TIFF_FORMATS:
            (tags[tag],) = struct.unpack_from(order + _TIFF_FORMATS[kind], entries, position + 8)
    return tags


_Reader = Callable[[BinaryIO, bytes], ImageHeader | None]
_READERS: tuple[tuple[bytes, int, _Reader], ...] = (
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 0, _png),
    (b"\xff\xd8\xff", 0, _jpeg),
    (b"GIF87a", 0, _gif),
    (b"GIF89a", 0, _gif),
    (b"BM", 0, _bmp),
    (b"WEBP", 8, _webp),
    (b"II*\0", 0, _tiff),
    (b"MM\0*", 0, _tiff),
)
