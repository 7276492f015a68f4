"""Takes an answer in: its head before it is too late, its body within the limits of size and time."""

from collections.abc import Callable, Mapping
from http.client import HTTPException
from socket import socket
from typing import Protocol, TypeVar

from slyflow.client.exchange import Request, decoder
from slyflow.client.watchdog import Watchdog
from slyflow.errors import BadReply, Unavailable

CHUNK = 65536
# How many read timeouts an answer's head may take.
HEAD_TIMEOUTS = 2


class _Closing(Protocol):
    def close(self) -> None: ...


_Response = TypeVar("_Response", bound=_Closing)


def head_in_time(
    sock: socket, timeout: float, watchdog: Watchdog, read_head: Callable[[], _Response]
) -> _Response:
    """Read an answer's head, or hang up: each byte restarts the read timeout, so a trickle defeats it."""
    with watchdog.limit(sock, HEAD_TIMEOUTS * timeout) as watch:
        try:
            response = read_head()
        except (OSError, HTTPException) as error:
            if not watch.is_late:
                raise
            raise TimeoutError("the head of the answer did not end") from error
    if watch.is_late:
        # http.client takes a head that was cut for one that is whole.
        response.close()
        raise TimeoutError("the head of the answer did not end")
    return response


def receive_body(
    read: Callable[[int], bytes],
    headers: Mapping[str, str],
    request: Request,
    write: Callable[[bytes], object],
    clock: Callable[[], float],
) -> None:
    """Hand the body on, decoded, one packet at a time; `read` returns nothing at its end."""
    if (announced(headers) or 0) > request.limit:
        raise BadReply(f"{request.origin} announced an answer of more than {request.limit} bytes")
    decode = decoder(headers.get("content-encoding", ""), request)
    deadline = clock() + request.timeout.total
    received = 0
    while chunk := read(CHUNK):
        content = decode(chunk, request.limit + 1 - received)
        received += len(content)
        if received > request.limit:
            raise BadReply(f"{request.origin} sent an answer of more than {request.limit} bytes")
        write(content)
        if clock() > deadline:
            raise Unavailable(
                f"{request.origin} had not finished its answer after {request.timeout.total:g} s"
            )


def announced(headers: Mapping[str, str]) -> int | None:
    """Return how many bytes the body is said to have."""
    length = headers.get("content-length", "")
    return int(length[:12]) if length.isdecimal() else None
