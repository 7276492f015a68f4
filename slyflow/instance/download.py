"""Replies that are bytes: one blob, or several as the parts of a multipart answer; never compressed."""

import re
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from starlette.responses import Response, StreamingResponse

from slyflow.instance.blobs import CHUNK, Blob, Blobs
from slyflow.instance.call import Call
from slyflow.instance.refusal import Refused

CHECKSUM = "x-content-checksum-sha256"
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a multipart answer: its name and its bytes, stored or at hand."""

    name: str
    mime: str
    content: Blob | bytes

    @property
    def size(self) -> int:
        return self.content.size if isinstance(self.content, Blob) else len(self.content)


def blob_response(call: Call, blob: Blob, mime: str) -> Response:
    """Return stored bytes with their length and checksum, or the stretch that a `Range` header names.

    Clients ask for ranges by POST too, which no ready-made file response answers.
    """
    wanted = _RANGE.fullmatch(call.headers.get("range", ""))
    first, last = _bounds(wanted, blob.size) if wanted else (0, blob.size - 1)
    headers = {"content-length": str(last - first + 1), "accept-ranges": "bytes"}
    if wanted:
        headers["content-range"] = f"bytes {first}-{last}/{blob.size}"
    else:
        headers[CHECKSUM] = blob.hash
    body = _stretch(call.services.blobs, blob, first, last + 1)
    return StreamingResponse(body, 206 if wanted else 200, headers, media_type=mime)


def _bounds(wanted: re.Match[str], size: int) -> tuple[int, int]:
    """Return the first and last byte of `bytes=5-9`, `bytes=5-` or `bytes=-5`."""
    start, end = wanted.groups()
    if not start:
        first, last = max(0, size - int(end or 0)), size - 1
    else:
        first, last = int(start), min(int(end), size - 1) if end else size - 1
    if first > last:
        raise Refused(f"bytes {wanted[0]} do not lie in {size} bytes", status=416)
    return first, last


async def _stretch(blobs: Blobs, blob: Blob, start: int, end: int) -> AsyncIterator[bytes]:
    with blobs.open(blob.sha256) as file:
        file.seek(start)
        while start < end and (chunk := file.read(min(CHUNK, end - start))):
            start += len(chunk)
            yield chunk


def multipart_response(blobs: Blobs, pieces: Sequence[Piece]) -> Response:
    """Return the pieces as multipart/form-data of known length, read from disk as they are sent."""
    boundary = secrets.token_hex(16)
    heads = [_head(boundary, piece) for piece in pieces]
    tail = f"--{boundary}--\r\n".encode()
    length = sum(len(head) + piece.size + 2 for head, piece in zip(heads, pieces, strict=True)) + len(tail)

    async def body() -> AsyncIterator[bytes]:
        for head, piece in zip(heads, pieces, strict=True):
            yield head
            if isinstance(piece.content, bytes):
                yield piece.content
            else:
                async for chunk in _stretch(blobs, piece.content, 0, piece.content.size):
                    yield chunk
            yield b"\r\n"
        yield tail

    return StreamingResponse(
        body(),
        media_type=f"multipart/form-data; boundary={boundary}",
        headers={"content-length": str(length)},
    )


def _head(boundary: str, piece: Piece) -> bytes:
    lines = (
        f"--{boundary}",
        f'Content-Disposition: form-data; name="{piece.name}"',
        f"Content-Type: {piece.mime}",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
