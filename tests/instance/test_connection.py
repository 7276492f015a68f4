"""Clients that are slow, silent, or too many: they lose their connection, nobody else does."""

import fcntl
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from slyflow.instance import body, connection
from slyflow.instance.home import Address, Home, open_home, open_lock
from slyflow.instance.server import serve


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Address]:
    """A server in a thread of ours, with little patience and few connections."""
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.5)
    monkeypatch.setattr(connection, "MOST_CONNECTIONS", 20)
    monkeypatch.setattr(body, "PATIENCE", 0.5)
    home = open_home(tmp_path / "home").folder
    started: list[Address] = []
    ready = threading.Event()

    def tell(found: Address) -> None:
        started.append(found)
        ready.set()

    def run() -> None:
        serve(home, slots=1, ready=tell, inherited={}, until_unused=True)

    with open_lock(Home(home).users) as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        thread = threading.Thread(target=run)
        thread.start()
        assert ready.wait(20)
        yield started[0]
    thread.join(20)
    assert not thread.is_alive()


def connect(address: Address) -> socket.socket:
    parts = urlsplit(address.url)
    return socket.create_connection((parts.hostname, parts.port), timeout=10)


def seconds_to_end(client: socket.socket, *, dripping: bytes = b"") -> float:
    """Return how long the server keeps a connection on which one byte at a time comes, or none."""
    began = time.monotonic()
    client.settimeout(0.05)
    drops = iter(dripping)
    while True:
        try:
            if client.recv(65536) == b"":
                return time.monotonic() - began
        except TimeoutError:
            assert time.monotonic() - began < 9
            if (drop := next(drops, None)) is not None:
                try:
                    client.send(bytes([drop]))
                except OSError:
                    return time.monotonic() - began
        except OSError:
            return time.monotonic() - began


def test_silent_client_loses_its_connection(address: Address) -> None:
    with closing(connect(address)) as client:
        assert 0.3 < seconds_to_end(client) < 5


def test_client_that_drips_its_head_loses_its_connection(address: Address) -> None:
    with closing(connect(address)) as client:
        assert 0.3 < seconds_to_end(client, dripping=b"GET / HTTP/1.1\r\nX: " + b"x" * 500) < 5


def test_second_head_on_a_connection_may_not_drip_either(address: Address) -> None:
    with closing(connect(address)) as client:
        client.sendall(f"GET / HTTP/1.1\r\nHost: {urlsplit(address.url).netloc}\r\n\r\n".encode())
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
        assert 0.3 < seconds_to_end(client, dripping=b"GET / HTTP/1.1\r\nX: " + b"x" * 500) < 5


def test_client_that_drips_its_body_gets_a_408(address: Address) -> None:
    head = (
        f"POST /public/api/v3/users.me HTTP/1.1\r\nHost: {urlsplit(address.url).netloc}\r\n"
        f"x-api-key: {address.token.reveal()}\r\n"
        "content-type: application/json\r\ncontent-length: 1000\r\n\r\n"
    )
    with closing(connect(address)) as client:
        client.sendall(head.encode())
        time.sleep(0.2)
        client.sendall(b"{")
        assert client.recv(65536).startswith(b"HTTP/1.1 408 ")


def test_too_many_connections_do_not_take_the_server_down(address: Address) -> None:
    crowd = [connect(address) for _ in range(60)]
    try:
        # The crowd is thrown out for its silence, and there is room again.
        time.sleep(1.0)
        answer = requests.post(
            f"{address.url}/public/api/v3/users.me",
            json={},
            headers={"x-api-key": address.token.reveal()},
            timeout=10,
        )
        assert answer.status_code == 200
    finally:
        for client in crowd:
            client.close()


def test_connection_that_is_used_is_kept(address: Address) -> None:
    headers = {"x-api-key": address.token.reveal()}
    with requests.Session() as http:
        for _ in range(3):
            assert http.post(f"{address.url}/public/api/v3/users.me", json={}, headers=headers, timeout=10).ok
            time.sleep(0.3)
