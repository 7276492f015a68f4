"""One HTTP request and its answer, as values; and the unpacking of an answer within its limit."""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from slyflow.client.retry import Timeout
from slyflow.errors import BadReply


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; `headers` hold the token, so they never show."""

    verb: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)
    timeout: Timeout
    limit: int

    @property
    def origin(self) -> str:
        """The address without what follows the host and port: what messages name."""
        return "/".join(self.url.split("/", 3)[:3])


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer of at most `limit` decoded bytes; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)

    @property
    def is_bounded(self) -> bool:
        """Whether the answer said where it ends, so that one cut short was noticed."""
        return "content-length" in self.headers or "transfer-encoding" in self.headers


class Sink(Protocol):
    """Where the content of an answer goes while it arrives."""

    def begin(self, size: int | None) -> None:
        """An answer of so many bytes begins (None = not told); what came before does not count."""

    def write(self, chunk: bytes) -> object:
        """Take the next bytes."""


def decoder(encoding: str, request: Request) -> Callable[[bytes, int], bytes]:
    """Return a function from a packet and a limit to at most that many decoded bytes.

    urllib3's own decoder is not used: it unpacks a whole packet at once, a thousandfold if need be.
    """
    if encoding.strip().lower() in ("", "identity"):
        return lambda chunk, _limit: chunk
    if encoding.strip().lower() != "gzip":
        raise BadReply(f"{request.origin} answered in an encoding that was not asked for")
    inflate = zlib.decompressobj(wbits=31)

    def decode(chunk: bytes, limit: int) -> bytes:
        try:
            return inflate.decompress(chunk, limit)
        except zlib.error as error:
            raise BadReply(f"{request.origin} sent a damaged gzip answer") from error

    return decode
