"""A loopback proxy in front of an instance that does to chosen calls what bad networks and servers do."""

import contextlib
import gzip
import http.client
import json
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import urlsplit

API = "/public/api/v3/"
PATIENCE = 60.0

LATE = 0.7
LAG = 0.4
DRIP = 0.2
HUGE = 40 << 20

Do = Literal[
    "refuse", "unauthorized", "rate_limit", "unavailable", "redirect", "drop", "late",
    "drop_reply", "reset", "garble", "bad_gateway", "page", "empty", "huge", "too_short", "delay",
    "hold", "hold_reply", "double", "lag", "disguise",
    "drip", "bomb", "endless",
]  # fmt: skip
"""Forwarding nothing: refuse, unauthorized, rate_limit and unavailable answer 400, 401, 429 or 503; redirect
answers 307 to `elsewhere`; drop cuts the connection. late cuts it too, and forwards LATE seconds after.

Forwarding first: drop_reply and reset cut the connection, softly or hard; garble, empty, page and
bad_gateway answer half a JSON, nothing, a web page, or 502; huge announces more than anybody takes, too_short
sends less than it announces; delay answers well, but LATE seconds later.

drip answers a byte every DRIP seconds, bomb with a gzip that unpacks to more than anybody takes, endless with
chunks that do not end.

lag answers a list without the rows whose ids it first saw less than LAG seconds before, disguise a version
without saying that the instance is slyflow's own.

hold and hold_reply wait for `release` before forwarding, or before replying; double forwards twice, without
the header that would make that harmless, then cuts."""
_PAGE = b"<html><title>Sign in</title></html>"
_KEPT: Mapping[Do, float] = {"empty": 0.0, "garble": 0.5}
_REFUSALS: Mapping[Do, tuple[int, Mapping[str, str]]] = {
    "refuse": (400, {}),
    "unauthorized": (401, {}),
    "rate_limit": (429, {"retry-after": "0"}),
    "unavailable": (503, {}),
}


@dataclass
class Rule:
    """What to do to the first `times` calls of a method."""

    do: Do
    times: int = 1_000_000
    reached: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)


class Proxy:
    """The running proxy; `seen` and `forwarded` count calls by method."""

    def __init__(self, url: str, upstream: str, rules: Mapping[str, Rule], elsewhere: str) -> None:
        self.url = url
        self.elsewhere = elsewhere
        self.upstream = urlsplit(upstream).netloc
        self.rules = rules
        self.seen: dict[str, int] = {}
        self.forwarded: dict[str, int] = {}
        self._lock = threading.Lock()
        self._shown: dict[int, float] = {}

    def lagging(self, content: bytes) -> bytes:
        """Return a list's answer as an index that lags would give it."""
        answer = json.loads(content)
        now = time.monotonic()
        with self._lock:
            first = [self._shown.setdefault(row["id"], now) for row in answer["entities"]]
        kept = [row for row, seen in zip(answer["entities"], first, strict=True) if now - seen >= LAG]
        answer["total"] -= len(answer["entities"]) - len(kept)
        return json.dumps({**answer, "entities": kept}).encode()

    def meet(self, method: str) -> Rule | None:
        """Count a call and return the rule that it falls under."""
        with self._lock:
            self.seen[method] = self.seen.get(method, 0) + 1
            rule = self.rules.get(method)
            return rule if rule is not None and self.seen[method] <= rule.times else None

    def meet_anew(self, rules: Mapping[str, Rule]) -> None:
        """Go on with other rules, counting from the start."""
        with self._lock:
            self.rules, self.seen, self.forwarded = rules, {}, {}

    def sent(self, method: str) -> None:
        with self._lock:
            self.forwarded[method] = self.forwarded.get(method, 0) + 1


def _disguised(content: bytes) -> bytes:
    return json.dumps({"version": json.loads(content)["version"]}).encode()


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
        if rule is None:
            self._answer(*self._forward(body, proxy, method))
            return
        rule.reached.set()
        if rule.do in _REFUSALS:
            status, headers = _REFUSALS[rule.do]
            self._answer(status, b'{"error": "refused"}', headers)
        elif rule.do == "redirect":
            self._answer(307, b"", {"location": f"{proxy.elsewhere}{self.path}"})
        elif rule.do == "drop" or (rule.do == "hold" and not rule.release.wait(PATIENCE)):
            self.close_connection = True
        elif rule.do == "late":
            self._hang_up()
            time.sleep(LATE)
            self._forward(body, proxy, method)
        else:
            forward = self._forward_twice if rule.do == "double" else self._forward
            self._spoil(rule, *forward(body, proxy, method))

    def _spoil(self, rule: Rule, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        """Do something to an answer."""
        if rule.do in ("drop_reply", "double"):
            self.close_connection = True
        elif rule.do == "reset":
            # An RST instead of a FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._hang_up()
        elif rule.do in ("drip", "bomb", "endless"):
            self._go_on(rule.do, content)
        elif rule.do in ("lag", "disguise"):
            change = _disguised if rule.do == "disguise" else self.server.proxy.lagging
            self._answer(status, change(content), headers)
        elif rule.do in ("bad_gateway", "page"):
            self._answer(502 if rule.do == "bad_gateway" else 200, _PAGE, {"content-type": "text/html"})
        else:
            if rule.do == "hold_reply":
                rule.release.wait(PATIENCE)
            time.sleep(LATE if rule.do == "delay" else 0)
            kept = _KEPT.get(rule.do, 1.0)
            length = {"huge": HUGE, "too_short": len(content) + 10}.get(rule.do)
            self._answer(status, content[: int(len(content) * kept)], headers, length=length)

    def _go_on(self, do: Do, content: bytes) -> None:
        """Answer with more, or for longer, than anybody takes."""
        if do == "drip":
            self._drip(content)
        elif do == "endless":
            self._pour()
        else:
            headers = {"content-type": "application/json", "content-encoding": "gzip"}
            self._answer(200, gzip.compress(bytes(HUGE)), headers)

    def _drip(self, content: bytes) -> None:
        """Send a good answer so slowly that each byte comes in time and the whole never does."""
        self.send_response(200)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        with contextlib.suppress(OSError):
            for place in range(len(content)):
                self.wfile.write(content[place : place + 1])
                time.sleep(DRIP)
        self.close_connection = True

    def _pour(self) -> None:
        self.send_response(200)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        with contextlib.suppress(OSError):
            while True:
                self.wfile.write(chunk)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.rfile.close()
        self.wfile.close()
        self.connection.close()

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

    def _answer(
        self, status: int, content: bytes, headers: Mapping[str, str], *, length: int | None = None
    ) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("content-length", str(len(content) if length is None else length))
        self.end_headers()
        self.wfile.write(content)
        if length is not None:
            self.close_connection = True


@contextmanager
def proxied(upstream: str, rules: Mapping[str, Rule], elsewhere: str = "") -> Iterator[Proxy]:
    """Run a proxy before the instance at `upstream` until the block ends."""
    server = _Server(("127.0.0.1", 0), _Handler)
    proxy = Proxy(f"http://127.0.0.1:{server.server_address[1]}", upstream, rules, elsewhere)
    server.proxy = proxy
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield proxy
    finally:
        for rule in proxy.rules.values():
            rule.release.set()
        server.shutdown()
        thread.join()
        server.server_close()
