"""Sessions on servers that list them in every order, page size and shape."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from slyflow.client.launch import Started
from slyflow.client.order import Order
from slyflow.client.sessions import Place, Sessions
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, NotFound, Rejected, Unavailable, UsageError
from slyflow.model.launch import Workspace
from slyflow.model.session import LogLine, Status
from tests.client.scripted import Script, Scripted, api, in_turn, reply
from tests.client.tasklist import Tasks, task
from tests.client.test_launch import LAUNCH

Serve = Callable[[Script], Scripted]
Connect = Callable[[Scripted], Transport]
SPACE = Workspace(4, 3, 2)


def sessions_of(serve: Serve, connect: Connect, tasks: Tasks, **methods: Callable[[Any], Any]) -> Sessions:
    named = {name.replace("__", "."): answer for name, answer in methods.items()}
    return Sessions(connect(serve(api({"tasks.list": tasks, **named}))))


def test_a_launch_is_sent_once_with_its_key(serve: Serve, connect: Connect) -> None:
    server = serve(api({"tasks.run.app": lambda _: [{"taskId": 7}]}))
    assert Sessions(connect(server)).start(LAUNCH) == 7
    (received,) = server.requests
    assert received.headers["idempotency-key"] == LAUNCH.marker
    assert "x-task-id" not in received.headers


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (None, Unavailable),
        (reply(b"{}", 502), Unavailable),
        (reply(b"not json"), BadReply),
        (reply(b"[]"), BadReply),
        (reply(b"", 302, Location="https://evil.example"), BadReply),
        (reply(b"{}", 400), Rejected),
    ],
)
def test_a_launch_of_unknown_outcome_is_not_sent_again(
    serve: Serve, connect: Connect, answer: bytes | None, kind: type[Exception]
) -> None:
    server = serve(in_turn(answer, reply(b'[{"taskId": 7}]')))
    with pytest.raises(kind):
        Sessions(connect(server)).start(LAUNCH)
    assert len(server.requests) == 1


@pytest.mark.parametrize("sorts", [True, False])
def test_the_newest_session_bounds_what_comes_after(serve: Serve, connect: Connect, *, sorts: bool) -> None:
    tasks = Tasks([task(3), task("9"), task(5)], sorts=sorts)
    newest = sessions_of(serve, connect, tasks).newest(4)
    assert newest == 9 if sorts else newest <= 9
    assert len(tasks.asked) == 1


def test_an_empty_workspace_has_no_newest_session(serve: Serve, connect: Connect) -> None:
    assert sessions_of(serve, connect, Tasks([])).newest(4) == 0


@pytest.mark.parametrize("filters", [True, False])
@pytest.mark.parametrize("sorts", [True, False])
def test_sessions_are_listed_together(serve: Serve, connect: Connect, *, filters: bool, sorts: bool) -> None:
    tasks = Tasks([task(n, status="queued") for n in range(1, 301)], filters=filters, sorts=sorts)
    found = sessions_of(serve, connect, tasks).listed([200, 150, 999], SPACE)
    assert {key: session.status for key, session in found.items()} == {200: Status.QUEUED, 150: Status.QUEUED}
    assert len(tasks.asked) == 1


def test_many_sessions_take_one_request_a_page(serve: Serve, connect: Connect) -> None:
    tasks = Tasks([task(n) for n in range(1, 1001)])
    found = sessions_of(serve, connect, tasks).listed(range(1, 701), SPACE)
    assert sorted(found) == list(range(1, 701))
    assert len(tasks.asked) == 2


def test_small_pages_are_followed_no_further_than_needed(serve: Serve, connect: Connect) -> None:
    tasks = Tasks([task(n) for n in range(1, 101)], filters=False, most_per_page=10)
    assert sorted(sessions_of(serve, connect, tasks).listed([95, 81], SPACE)) == [81, 95]
    assert len(tasks.asked) == 2


def test_a_server_that_refuses_the_filter_is_asked_without_it(serve: Serve, connect: Connect) -> None:
    tasks = Tasks([task(n) for n in range(1, 11)])

    def picky(body: Any) -> Any:
        return (400, {"error": "unknown field id"}) if body["filter"] else tasks(body)

    sessions = Sessions(connect(serve(api({"tasks.list": picky}))))
    assert sorted(sessions.listed([3, 4], SPACE)) == [3, 4]


def test_nothing_to_list_asks_nothing(serve: Serve, connect: Connect) -> None:
    tasks = Tasks([])
    assert sessions_of(serve, connect, tasks).listed([], SPACE) == {}
    assert tasks.asked == []


@pytest.mark.parametrize("status", ["resting", "", None, 5, ["started"]])
def test_an_unknown_status_is_unknown_and_no_error(serve: Serve, connect: Connect, status: Any) -> None:
    sessions = sessions_of(serve, connect, Tasks([]), tasks__info=lambda _: task(5, status=status))
    assert sessions.info(5).status is Status.UNKNOWN


@pytest.mark.parametrize("answer", [None, (404, {"error": "gone"})])
def test_a_session_that_is_gone_is_not_found(serve: Serve, connect: Connect, answer: Any) -> None:
    with pytest.raises(NotFound):
        sessions_of(serve, connect, Tasks([]), tasks__info=lambda _: answer).info(5)


def test_stop_may_be_repeated(serve: Serve, connect: Connect) -> None:
    server = serve(in_turn(None, reply(b'{"status": "terminating"}')))
    Sessions(connect(server)).stop(5)
    assert [received.json for received in server.requests] == [{"id": 5}, {"id": 5}]


def test_a_log_keeps_its_order_and_its_end(serve: Serve, connect: Connect) -> None:
    lines = [{"message": str(n), "level": "warn", "timestamp": f"t{n}"} for n in range(5)]
    sessions = sessions_of(serve, connect, Tasks([]), tasks__log__download=lambda _: [*lines, {"message": 7}])
    assert [line.message for line in sessions.log(5)] == ["0", "1", "2", "3", "4", ""]
    assert sessions.log(5, limit=2) == [LogLine("4", "warn", "t4"), LogLine("", "info", None)]
    assert sessions.log(5, limit=0) == []


def test_a_state_field_is_read_by_its_dotted_name(serve: Serve, connect: Connect) -> None:
    sessions = sessions_of(serve, connect, Tasks([]), tasks__data__get=lambda _: {"result": {"data.x": [1]}})
    assert sessions.state(5, "data.x") == [1]
    assert sessions.state(5, "data.y") is None


def test_an_app_is_started_once_with_its_newest_release(serve: Serve, connect: Connect) -> None:
    info = {"id": 9, "meta": {"releases": [{"version": "v2"}, {"version": "v1"}]}}
    started = [{"taskId": 7, "userId": 2, "moduleId": 9, "appId": 8}]
    server = serve(api({"ecosystem.info": lambda _: info, "tasks.run.app": lambda _: started}))
    order = Order(workspace_id=4, module_id=9)
    assert Sessions(connect(server)).start_app(order) == Started(7, 2, 9, 8)
    assert [request.method for request in server.requests] == ["ecosystem.info", "tasks.run.app"]
    assert server.requests[1].json["appVersion"] == "v2"
    assert "idempotency-key" not in server.requests[1].headers
    Sessions(connect(server)).start_app(replace(order, version="", key="once"))
    assert server.requests[2].json["appVersion"] == ""
    assert server.requests[2].headers["idempotency-key"] == "once"


@pytest.mark.parametrize("answer", [None, reply(b"{}", 502), reply(b"not json"), reply(b"[]")])
def test_a_start_of_unknown_outcome_is_not_sent_again(
    serve: Serve, connect: Connect, answer: bytes | None
) -> None:
    server = serve(in_turn(answer, reply(b'[{"taskId": 7}]')))
    with pytest.raises((Unavailable, BadReply)):
        Sessions(connect(server)).start_app(Order(workspace_id=4, module_id=9, version=""))
    assert len(server.requests) == 1


def test_each_user_gets_a_session_and_none_is_forgotten(serve: Serve, connect: Connect) -> None:
    answer = [{"taskId": 7, "userId": 1}, {"taskId": 8, "userId": 2}]
    sessions = Sessions(connect(serve(api({"tasks.run.app": lambda _: answer}))))
    order = Order(workspace_id=4, module_id=9, version="", users=(1, 2))
    assert [one.id for one in sessions.start_for_users(order)] == [7, 8]
    with pytest.raises(UsageError, match="several users"):
        sessions.start_app(order)
    with pytest.raises(UsageError, match="twice"):
        sessions.start_for_users(replace(order, users=(1, 1)))
    with pytest.raises(BadReply, match="exactly one session; it names 7, 8"):
        sessions.start_app(replace(order, users=(1,)))


def test_an_order_that_makes_no_sense_sends_nothing(serve: Serve, connect: Connect) -> None:
    server = serve(api({}))
    for order in (Order(workspace_id=4), Order(workspace_id=4, app_id=8)):
        with pytest.raises(UsageError):
            Sessions(connect(server)).start_app(order)
    assert server.requests == []


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"id": 5, "status": "terminating"}, Status.TERMINATING),
        ({"status": "resting"}, Status.UNKNOWN),
        ({}, Status.UNKNOWN),
        (None, Status.UNKNOWN),
        ([], Status.UNKNOWN),
    ],
)
def test_a_stop_tells_the_status_whatever_it_is(
    serve: Serve, connect: Connect, answer: Any, status: Status
) -> None:
    assert sessions_of(serve, connect, Tasks([]), tasks__stop=lambda _: answer).stop(5) is status


def test_all_sessions_of_a_workspace_are_told_once_though_pages_shift(serve: Serve, connect: Connect) -> None:
    def remove_one(tasks: Tasks) -> None:
        if len(tasks.asked) == 2:
            tasks.rows = tasks.rows[1:]

    tasks = Tasks([task(n) for n in range(1, 8)], most_per_page=2, before_page=remove_one)
    found = [session.id for session in sessions_of(serve, connect, tasks).in_workspace(4)]
    assert sorted(set(found)) == sorted(found)
    assert set(range(2, 8)) <= set(found)


def test_a_place_is_a_team_and_a_workspace(serve: Serve, connect: Connect) -> None:
    answer = {"team": {"id": "3", "name": "t"}, "workspace": {"id": 4}}
    sessions = sessions_of(serve, connect, Tasks([]), GetTaskContext=lambda _: answer)
    assert sessions.place(5) == Place(3, 4, "t", None)


@pytest.mark.parametrize("answer", [{}, [], {"team": None, "workspace": {"id": 4}}, {"team": {"id": 3}}])
def test_a_place_of_another_shape_is_a_bad_reply(serve: Serve, connect: Connect, answer: Any) -> None:
    with pytest.raises(BadReply):
        sessions_of(serve, connect, Tasks([]), GetTaskContext=lambda _: answer).place(5)


@pytest.mark.parametrize("answer", [None, (404, {})])
def test_a_session_that_is_gone_has_no_place(serve: Serve, connect: Connect, answer: Any) -> None:
    with pytest.raises(NotFound):
        sessions_of(serve, connect, Tasks([]), GetTaskContext=lambda _: answer).place(5)


def test_status_and_meta_are_told_as_they_are(serve: Serve, connect: Connect) -> None:
    server = serve(api({"tasks.status.update": lambda _: {}, "tasks.meta.update": lambda _: {}}))
    sessions = Sessions(connect(server))
    sessions.set_status(5, Status.DEPLOYED)
    meta = {"a": 1}
    sessions.set_meta(5, meta)
    assert meta == {"a": 1}
    assert [request.json for request in server.requests] == [
        {"id": 5, "status": "deployed"},
        {"a": 1, "id": 5},
    ]
    with pytest.raises(UsageError):
        sessions.set_status(5, Status.UNKNOWN)
    with pytest.raises(UsageError):
        sessions.set_meta(5, {"id": 6})


def test_the_address_of_a_session_is_on_its_instance(serve: Serve, connect: Connect) -> None:
    server = serve(api({}))
    assert Sessions(connect(server)).url(5) == f"{server.url}/apps/sessions/5"
    assert server.requests == []
