"""Who is kept out of the instance: every rule against the real server, over real sockets."""

import http.client
import socket
from urllib.parse import urlsplit

import pytest

from tests.instance.server import Server

HEADERS: list[tuple[dict[str, str | None], int]] = [
    ({"host": "evil.com"}, 421),
    ({"host": "127.0.0.1:1"}, 421),
    ({"origin": "http://evil.com"}, 403),
    ({"origin": "null"}, 403),
    ({"sec-fetch-site": "cross-site"}, 403),
    ({"sec-fetch-site": "same-site"}, 403),
    ({"connection": "upgrade", "upgrade": "websocket"}, 403),
    ({"x-api-key": None}, 401),
    ({"x-api-key": ""}, 401),
    ({"x-api-key": "0" * 64}, 401),
    ({"x-api-key": "ключ".encode().decode("latin-1")}, 401),
    ({"content-type": "text/plain"}, 415),
    ({"content-type": "application/x-www-form-urlencoded"}, 415),
]


def raw(server: Server, request: bytes) -> bytes:
    """Send bytes on a connection of their own and return all that comes back."""
    host, port = urlsplit(server.address.url).netloc.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    return received


@pytest.mark.parametrize(("headers", "status"), HEADERS, ids=[str(headers) for headers, _ in HEADERS])
def test_stranger_is_refused_and_changes_nothing(
    server: Server, headers: dict[str, str | None], status: int
) -> None:
    body = {"workspaceId": 1, "name": f"planted {headers}"}
    answer = server.send("projects.add", body, headers=headers)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "details"}
    assert "access-control-allow-origin" not in answer.headers
    assert server.call("projects.list", {"workspaceId": 1})["total"] == 0


def test_own_origin_and_every_loopback_name_are_let_in(server: Server) -> None:
    port = urlsplit(server.address.url).port
    for host in (f"localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}"):
        assert (
            server.send("users.me", {}, headers={"host": host, "origin": f"http://{host}"}).status_code == 200
        )


def test_token_in_the_address_is_not_accepted(server: Server) -> None:
    token = server.address.token.reveal()
    answer = server.send("users.me", None, token="", verb="GET", params={"x-api-key": token, "token": token})
    assert answer.status_code == 401


def test_front_page_needs_no_token_and_tells_nothing(server: Server) -> None:
    connection = http.client.HTTPConnection(urlsplit(server.address.url).netloc, timeout=10)
    connection.request("GET", "/")
    answer = connection.getresponse()
    content = answer.read().decode()
    connection.close()
    assert answer.status == 200
    assert server.address.token.reveal() not in content
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["server"] is None


@pytest.mark.parametrize("path", ["/x", "/files/..%2f..%2fetc/passwd", "/public/api/v3/", "/agent/Log"])
def test_other_paths_need_a_token_too(server: Server, path: str) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: {urlsplit(server.address.url).netloc}\r\n\r\n"
    assert raw(server, request.encode()).startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize(
    "headers",
    [
        "Content-Length: 2\r\nContent-Length: 3",
        "Content-Length: 2\r\nTransfer-Encoding: chunked",
        "Host: 127.0.0.1:1",
        "x-api-key: one\r\nx-api-key: two",
        "X-Bad\x00: 1",
    ],
    ids=["two lengths", "length and chunked", "two hosts", "two tokens", "bad head"],
)
def test_contradictory_heads_are_400(server: Server, headers: str) -> None:
    host = urlsplit(server.address.url).netloc
    request = f"POST /public/api/v3/users.me HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n\r\n{{}}"
    assert raw(server, request.encode()).startswith(b"HTTP/1.1 400 ")


def test_head_over_16_kib_is_431(server: Server) -> None:
    assert server.send("users.me", {}, headers={"x-long": "x" * 17_000}).status_code == 431


def test_head_without_end_is_cut_off(server: Server) -> None:
    try:
        answer = raw(server, b"GET / HTTP/1.1\r\nX-Long: " + b"x" * 1_000_000)
    except OSError:
        return  # cut off while we were still sending
    assert answer.startswith(b"HTTP/1.1 400 ")


def test_tls_hello_is_answered_at_once(server: Server) -> None:
    hello = bytes.fromhex("1603010010010000") + b"\x0a" * 16
    assert raw(server, hello).startswith(b"HTTP/1.1 400 ")


def test_body_that_is_not_json_is_400_without_our_insides(server: Server) -> None:
    for body in (b"{", b"[1,", b"\xff\xfe", b"NaN", b"3", b"[" * 100_000):
        answer = server.send("users.me", data=body, headers={"content-type": "application/json"})
        assert answer.status_code == 400, body[:10]
        assert "Traceback" not in answer.text
        assert "/slyflow/" not in answer.text


def test_body_that_says_it_is_too_large_is_413(server: Server) -> None:
    host, token = urlsplit(server.address.url).netloc, server.address.token.reveal()
    head = f"POST /public/api/v3/users.me HTTP/1.1\r\nHost: {host}\r\nx-api-key: {token}\r\n"
    request = f"{head}Content-Type: application/json\r\nContent-Length: {1 << 40}\r\n\r\n"
    assert raw(server, request.encode()).startswith(b"HTTP/1.1 413 ")


def test_unknown_method_is_404_in_the_apis_shape(server: Server) -> None:
    answer = server.send("no.such.method", {})
    assert answer.status_code == 404
    assert answer.json()["details"]["message"] == 'the embedded instance has no method "no.such.method"'


def test_any_verb_and_the_query_string_work_and_the_body_wins(server: Server) -> None:
    assert server.send("teams.info", None, verb="GET", params={"id": "1"}).json()["id"] == 1
    for verb in ("PUT", "DELETE", "POST"):
        assert server.send("teams.info", {"id": 1}, verb=verb, params={"id": "9"}).status_code == 200
