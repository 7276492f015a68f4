"""Every way a request can end, told apart by whether it left this machine."""

import gzip
import socket
import struct
import time
from collections.abc import Callable

import pytest

from slyflow.client.connection import Connection
from slyflow.client.exchange import Request
from slyflow.client.near import NearConnection
from slyflow.client.retry import Timeout
from slyflow.errors import BadReply, NotSent, SlyflowError, Unavailable, UsageError
from tests.client.scripted import TLS, Received, Script, Scripted, always, in_turn, reply

SECRET = "token-0123456789abcdef"
BRIEF = Timeout(connect=0.5, read=0.3, total=0.6)
Serve = Callable[[Script], Scripted]
Seam = type[Connection | NearConnection]
# Plain http travels both ways, and must look the same.
either = pytest.mark.parametrize("seam", [Connection, NearConnection])


def request(url: str, *, limit: int = 1000, timeout: Timeout = BRIEF) -> Request:
    return Request("POST", f"{url}/public/api/v3/x", {"x-api-key": SECRET}, b"{}", timeout, limit)


def failure(url: str, limit: int = 1000, *, seam: Seam = Connection) -> SlyflowError:
    connection = seam()
    with pytest.raises(SlyflowError) as raised:
        connection.exchange(request(url, limit=limit), fresh=True)
    connection.close()
    return raised.value


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def reset(_: Received, connection: socket.socket) -> bool:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


@either
def test_a_refused_connection_was_not_sent(seam: Seam) -> None:
    error = failure(f"http://127.0.0.1:{unused_port()}", seam=seam)
    assert type(error) is NotSent
    assert "Connection refused" in error.message


def test_an_unknown_name_was_not_sent() -> None:
    assert type(failure("https://nowhere.invalid")) is NotSent


def test_a_proxy_that_cannot_be_reached_was_not_sent() -> None:
    connection = Connection(proxy=f"http://127.0.0.1:{unused_port()}")
    with pytest.raises(NotSent, match="proxy"):
        connection.exchange(request("https://nowhere.invalid"), fresh=True)
    connection.close()


def test_a_proxy_that_refuses_the_tunnel_was_not_sent(serve: Serve) -> None:
    proxy = serve(always(reply(b"", 502)))
    connection = Connection(proxy=proxy.url)
    with pytest.raises(NotSent):
        connection.exchange(request("https://nowhere.invalid"), fresh=True)
    connection.close()
    assert [received.verb for received in proxy.requests] == ["CONNECT"]
    assert SECRET not in str(proxy.requests)


def test_a_failed_tls_handshake_was_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        # Nobody accepts: the handshake stalls.
        assert type(failure(url)) is NotSent


def test_an_untrusted_certificate_was_not_sent() -> None:
    with Scripted(always(reply(b"{}")), tls=True) as server:
        error = failure(server.url)
    assert type(error) is NotSent
    assert "certificate is not valid" in error.message
    assert error.hint is not None
    assert server.requests == []


def test_a_certificate_file_of_ones_own_is_trusted() -> None:
    with Scripted(always(reply(b"{}")), tls=True) as server:
        connection = Connection(ca_file=str(TLS / "certificate.pem"))
        answer = connection.exchange(request(server.url), fresh=True)
        connection.close()
    assert answer.content == b"{}"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (in_turn(None), "broke"),
        (reset, "broke"),
        (always(b"SSH-2.0-OpenSSH_9\r\n"), "broke"),
        (always(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}"), "broke off"),
        (always(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}"), "broke off"),
    ],
    ids=["hang up", "reset", "another protocol", "shorter than announced", "cut chunk"],
)
@either
def test_what_breaks_after_sending_is_of_unknown_outcome(
    serve: Serve, script: Script, said: str, seam: Seam
) -> None:
    error = failure(serve(script).url, seam=seam)
    assert type(error) is Unavailable
    assert said in error.message


@either
def test_silence_after_sending_is_of_unknown_outcome(seam: Seam) -> None:
    def silent(_: Received, connection: socket.socket) -> bool:
        server.wait(5)
        return False

    with Scripted(silent) as server:
        error = failure(server.url, seam=seam)
    assert type(error) is Unavailable
    assert "did not answer within 0.3 s" in error.message


