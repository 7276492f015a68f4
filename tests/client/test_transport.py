"""Calls: what is sent, what is sent again, and what every answer means."""

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType

import pytest

from slyflow.client.multipart import Part
from slyflow.client.retry import NEVER, READ, WRITE, Retry
from slyflow.client.transport import JSON_LIMIT, Transport
from slyflow.errors import (
    AuthError,
    BadReply,
    Gone,
    NotFound,
    NotSent,
    Rejected,
    SlyflowError,
    Unavailable,
    UsageError,
)
from slyflow.secret import Secret
from tests.client.conftest import TOKEN
from tests.client.scripted import Script, Scripted, always, api, in_turn, reply

Serve = Callable[[Script], Scripted]
Connect = Callable[[Scripted], Transport]
OK = reply(b'{"a": 1}')


def refused(status: int, body: object = None, **headers: str) -> bytes:
    return reply(json.dumps(body).encode(), status, **headers)


def test_importing_the_client_leaves_requests_alone() -> None:
    code = "import sys, slyflow.client; sys.exit('requests' in sys.modules or 'urllib3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_call_is_one_post_of_json_with_the_token(serve: Serve, connect: Connect) -> None:
    server = serve(in_turn(OK))
    body = MappingProxyType({"filter": (MappingProxyType({"field": "é"}),)})
    assert connect(server).call("tasks.list", body) == {"a": 1}
    (received,) = server.requests
    assert (received.verb, received.target) == ("POST", "/public/api/v3/tasks.list")
    assert received.json == {"filter": [{"field": "é"}]}
    assert received.headers["x-api-key"] == TOKEN
    assert received.headers["content-type"] == "application/json"
    assert received.headers["user-agent"].startswith("slyflow/")
    assert "x-task-id" not in received.headers


def test_a_call_without_a_body_sends_an_empty_object(serve: Serve, connect: Connect) -> None:
    server = serve(in_turn(OK))
    connect(server).call("users.me")
    assert server.requests[0].json == {}


def test_the_task_is_named_only_when_asked(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPERVISELY_TASK_ID", "7")
    server = serve(in_turn(OK))
    transport = Transport(server.url, Secret(TOKEN), task_id=8)
    transport.call("users.me")
    transport.close()
    assert server.requests[0].headers["x-task-id"] == "8"


def test_netrc_and_proxies_of_the_environment_are_ignored_for_loopback(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, own_home: object
) -> None:
    from pathlib import Path

    Path(str(own_home), ".netrc").write_text("machine 127.0.0.1 login a password b\n")
    Path(str(own_home), ".netrc").chmod(0o600)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    server = serve(in_turn(OK))
    connect(server).call("users.me")
    assert "authorization" not in server.requests[0].headers


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, BadReply),
        (307, BadReply),
        (400, Rejected),
        (401, AuthError),
        (403, AuthError),
        (404, NotFound),
        (408, Unavailable),
        (409, Rejected),
        (422, Rejected),
        (429, NotSent),
        (499, Unavailable),
        (500, Unavailable),
        (502, Unavailable),
        (599, Unavailable),
    ],
)
def test_each_status_has_its_error(
    serve: Serve, connect: Connect, status: int, kind: type[SlyflowError]
) -> None:
    server = serve(in_turn(refused(status, {"error": "because"})))
    with pytest.raises(SlyflowError) as raised:
        connect(server).call("tasks.run.app")
    assert type(raised.value) is kind
    assert "tasks.run.app" in raised.value.message
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>login</html>",
        b"[1, 2",
        b"\xff\xfe",
        b'{"a": NaN}',
        b"[" * 100_000,
        b'{"a":' * 70 + b"1" + b"}" * 70,
    ],
    ids=["empty", "html", "cut", "not utf-8", "nan", "unclosed nest", "deep nest"],
)
def test_what_is_not_json_is_a_bad_reply(serve: Serve, connect: Connect, body: bytes) -> None:
    with pytest.raises(BadReply):
        connect(serve(always(reply(body)))).call("tasks.list", retry=READ)


def test_a_json_answer_is_capped(serve: Serve, connect: Connect) -> None:
    with pytest.raises(BadReply, match=str(JSON_LIMIT)):
        connect(serve(always(f"HTTP/1.1 200 OK\r\nContent-Length: {JSON_LIMIT + 1}\r\n\r\n".encode()))).call(
            "x"
        )


