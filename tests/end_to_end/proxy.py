"""A loopback proxy in front of an instance that does to chosen calls what bad networks and servers do."""

import http.client
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import urlsplit

API = "/public/api/v3/"
PATIENCE = 60.0

Do = Literal[
    "refuse", "unauthorized", "drop", "drop_reply", "garble", "bad_gateway", "hold", "hold_reply", "double"
]
"""refuse and unauthorized: answer 400 or 401, forward nothing; drop: cut the connection, forward nothing;
drop_reply, garble and bad_gateway: forward, then cut, answer half a JSON, or answer 502; hold and
hold_reply: wait for `release` before forwarding, or before replying; double: forward twice, without the
header that would make that harmless, then cut."""


@dataclass
class Rule:
    """What to do to the first `times` calls of a method."""

    do: Do
    times: int = 1_000_000
    reached: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)


class Proxy:
    """The running proxy; `seen` and `forwarded` count calls by method."""

    def __init__(self, url: str, upstream: str, rules: Mapping[str, Rule]) -> None:
        self.url = url
        self.upstream = urlsplit(upstream).netloc
        self.rules = rules
        self.seen: dict[str, int] = {}
        self.forwarded: dict[str, int] = {}
        self._lock = threading.Lock()

    def meet(self, method: str) -> Rule | None:
        """Count a call and return the rule that it falls under."""
        with self._lock:
            self.seen[method] = self.seen.get(method, 0) + 1
            rule = self.rules.get(method)
            return rule if rule is not None and self.seen[method] <= rule.times else None

    def sent(self, method: str) -> None:
        with self._lock:
            self.forwarded[method] = self.forwarded.get(method, 0) + 1


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    proxy: Proxy

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Stay silent."""

    def do_POST(self) -> None:
        self._handle()

    def do_GET(self) -> None:
        self._handle()

    def _handle(self) -> None:
        proxy = self.server.proxy
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        method = urlsplit(self.path).path.removeprefix(API)
        rule = proxy.meet(method)
        do = rule.do if rule is not None else None
        if rule is not None:
            rule.reached.set()
        if do in ("refuse", "unauthorized"):
            self._answer(400 if do == "refuse" else 401, b'{"error": "refused"}', {})
            return
        if do == "hold" and rule is not None and not rule.release.wait(PATIENCE):
            do = "drop"
        if do == "drop":
            self.close_connection = True
            return
        forward = self._forward_twice if do == "double" else self._forward
        status, content, headers = forward(body, proxy, method)
        if do == "hold_reply" and rule is not None:
            rule.release.wait(PATIENCE)
        if do in ("drop_reply", "double"):
            self.close_connection = True
        elif do == "bad_gateway":
            self._answer(502, b"<html>bad gateway</html>", {"content-type": "text/html"})
        else:
            self._answer(status, content[: len(content) // 2] if do == "garble" else content, headers)

    def _forward_twice(self, body: bytes, proxy: Proxy, method: str) -> tuple[int, bytes, Mapping[str, str]]:
        del self.headers["idempotency-key"]
        self._forward(body, proxy, method)
        return self._forward(body, proxy, method)

    def _forward(self, body: bytes, proxy: Proxy, method: str) -> tuple[int, bytes, Mapping[str, str]]:
        connection = http.client.HTTPConnection(proxy.upstream, timeout=PATIENCE)
        hop = ("host", "connection", "content-length", "transfer-encoding", "accept-encoding")
        headers = {key: value for key, value in self.headers.items() if key.lower() not in hop}
        try:
            connection.request(self.command, self.path, body or None, headers)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        proxy.sent(method)
        return response.status, content, {"content-type": response.getheader("content-type") or ""}

    def _answer(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def proxied(upstream: str, rules: Mapping[str, Rule]) -> Iterator[Proxy]:
    """Run a proxy before the instance at `upstream` until the block ends."""
    server = _Server(("127.0.0.1", 0), _Handler)
    proxy = Proxy(f"http://127.0.0.1:{server.server_address[1]}", upstream, rules)
    server.proxy = proxy
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield proxy
    finally:
        for rule in rules.values():
            rule.release.set()
        server.shutdown()
        thread.join()
        server.server_close()
