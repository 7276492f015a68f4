"""Requests to running apps, and waiting until they answer."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from slyflow.client.endpoints import Endpoints, Readiness
from slyflow.client.sessions import Sessions
from slyflow.client.transport import Transport
from slyflow.errors import AuthError, NotSent, Unavailable, UsageError
from slyflow.secret import Secret
from tests.client.clock import Clock
from tests.client.conftest import TOKEN
from tests.client.scripted import Script, Scripted, api, in_turn, reply

Serve = Callable[[Script], Scripted]
Connect = Callable[[Scripted], Transport]


def endpoints_of(transport: Transport) -> Endpoints:
    return Endpoints(transport, Sessions(transport))


def test_a_request_to_an_app_is_sent_once(serve: Serve, connect: Connect) -> None:
    server = serve(in_turn(reply(b'{"n": 1}'), reply(b"{}", 500)))
    endpoints = endpoints_of(connect(server))
    context = {"teamId": 3}
    assert endpoints.ask(5, "count", {"a": 1}, context=context) == {"n": 1}
    body = server.requests[0].json
    assert (body["taskId"], body["command"], body["state"]) == (5, "count", {"a": 1})
    assert body["context"] == {"teamId": 3, "outside_request": True}
    assert context == {"teamId": 3}
    with pytest.raises(Unavailable):
        endpoints.ask(5, "count", {})
    assert len(server.requests) == 2


def test_a_request_without_a_name_or_time_is_not_sent(serve: Serve, connect: Connect) -> None:
    server = serve(api({}))
    endpoints = endpoints_of(connect(server))
    with pytest.raises(UsageError):
        endpoints.ask(5, "", {})
    with pytest.raises(UsageError):
        endpoints.ask(5, "count", {}, seconds=0)
    assert server.requests == []


@pytest.mark.parametrize(
    ("answer", "runs", "ready"),
    [
        (reply(b'{"running": true, "status": "ready"}'), True, True),
        (reply(b'{"running": false, "status": "starting"}'), False, False),
        (reply(b'{"running": "yes", "status": null}'), False, False),
        (reply(b"{}"), False, False),
        (reply(b"[]"), False, False),
        (reply(b"null"), False, False),
        (reply(b"<html>"), False, False),
        (reply(b"{}", 400), False, False),
        (reply(b"{}", 404), False, False),
        (reply(b"{}", 503), False, False),
        (None, False, False),
    ],
)
def test_an_app_runs_only_when_it_says_so(
    serve: Serve, connect: Connect, answer: bytes | None, *, runs: bool, ready: bool
) -> None:
    endpoints = endpoints_of(connect(serve(in_turn(answer))))
    assert endpoints.is_running(5) is runs
    assert endpoints.is_ready(5) is ready


def test_an_instance_out_of_reach_or_closed_to_us_is_an_error(serve: Serve, connect: Connect) -> None:
    transport = Transport("http://127.0.0.1:1", Secret(TOKEN))
    with pytest.raises(NotSent):
        endpoints_of(transport).is_running(5)
    with pytest.raises(AuthError):
        endpoints_of(connect(serve(in_turn(reply(b"{}", 401))))).is_running(5)


def test_an_app_is_waited_for_until_it_runs(serve: Serve, connect: Connect) -> None:
    answers: Iterator[Any] = iter([(400, {}), (502, {}), {"running": True}])
    server = serve(
        api(
            {
                "tasks.request.direct": lambda _: next(answers),
                "tasks.info": lambda _: {"id": 5, "status": "started"},
            }
        )
    )
    clock = Clock()
    waited = endpoints_of(connect(server)).wait_until_running(5, clock=clock, sleep=clock.sleep)
    assert waited is Readiness.READY
    assert clock.slept == [1.0, 1.0]


@pytest.mark.parametrize(
    ("info", "outcome", "slept"),
    [
        ({"id": 5, "status": "error"}, Readiness.ENDED, 0.0),
        ({"id": 5, "status": "stopped"}, Readiness.ENDED, 0.0),
        ((404, {}), Readiness.GONE, 0.0),
        (None, Readiness.GONE, 0.0),
        ({"id": 5, "status": "resting"}, Readiness.LATE, 2.5),
    ],
)
def test_waiting_ends_with_the_session_and_with_the_time(
    serve: Serve, connect: Connect, info: Any, outcome: Readiness, slept: float
) -> None:
    server = serve(api({"tasks.request.direct": lambda _: (400, {}), "tasks.info": lambda _: info}))
    clock = Clock()
    waited = endpoints_of(connect(server)).wait_until_running(5, seconds=2.5, clock=clock, sleep=clock.sleep)
    assert (waited, sum(clock.slept)) == (outcome, slept)
