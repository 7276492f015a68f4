"""What is the near seam's own; how each request can end stands in test_connection."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from slyflow.client.exchange import Request
from slyflow.client.near import NearConnection
from slyflow.client.retry import Timeout
from slyflow.errors import UsageError
from tests.client.scripted import Received, Script, Scripted, always, reply

Serve = Callable[[Script], Scripted]


def request(url: str, **headers: str) -> Request:
    return Request("POST", f"{url}/public/api/v3/x", headers, b"{}", Timeout(), 1000)


def test_a_kept_connection_that_the_server_has_closed_is_not_used_again(serve: Serve) -> None:
    def once(_: Received, connection: socket.socket) -> bool:
        connection.sendall(reply(b"{}", Connection="keep-alive"))
        return False

    server = serve(once)
    connection = NearConnection()
    connection.exchange(request(server.url), fresh=False)
    (kept,) = connection._kept
    deadline = time.monotonic() + 5
    while kept.recv(1, socket.MSG_PEEK) and time.monotonic() < deadline:
        pass
    connection.exchange(request(server.url), fresh=False)
    connection.close()
    assert [received.connection for received in server.requests] == [1, 2]


def test_a_connection_in_use_while_all_are_closed_is_not_kept(serve: Serve) -> None:
    connection = NearConnection()

    def late(_: Received, answered: socket.socket) -> bool:
        connection.close()
        answered.sendall(reply(b"{}"))
        return True

    connection.exchange(request(serve(late).url), fresh=False)
    assert connection._kept == []


def test_an_answer_that_ends_the_connection_ends_it(serve: Serve) -> None:
    server = serve(always(reply(b"{}", Connection="close"), keep=True))
    connection = NearConnection()
    for _ in range(2):
        connection.exchange(request(server.url), fresh=False)
    connection.close()
    assert [received.connection for received in server.requests] == [1, 2]


def test_a_header_never_becomes_two(serve: Serve) -> None:
    server = serve(always(reply(b"{}")))
    with pytest.raises(UsageError, match="line break"):
        NearConnection().exchange(request(server.url, name="a\r\nother: b"), fresh=False)
    assert server.requests == []


def test_requests_is_not_imported_for_an_instance_that_is_near(serve: Serve) -> None:
    server = serve(always(reply(b"{}"), keep=True))
    code = (
        "import sys\n"
        "from slyflow.client import Instance\n"
        "from slyflow.secret import Secret\n"
        f"with Instance({server.url!r}, Secret('token-0123456789'), is_near=True) as instance:\n"
        "    instance.transport.call('x')\n"
        "sys.exit('requests' in sys.modules or 'urllib3' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert len(server.requests) == 1
