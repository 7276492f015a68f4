"""The instance in memory behind a loopback port, and a home whose slyflow uses it as a remote one."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from tests.remote.instance import Remote

API = "/public/api/v3/"
TOKEN = "token-of-the-instance-in-memory"
PATIENCE = 60.0


@dataclass
class Served:
    """A running instance.

    `hold` names a method whose answers wait, the call itself done, for `release`; `cut` one whose calls
    are cut off before they are done.
    """

    remote: Remote
    url: str
    hold: str = ""
    cut: str = ""
    reached: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)

    @property
    def environ(self) -> Mapping[str, str]:
        return {"SERVER_ADDRESS": self.url, "API_TOKEN": TOKEN}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    served: Served

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet an answer
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Stay silent."""

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("content-length") or 0))
        self._answer(json.loads(content or b"{}"))

    def do_GET(self) -> None:
        self._answer(dict(parse_qsl(urlsplit(self.path).query)))

    def _answer(self, body: Mapping[str, object]) -> None:
        served = self.server.served
        method = urlsplit(self.path).path.removeprefix(API)
        if method == served.cut:
            self.close_connection = True
            return
        status, answer = served.remote.handle(method, body)
        if method == served.hold:
            served.reached.set()
            served.release.wait(PATIENCE)
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def serving(make: Callable[[], Remote] = Remote) -> Iterator[Served]:
    """Serve an instance until the block ends."""
    server = _Server(("127.0.0.1", 0), _Handler)
    served = server.served = Served(make(), f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield served
    finally:
        served.release.set()
        server.shutdown()
        thread.join()
        server.server_close()
