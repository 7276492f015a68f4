"""Reads multipart/form-data from a stream: files go straight into the blob store, never into memory."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.message import Message

from slyflow.instance.blobs import Blob, Blobs, Writer
from slyflow.instance.call import Call
from slyflow.instance.refusal import Refused

LONGEST_HEAD = 16 << 10
LONGEST_FIELD = 1 << 20
MOST_PARTS = 20_000


@dataclass(frozen=True, slots=True)
class Part:
    """One part, in the order sent. A file is in the blob store; a plain field has its `text`."""

    name: str
    filename: str | None
    text: str
    blob: Blob | None


async def read_parts(call: Call) -> list[Part]:
    """Return all parts of the call's body; 400 when it is not well-formed multipart/form-data."""
    boundary = _boundary(call.headers.get("content-type", ""))
    if boundary is None or call.stream is None:
        raise Refused("expected a body of multipart/form-data with a boundary")
    reader = _Reader(call.stream(), boundary)
    parts: list[Part] = []
    await reader.skip_preamble()
    while head := await reader.head():
        if len(parts) >= MOST_PARTS:
            raise Refused(f"more than {MOST_PARTS} parts in one request", status=413)
        parts.append(await _part(reader, head, call.services.blobs))
    return parts


async def _part(reader: "_Reader", head: Message, blobs: Blobs) -> Part:
    name = head.get_param("name", "", "content-disposition")
    filename = head.get_filename()
    name = name if isinstance(name, str) else ""
    if filename is None and head.get("content-type") is None:
        return Part(name, None, (await _field(reader)).decode("utf-8", "replace"), None)
    with blobs.writer() as writer:
        await _copy(reader, writer)
        return Part(name, filename, "", writer.keep())


async def _field(reader: "_Reader") -> bytes:
    content = bytearray()
    async for chunk in reader.content():
        content += chunk
        if len(content) > LONGEST_FIELD:
            raise Refused(f"a form field is longer than {LONGEST_FIELD} bytes", status=413)
    return bytes(content)


async def _copy(reader: "_Reader", writer: Writer) -> None:
    async for chunk in reader.content():
        writer.write(chunk)


def _boundary(content_type: str) -> bytes | None:
    message = Message()
    message["content-type"] = content_type
    boundary = message.get_boundary()
    if message.get_content_type() != "multipart/form-data" or not boundary or len(boundary) > 200:
        return None
    return boundary.encode("latin-1", "replace")


class _Reader:
    """Cuts a stream at the boundary; holds one network chunk and a boundary's length at most."""

    def __init__(self, stream: AsyncIterator[bytes], boundary: bytes) -> None:
        self._stream = stream
        self._delimiter = b"\r\n--" + boundary
        # A body starts with the boundary without the line break that otherwise precedes it.
        self._buffer = bytearray(b"\r\n")

    async def skip_preamble(self) -> None:
        """Read up to and including the first boundary."""
        async for _ in self.content():
            pass

    async def head(self) -> Message | None:
        """Return the next part's headers, None after the last part."""
        await self._need(2)
        if self._buffer.startswith(b"--"):
            async for _ in self._stream:  # an epilogue is allowed and says nothing
                pass
            return None
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            if len(self._buffer) > LONGEST_HEAD:
                raise Refused("the headers of a part are too long, or a part has none")
            await self._more()
        message = Message()
        for line in bytes(self._buffer[:end]).decode("utf-8", "replace").split("\r\n"):
            key, colon, value = line.partition(":")
            if colon:
                message[key.strip()] = value.strip().replace("\r", "").replace("\n", "")
        del self._buffer[: end + 4]
        # An empty part's boundary follows at once; give back the line break that precedes it.
        if self._buffer.startswith(self._delimiter[2:]):
            self._buffer[:0] = b"\r\n"
        return message

    async def content(self) -> AsyncIterator[bytes]:
        """Yield the bytes up to the next boundary, and swallow the boundary."""
        keep = len(self._delimiter) - 1
        while (end := self._buffer.find(self._delimiter)) < 0:
            if len(self._buffer) > keep:
                yield bytes(self._buffer[:-keep])
                del self._buffer[:-keep]
            await self._more()
        if end:
            yield bytes(self._buffer[:end])
        del self._buffer[: end + len(self._delimiter)]

    async def _need(self, count: int) -> None:
        while len(self._buffer) < count:
            await self._more()

    async def _more(self) -> None:
        chunk = await anext(self._stream, None)
        if chunk is None:
            raise Refused("the multipart body ends before its last boundary")
        self._buffer += chunk