def test_brackets_inside_texts_do_not_count_as_nesting(serve: Serve, connect: Connect) -> None:
    text = '["\\' * 500
    assert connect(serve(always(reply(json.dumps([text]).encode())))).call("x") == [text]


def test_half_a_surrogate_pair_is_made_storable(serve: Serve, connect: Connect) -> None:
    answer = connect(serve(always(reply(b'{"\\ud800": ["\\ud83d\\ude00 \\udfff"]}')))).call("x")
    assert answer == {"\ufffd": ["\U0001f600 \ufffd"]}


@pytest.mark.parametrize("failure", [None, refused(500), refused(502), refused(429)])
def test_reads_are_repeated_until_they_succeed(serve: Serve, connect: Connect, failure: bytes | None) -> None:
    server = serve(in_turn(failure, failure, OK))
    assert connect(server).call("tasks.list", retry=READ) == {"a": 1}
    assert len(server.requests) == 3


def test_what_has_ended_is_not_asked_again(serve: Serve) -> None:
    server = serve(in_turn(None))
    alive = iter([False, True])
    transport = Transport(
        server.url, Secret(TOKEN), sleep=lambda _: None, random=lambda: 0.5, is_gone=lambda: next(alive)
    )
    with pytest.raises(Gone, match="has ended"):
        transport.call("tasks.list", retry=READ)
    transport.close()
    assert len(server.requests) == 2


def test_reads_are_given_up_after_five_tries(serve: Serve, connect: Connect) -> None:
    server = serve(in_turn(refused(503)))
    with pytest.raises(Unavailable):
        connect(server).call("tasks.list", retry=READ)
    assert len(server.requests) == 5


@pytest.mark.parametrize("failure", [None, refused(500), refused(408)])
@pytest.mark.parametrize("retry", [NEVER, WRITE])
def test_writes_that_may_have_acted_are_never_repeated(
    serve: Serve, connect: Connect, failure: bytes | None, retry: Retry
) -> None:
    server = serve(in_turn(failure, OK))
    with pytest.raises(Unavailable):
        connect(server).call("projects.add", retry=retry)
    assert len(server.requests) == 1


def test_writes_that_certainly_did_not_act_are_repeated(serve: Serve, connect: Connect) -> None:
    server = serve(in_turn(refused(429), OK))
    assert connect(server).call("projects.add", retry=WRITE) == {"a": 1}
    assert len(server.requests) == 2


def test_a_launch_is_not_even_repeated_when_it_was_not_accepted(serve: Serve, connect: Connect) -> None:
    server = serve(in_turn(refused(429, None, Retry_After="7"), OK))
    with pytest.raises(NotSent) as raised:
        connect(server).call("tasks.run.app", retry=NEVER)
    assert raised.value.retry_after == 7
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 404])
def test_refusals_are_not_repeated(serve: Serve, connect: Connect, status: int) -> None:
    server = serve(in_turn(refused(status), OK))
    with pytest.raises(SlyflowError):
        connect(server).call("tasks.list", retry=READ)
    assert len(server.requests) == 1


def test_what_may_not_be_repeated_travels_on_a_connection_of_its_own(serve: Serve, connect: Connect) -> None:
    server = serve(always(OK, keep=True))
    transport = connect(server)
    for retry in (READ, READ, NEVER, WRITE, READ):
        transport.call("x", retry=retry)
    assert [received.connection for received in server.requests] == [1, 1, 2, 3, 1]


def test_waits_double_are_jittered_and_heed_the_instance(serve: Serve) -> None:
    server = serve(
        in_turn(refused(500), refused(500), refused(429, None, Retry_After="120"), refused(500), OK)
    )
    slept: list[float] = []
    transport = Transport(server.url, Secret(TOKEN), sleep=slept.append, random=lambda: 0.5)
    transport.call("tasks.list", retry=READ)
    transport.close()
    assert slept == [0.5, 1.0, 120.0, 4.0]


def test_the_budget_ends_repeating_when_everything_fails(serve: Serve, connect: Connect) -> None:
    server = serve(in_turn(refused(500)))
    transport = connect(server)
    for _ in range(20):
        with pytest.raises(Unavailable):
            transport.call("tasks.list", retry=READ)
    # 20 calls, 20 saved repeats, and a tenth of a repeat earned by each call.
    assert len(server.requests) <= 20 + 20 + 2


