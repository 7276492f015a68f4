"""The seam with http.client: requests to a server on this machine, without what only far ones need."""

import select
import socket
import threading
import time
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from types import MappingProxyType
from urllib.parse import urlsplit

from slyflow.client.exchange import Answer, Request, Sink
from slyflow.client.receiving import announced, head_in_time, receive_body
from slyflow.client.watchdog import Watchdog
from slyflow.errors import NotSent, Unavailable, UsageError
from slyflow.text import sanitize

MOST_KEPT = 16


class NearConnection:
    """Connections to one plain http origin, kept for the next request, usable from several threads.

    What `Connection` does for any instance, for the embedded one: importing requests takes a fifth of
    a short run's start, and sending by it as long as answering does.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._watchdog = Watchdog()
        self._turn = threading.Lock()
        self._kept: list[socket.socket] = []
        self._is_closed = False

    def exchange(self, request: Request, *, fresh: bool, sink: Sink | None = None) -> Answer:
        """Send the request once. NotSent: no byte of it left; Unavailable: unknown.

        With a `sink` the content of a success goes there, and the answer's own is empty.
        """
        sock = (None if fresh else self._take()) or _connect(request)
        is_whole = False
        try:
            with self._response(sock, request) as response:
                answer = self._receive(response, request, sink)
                is_whole = not (response.will_close or fresh)
            return answer
        finally:
            self._keep(sock) if is_whole else sock.close()

    def close(self) -> None:
        """Close all kept connections; one that is in use is closed after its answer."""
        with self._turn:
            self._is_closed = True
            kept, self._kept = self._kept, []
        for sock in kept:
            sock.close()
        self._watchdog.close()

    def _take(self) -> socket.socket | None:
        """Return a kept connection that the server has not closed meanwhile."""
        while True:
            with self._turn:
                if not self._kept:
                    return None
                sock = self._kept.pop()
            poll = select.poll()
            poll.register(sock, select.POLLIN)
            if not poll.poll(0):
                return sock
            sock.close()

    def _keep(self, sock: socket.socket) -> None:
        with self._turn:
            if len(self._kept) < MOST_KEPT and not self._is_closed:
                self._kept.append(sock)
                return
        sock.close()

    def _response(self, sock: socket.socket, request: Request) -> HTTPResponse:
        """Send the request, and return its answer with the head read."""

        def read_head() -> HTTPResponse:
            response = HTTPResponse(sock, method=request.verb)
            try:
                response.begin()
            except BaseException:
                response.close()
                raise
            return response

        message = _message(request)
        try:
            sock.settimeout(request.timeout.read)
            sock.sendall(message)
            return head_in_time(sock, request.timeout.read, self._watchdog, read_head)
        except TimeoutError as error:
            raise Unavailable(f"{request.origin} did not answer within {request.timeout.read:g} s") from error
        except (OSError, HTTPException) as error:
            raise Unavailable(f"the connection to {request.origin} broke: {_reason(error)}") from error

    def _receive(self, response: HTTPResponse, request: Request, sink: Sink | None) -> Answer:
        headers = {name.lower(): value for name, value in response.headers.items()}
        content = bytearray()
        write: Callable[[bytes], object] = content.extend
        if sink is not None and 200 <= response.status < 300:
            sink.begin(announced(headers))
            write = sink.write
        try:
            receive_body(_Body(response).read, headers, request, write, self._clock)
        except (OSError, HTTPException) as error:
            raise Unavailable(f"{request.origin} broke off its answer: {_reason(error)}") from error
        return Answer(response.status, MappingProxyType(headers), bytes(content))


class _Body:
    """Reads a body, and tells one that ends early from one that is whole, as http.client does not."""

    def __init__(self, response: HTTPResponse) -> None:
        self._response = response
        self._left = response.length

    def read(self, size: int) -> bytes:
        if self._left == 0:
            return b""
        chunk = self._response.read1(size if self._left is None else min(size, self._left))
        if self._left is not None:
            if not chunk:
                raise ConnectionError(f"{self._left} bytes are missing")
            self._left -= len(chunk)
        return chunk


def _connect(request: Request) -> socket.socket:
    parts = urlsplit(request.url)
    try:
        sock = socket.create_connection((parts.hostname or "", parts.port or 80), request.timeout.connect)
    except TimeoutError as error:
        told = f"{request.origin} did not accept a connection within {request.timeout.connect:g} s"
        raise NotSent(told) from error
    except OSError as error:
        raise NotSent(f"cannot connect to {request.origin}: {_reason(error)}") from error
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def _message(request: Request) -> bytes:
    """Return the request's head and content: both at once, for the server to wake up once."""
    path = request.url.removeprefix(request.origin)
    headers = {"host": request.origin.partition("://")[2], **request.headers}
    if request.content or request.verb != "GET":
        headers["content-length"] = str(len(request.content))
    lines = [f"{request.verb} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if any("\r" in line or "\n" in line for line in lines):
        raise UsageError("a header, or the address, of a request holds a line break")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + request.content


def _reason(error: OSError | HTTPException) -> str:
    told = error.strerror if isinstance(error, OSError) else None
    return told or " ".join(sanitize(str(error) or type(error).__name__, 300).split())
