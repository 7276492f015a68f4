"""A loopback server that reads whole requests and answers each by a script, well or badly."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

TLS = Path(__file__).parent / "tls"


@dataclass(frozen=True)
class Received:
    """One request as it arrived; header names in lower case."""

    verb: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    connection: int

    @property
    def method(self) -> str:
        return urlsplit(self.target).path.removeprefix("/public/api/v3/")

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.target).query)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


# Answers one request; True keeps the connection.
Script = Callable[[Received, socket.socket], bool]


@dataclass
class Scripted:
    """The server; used as a context manager. `requests` are all that arrived, in order."""

    script: Script
    tls: bool = False
    requests: list[Received] = field(default_factory=list)

    def __enter__(self) -> "Scripted":
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._stopping = threading.Event()
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        with socket.create_connection(self._listener.getsockname()[:2]):
            pass
        self._accepting.join()
        self._listener.close()
        for connection in self._open:
            with closing(connection):
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue
        for thread in self._threads:
            thread.join()

    @property
    def url(self) -> str:
        scheme = "https" if self.tls else "http"
        return f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    def wait(self, seconds: float) -> None:
        """Sleep, or wake early when the test is over."""
        self._stopping.wait(seconds)

    def _accept(self) -> None:
        number = 0
        while True:
            connection, _ = self._listener.accept()
            if self._stopping.is_set():
                connection.close()
                return
            number += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection, number))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            if self.tls:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(TLS / "certificate.pem", TLS / "key.pem")
                connection = context.wrap_socket(connection, server_side=True)
            with closing(connection):
                while (received := _read(connection, number)) is not None:
                    self.requests.append(received)
                    if not self.script(received, connection):
                        return
        except OSError:
            return  # the client went away, as many tests want it to


def _read(connection: socket.socket, number: int) -> Received | None:
    head = b""
    while b"\r\n\r\n" not in head:
        more = connection.recv(65536)
        if not more:
            return None
        head += more
    head, _, body = head.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65536)
    verb, target, _ = first.split(" ")
    return Received(verb, target, headers, body, number)


def reply(body: bytes, status: int = 200, **headers: str) -> bytes:
    """Return a whole HTTP answer."""
    lines = {
        "Content-Length": str(len(body)),
        **{name.replace("_", "-"): text for name, text in headers.items()},
    }
    head = "".join(f"{name}: {text}\r\n" for name, text in lines.items())
    return f"HTTP/1.1 {status} Whatever\r\n{head}\r\n".encode() + body


def always(answer: bytes, *, keep: bool = False) -> Script:
    """Answer every request with the same bytes, however malformed."""

    def script(_: Received, connection: socket.socket) -> bool:
        connection.sendall(answer)
        return keep

    return script


def in_turn(*answers: bytes | None) -> Script:
    """Answer the n-th request with the n-th bytes (None = hang up), and all later ones with the last."""
    left = list(answers)

    def script(_: Received, connection: socket.socket) -> bool:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if answer is None:
            return False
        connection.sendall(answer)
        return True

    return script


def api(methods: Mapping[str, Callable[[Any], Any]]) -> Script:
    """Answer by method: a function from the JSON body (or the query) to JSON, or to (status, JSON)."""

    def script(received: Received, connection: socket.socket) -> bool:
        body = received.json if received.body else received.query
        found = methods.get(received.method)
        answer = found(body) if found else (404, {"error": "no such method"})
        status, content = answer if isinstance(answer, tuple) else (200, answer)
        connection.sendall(reply(json.dumps(content).encode(), status))
        return True

    return script
