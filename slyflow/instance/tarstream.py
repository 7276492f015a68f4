"""A tar of stored files, sent as it is made, with its length known beforehand."""

import tarfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response, StreamingResponse

from slyflow.instance.blobs import CHUNK, Blob, Blobs

_BLOCK = tarfile.BLOCKSIZE


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the tar: its name inside, its bytes, its time in ISO 8601."""

    name: str
    blob: Blob
    modified: str


def tar_response(blobs: Blobs, members: Sequence[Member]) -> Response:
    """Return the tar; long names are written the GNU way."""
    heads = [_head(member) for member in members]
    padded = sum(member.blob.size + _padding(member.blob.size) for member in members)
    length = sum(map(len, heads)) + padded + 2 * _BLOCK

    async def body() -> AsyncIterator[bytes]:
        for head, member in zip(heads, members, strict=True):
            yield head
            with blobs.open(member.blob.sha256) as file:
                while chunk := file.read(CHUNK):
                    yield chunk
            yield bytes(_padding(member.blob.size))
        yield bytes(2 * _BLOCK)

    return StreamingResponse(body(), media_type="application/x-tar", headers={"content-length": str(length)})


def _head(member: Member) -> bytes:
    info = tarfile.TarInfo(member.name)
    info.size = member.blob.size
    info.mtime = int(datetime.fromisoformat(member.modified).timestamp())
    return info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")


def _padding(size: int) -> int:
    return -size % _BLOCK
