"""Replies that are bytes: one blob, or several as the parts of a multipart answer; never compressed."""

import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from starlette.responses import FileResponse, Response, StreamingResponse

from slyflow.instance.blobs import CHUNK, Blob, Blobs

CHECKSUM = "x-content-checksum-sha256"


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a multipart answer: its name and its bytes, stored or at hand."""

    name: str
    mime: str
    content: Blob | bytes

    @property
    def size(self) -> int:
        return self.content.size if isinstance(self.content, Blob) else len(self.content)


def blob_response(blobs: Blobs, blob: Blob, mime: str) -> Response:
    """Return stored bytes with their length and checksum; `Range` requests are answered in part."""
    return FileResponse(blobs.path(blob.sha256), media_type=mime, headers={CHECKSUM: blob.hash})


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
                with blobs.open(piece.content.sha256) as file:
                    while chunk := file.read(CHUNK):
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