@either
def test_a_trickle_is_cut_at_the_total_limit(seam: Seam) -> None:
    def trickle(_: Received, connection: socket.socket) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        for _second in range(100):
            connection.sendall(b" ")
            server.wait(0.1)
        return False

    with Scripted(trickle) as server:
        error = failure(server.url, seam=seam)
    assert type(error) is Unavailable
    assert "had not finished its answer" in error.message


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 O", b"HTTP/1.1 200 OK\r\nX-Slow: "])
@either
def test_a_trickling_head_is_cut_too(head: bytes, seam: Seam) -> None:
    def trickle(_: Received, connection: socket.socket) -> bool:
        connection.sendall(head)
        for _second in range(100):
            connection.sendall(b"x")
            server.wait(0.1)
        return False

    with Scripted(trickle) as server:
        started = time.monotonic()
        error = failure(server.url, seam=seam)
        assert time.monotonic() - started < 3
    assert isinstance(error, Unavailable | BadReply)
    assert not isinstance(error, NotSent)


def test_a_missing_file_of_authorities_is_named() -> None:
    with pytest.raises(UsageError, match=r"/no/such\.pem does not exist"):
        Connection(ca_file="/no/such.pem")


@either
def test_an_answer_that_announces_too_much_is_refused_unread(serve: Serve, seam: Seam) -> None:
    error = failure(
        serve(always(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n")).url, seam=seam
    )
    assert type(error) is BadReply


@either
def test_an_endless_answer_is_cut(serve: Serve, seam: Seam) -> None:
    def endless(_: Received, connection: socket.socket) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"400\r\n" + b"x" * 1024 + b"\r\n")

    assert type(failure(serve(endless).url, seam=seam)) is BadReply


@either
def test_a_gzip_bomb_is_never_unpacked(serve: Serve, seam: Seam) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    error = failure(serve(always(reply(bomb, Content_Encoding="gzip"))).url, limit=60_000, seam=seam)
    assert type(error) is BadReply
    assert "more than 60000 bytes" in error.message


@either
def test_gzip_is_unpacked(serve: Serve, seam: Seam) -> None:
    body = b'{"a": 1}' * 100
    server = serve(always(reply(gzip.compress(body), Content_Encoding="gzip")))
    connection = seam()
    assert connection.exchange(request(server.url), fresh=True).content == body
    connection.close()


@pytest.mark.parametrize("encoding", ["gzip", "br"])
@either
def test_a_damaged_or_unknown_encoding_is_a_bad_reply(serve: Serve, encoding: str, seam: Seam) -> None:
    assert type(failure(serve(always(reply(b"junk", Content_Encoding=encoding))).url, seam=seam)) is BadReply


@either
def test_redirects_are_returned_and_not_followed(serve: Serve, seam: Seam) -> None:
    other = serve(always(reply(b"{}")))
    server = serve(always(reply(b"", 307, Location=other.url)))
    connection = seam()
    assert connection.exchange(request(server.url), fresh=True).status == 307
    connection.close()
    assert other.requests == []


@either
def test_connections_are_kept_unless_a_fresh_one_is_asked_for(serve: Serve, seam: Seam) -> None:
    server = serve(always(reply(b"{}"), keep=True))
    connection = seam()
    for fresh in (False, False, True, False):
        connection.exchange(request(server.url), fresh=fresh)
    connection.close()
    assert [received.connection for received in server.requests] == [1, 1, 2, 1]


@either
def test_cookies_are_not_kept(serve: Serve, seam: Seam) -> None:
    server = serve(always(reply(b"{}", Set_Cookie="a=b"), keep=True))
    connection = seam()
    for _ in range(2):
        connection.exchange(request(server.url), fresh=False)
    connection.close()
    assert "cookie" not in server.requests[1].headers


@either
def test_the_token_is_in_no_error_and_in_nothing_an_error_holds(serve: Serve, seam: Seam) -> None:
    error: BaseException | None = failure(serve(in_turn(None)).url, seam=seam)
    while error is not None:
        assert SECRET not in repr(error)
        assert SECRET not in repr(vars(error))
        assert getattr(error, "request", None) is None
        error = error.__cause__
    assert SECRET not in repr(request("http://127.0.0.1:1"))