def test_the_instances_words_are_shown_in_one_clean_line(serve: Serve, connect: Connect) -> None:
    body = {
        "error": "Bad\x1b[2J thing\n::set-env",
        "details": [{"message": "name taken", "type": "NONUNIQUE"}, {"message": "name taken"}, 7],
    }
    with pytest.raises(Rejected) as raised:
        connect(serve(always(refused(400, body)))).call("images.bulk.add")
    assert raised.value.message == (
        "images.bulk.add: the instance answered 400: Bad thing ::set-env; name taken"
    )
    assert raised.value.status == 400


@pytest.mark.parametrize("body", [{"error": {"a": 1}}, {"details": "x"}, [1], "text", None])
def test_odd_error_bodies_do_no_harm(serve: Serve, connect: Connect, body: object) -> None:
    with pytest.raises(Rejected, match=r"answered 400$"):
        connect(serve(always(refused(400, body)))).call("x")


def test_an_instance_that_echoes_the_token_does_not_get_it_printed(serve: Serve, connect: Connect) -> None:
    import base64

    echoed = base64.b64encode(TOKEN.encode()).decode().rstrip("=")
    with pytest.raises(Rejected) as raised:
        connect(serve(always(refused(400, {"error": f"token {TOKEN} or {echoed}"})))).call("x")
    assert TOKEN not in raised.value.message
    assert echoed[:-1] not in raised.value.message


def test_the_token_is_in_no_repr_and_no_log(
    serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    transport = connect(serve(always(refused(401, {"error": "no"}))))
    with pytest.raises(AuthError) as raised:
        transport.call("users.me")
    assert caplog.records
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(transport) + repr(vars(transport)) + repr(raised.value)


def test_a_token_that_would_break_its_header_is_refused_unquoted() -> None:
    with pytest.raises(UsageError) as raised:
        Transport("https://example.com", Secret("abc\r\nX-Evil: 1"))
    assert "abc" not in raised.value.message


def test_get_sends_a_query(serve: Serve, connect: Connect) -> None:
    server = serve(in_turn(None, reply(b"[]")))
    assert connect(server).get("tasks.log.download", {"id": 5}) == []
    assert server.requests[1].target == "/public/api/v3/tasks.log.download?id=5"
    assert server.requests[1].verb == "GET"


def test_fetch_returns_bytes_and_stops_at_its_limit(serve: Serve, connect: Connect) -> None:
    server = serve(always(reply(b"\x00\xff" * 50)))
    assert connect(server).fetch("images.download", {"id": 1}, limit=100) == b"\x00\xff" * 50
    assert server.requests[0].headers["accept-encoding"] == "identity"
    with pytest.raises(BadReply, match="more than 99 bytes"):
        connect(server).fetch("images.download", {"id": 1}, limit=99)


def test_a_checksum_that_comes_along_is_checked(serve: Serve, connect: Connect) -> None:
    right = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
    good, bad = (reply(b"abc", X_Content_Checksum_SHA256=claimed) for claimed in (right, right[::-1]))
    transport = connect(serve(in_turn(good, bad)))
    assert transport.fetch("images.download", {"id": 1}, limit=100) == b"abc"
    with pytest.raises(BadReply, match="checksum"):
        transport.fetch("images.download", {"id": 1}, limit=100)


def test_bytes_of_unknown_length_are_not_trusted_to_be_whole(serve: Serve, connect: Connect) -> None:
    with pytest.raises(BadReply, match="has no length"):
        connect(serve(always(b"HTTP/1.1 200 OK\r\n\r\nabc"))).fetch("images.download", {"id": 1}, limit=100)


def test_upload_sends_a_form(serve: Serve, connect: Connect) -> None:
    server = serve(in_turn(reply(b"[]")))
    connect(server).upload("file-storage.bulk.upload", [Part("file", b"abc", "a.txt")], query={"teamId": 3})
    received = server.requests[0]
    assert received.target.endswith("?teamId=3")
    assert received.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'filename="a.txt"' in received.body


def test_many_threads_share_one_transport(serve: Serve, connect: Connect) -> None:
    def echo(body: Mapping[str, int]) -> Mapping[str, int]:
        return body

    transport = connect(serve(api({"echo": echo})))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: transport.call("echo", {"n": n}, retry=READ), range(100)))
    assert answers == [{"n": n} for n in range(100)]


def test_a_closed_transport_opens_again(serve: Serve, connect: Connect) -> None:
    transport = connect(serve(in_turn(OK)))
    transport.call("x", retry=READ)
    transport.close()
    assert transport.call("x", retry=READ) == {"a": 1}
