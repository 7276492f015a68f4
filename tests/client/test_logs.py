"""Logs of sessions, read and followed over the wire."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from slyflow.client.logs import Logs
from slyflow.client.sessions import Sessions
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, Gone, NotFound, Unavailable
from slyflow.model.session import LogLine
from slyflow.secret import Secret
from tests.client.clock import Clock
from tests.client.conftest import TOKEN
from tests.client.scripted import Script, Scripted, api, in_turn, reply

Serve = Callable[[Script], Scripted]
Connect = Callable[[Scripted], Transport]


class Growing:
    """A session whose log grows by a line with each look at its status, and that ends with the last."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.looks = 0
        self.asked: list[dict[str, Any]] = []

    def info(self, _: Any) -> Any:
        self.looks += 1
        return {"id": 5, "status": "started" if self.looks < self.count else "finished"}

    def log(self, query: Any) -> Any:
        self.asked.append(query)
        return [{"message": str(n), "level": "info", "timestamp": f"t{n}"} for n in range(self.looks)]


def logs_of(transport: Transport) -> Logs:
    return Logs(transport, Sessions(transport))


def test_a_log_is_followed_to_its_end_and_each_line_told_once(serve: Serve, connect: Connect) -> None:
    session = Growing(4)
    server = serve(api({"tasks.info": session.info, "tasks.log.download": session.log}))
    clock = Clock()
    lines = list(logs_of(connect(server)).follow(5, clock=clock, sleep=clock.sleep))
    assert [line.message for line in lines] == ["0", "1", "2", "3"]
    assert clock.slept == [1.0, 1.0, 1.0]


def test_what_an_ended_session_said_takes_one_look(serve: Serve, connect: Connect) -> None:
    session = Growing(1)
    server = serve(api({"tasks.info": session.info, "tasks.log.download": session.log}))
    clock = Clock()
    assert len(list(logs_of(connect(server)).follow(5, clock=clock, sleep=clock.sleep))) == 1
    assert (len(server.requests), clock.slept) == (2, [])


def test_a_session_that_never_was_is_an_error_and_one_that_vanishes_is_an_end(
    serve: Serve, connect: Connect
) -> None:
    clock = Clock()
    with pytest.raises(NotFound):
        list(logs_of(connect(serve(api({})))).follow(5, clock=clock, sleep=clock.sleep))
    answers: Iterator[Any] = iter([{"id": 5, "status": "started"}, (404, {})])
    methods: dict[str, Callable[[Any], Any]] = {
        "tasks.info": lambda _: next(answers),
        "tasks.log.download": lambda _: [{"message": "a"}],
    }
    lines = logs_of(connect(serve(api(methods)))).follow(5, clock=clock, sleep=clock.sleep)
    assert [line.message for line in lines] == ["a"]


def test_an_instance_that_fails_is_forgiven_for_a_while(serve: Serve, connect: Connect) -> None:
    info = reply(b'{"id": 5, "status": "finished"}')
    server = serve(in_turn(reply(b"<html>"), reply(b"<html>"), info, reply(b'[{"message": "a"}]')))
    clock = Clock()
    lines = logs_of(connect(server)).follow(5, patience=2.0, clock=clock, sleep=clock.sleep)
    assert [line.message for line in lines] == ["a"]
    failing = serve(in_turn(reply(b"<html>")))
    with pytest.raises(BadReply):
        list(logs_of(connect(failing)).follow(5, patience=2.0, clock=clock, sleep=clock.sleep))
    assert len(failing.requests) == 3


def test_lines_are_added_once(serve: Serve, connect: Connect) -> None:
    server = serve(in_turn(reply(b"{}", 502), reply(b"{}")))
    with pytest.raises(Unavailable):
        logs_of(connect(server)).add(5, [LogLine("a"), LogLine("b", "warn", "t")])
    (request,) = server.requests
    assert request.json == {
        "logs": [
            {"message": "a", "level": "info", "taskId": 5},
            {"message": "b", "level": "warn", "taskId": 5, "timestamp": "t"},
        ]
    }


def test_an_embedded_instance_that_has_ended_ends_the_log_with_its_error() -> None:
    transport = Transport("http://127.0.0.1:1", Secret(TOKEN), is_gone=lambda: True)
    clock = Clock()
    with pytest.raises(Gone):
        list(logs_of(transport).follow(5, clock=clock, sleep=clock.sleep))
    assert clock.slept == []


def test_a_log_is_read_from_a_time_on_and_so_many_lines(serve: Serve, connect: Connect) -> None:
    server = serve(api({"tasks.log.download": lambda _: [{"message": "a"}]}))
    logs = logs_of(connect(server))
    assert logs.read(5, since="2026-01-01T00:00:00.000Z", limit=3) == [LogLine("a")]
    assert server.requests[0].query == {
        "id": ["5"],
        "sinceTime": ["2026-01-01T00:00:00.000Z"],
        "limit": ["3"],
    }
    logs.read(5)
    assert server.requests[1].query == {"id": ["5"]}
