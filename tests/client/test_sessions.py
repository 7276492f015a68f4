"""Sessions on servers that list them in every order, page size and shape."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from slyflow.client.sessions import Sessions
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, NotFound, Rejected, Unavailable
from slyflow.model.launch import Workspace
from slyflow.model.session import LogLine, Status
from tests.client.scripted import Script, Scripted, api, in_turn, reply
from tests.client.test_launch import LAUNCH

Serve = Callable[[Script], Scripted]
Connect = Callable[[Scripted], Transport]
SPACE = Workspace(4, 3, 2)
MARKER = "sf-0abc"


@dataclass
class Tasks:
    """A server's list of sessions; `before_page` may change it between requests."""

    rows: list[dict[str, Any]]
    filters: bool = True
    sorts: bool = True
    most_per_page: int = 1000
    before_page: Callable[["Tasks"], None] = lambda _: None
    asked: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, body: Any) -> Any:
        self.asked.append(body)
        self.before_page(self)
        rows = list(self.rows)
        if self.sorts:
            rows.sort(key=lambda row: int(row["id"]), reverse=body["sort_order"] == "desc")
        for wanted in body["filter"] if self.filters else ():
            rows = [row for row in rows if int(row[wanted["field"]]) in wanted["value"]]
        size = min(self.most_per_page, body.get("per_page", self.most_per_page))
        start = (body.get("page", 1) - 1) * size
        pages = -(-len(rows) // size)
        return {
            "total": len(rows),
            "perPage": size,
            "pagesCount": pages,
            "entities": rows[start : start + size],
        }


def task(task_id: Any, name: str = "other", status: Any = "started", **more: Any) -> dict[str, Any]:
    return {"id": task_id, "status": status, "description": "", "meta": {"name": name}, **more}


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


@pytest.mark.parametrize("sorts", [True, False])
@pytest.mark.parametrize("most_per_page", [1, 2, 1000])
def test_a_marked_session_is_found_wherever_it_stands(
    serve: Serve, connect: Connect, *, sorts: bool, most_per_page: int
) -> None:
    rows = [task(n) for n in range(1, 8)]
    rows[4] = task(5, f"{MARKER} import")
    rows[5] = {**task(6), "description": f"slyflow run=r marker={MARKER}"}
    rows[1] = task(2, f"{MARKER} older than the launch")
    tasks = Tasks(rows, sorts=sorts, most_per_page=most_per_page)
    found = sessions_of(serve, connect, tasks).marked(MARKER, SPACE, above=2)
    assert [session.id for session in found] == [5, 6]


def test_absence_takes_two_scans_down_to_the_watermark(serve: Serve, connect: Connect) -> None:
    tasks = Tasks([task(n) for n in range(1, 101)], most_per_page=10)
    assert sessions_of(serve, connect, tasks).marked(MARKER, SPACE, above=85) == ()
    # Two pages reach below 85; older pages are not asked for.
    assert [body.get("page", 1) for body in tasks.asked] == [1, 2, 1, 2]


def test_a_row_hidden_by_a_removal_is_found_by_the_second_scan(serve: Serve, connect: Connect) -> None:
    def remove_the_newest_once(tasks: Tasks) -> None:
        if len(tasks.asked) == 2:
            tasks.rows = [row for row in tasks.rows if row["id"] != 8]

    rows = [task(8), task(7), task(6, MARKER), task(5), task(4)]
    tasks = Tasks(rows, most_per_page=2, before_page=remove_the_newest_once)
    found = sessions_of(serve, connect, tasks).marked(MARKER, SPACE, above=3)
    assert [session.id for session in found] == [6]


def test_a_list_that_never_holds_still_proves_nothing(serve: Serve, connect: Connect) -> None:
    def shrink(tasks: Tasks) -> None:
        tasks.rows = tasks.rows[:-1]

    tasks = Tasks([task(n) for n in range(100, 0, -1)], most_per_page=2, before_page=shrink)
    with pytest.raises(BadReply, match="shrinking"):
        sessions_of(serve, connect, tasks).marked(MARKER, SPACE, above=90)


def test_a_marked_session_is_found_in_the_list_of_its_app_too(serve: Serve, connect: Connect) -> None:
    def apps(body: Any) -> Any:
        assert (body["teamId"], body["onlyRunning"]) == (3, True)
        return {"total": 1, "perPage": 10, "pagesCount": 1, "entities": [{"id": 11}]}

    listed = Tasks([task(6, MARKER)])
    methods: dict[str, Callable[[Any], Any]] = {"apps__list": apps, "apps__tasks__list": listed}
    sessions = sessions_of(serve, connect, Tasks([]), **methods)
    assert [session.id for session in sessions.marked(MARKER, SPACE, above=3)] == [6]
    assert listed.asked[0]["appId"] == 11


def test_all_that_bear_a_marker_are_found_in_both_lists(serve: Serve, connect: Connect) -> None:
    other = MARKER[:-1] + "0"
    running: dict[str, Any] = {"total": 1, "perPage": 10, "pagesCount": 1, "entities": [{"id": 11}]}
    tasks = Tasks([task(3, MARKER), task(5, other), task(6), task(2, MARKER)])
    in_app = Tasks([task(5, other), task(8, f"{MARKER} again"), task(9)])
    methods: dict[str, Callable[[Any], Any]] = {"apps__list": lambda _: running, "apps__tasks__list": in_app}
    sessions = sessions_of(serve, connect, tasks, **methods)
    found = sessions.bearing((MARKER, other), SPACE, above=2)
    assert [session.id for session in found] == [3, 5, 8]


def test_a_list_that_shrinks_is_read_again_before_all_are_said_to_be_found(
    serve: Serve, connect: Connect
) -> None:
    def remove_the_newest_once(tasks: Tasks) -> None:
        if len(tasks.asked) == 2:
            tasks.rows = [row for row in tasks.rows if row["id"] != 8]

    rows = [task(8), task(7, MARKER), task(6, MARKER), task(5), task(4)]
    tasks = Tasks(rows, most_per_page=2, before_page=remove_the_newest_once)
    found = sessions_of(serve, connect, tasks).bearing((MARKER,), SPACE, above=3)
    assert [session.id for session in found] == [6, 7]


def test_a_failing_look_up_never_says_that_there_is_no_session(serve: Serve, connect: Connect) -> None:
    sessions = sessions_of(serve, connect, Tasks([]), apps__list=lambda _: (500, {}))
    with pytest.raises(Unavailable):
        sessions.marked(MARKER, SPACE, above=3)


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


def test_info_reads_both_shapes(serve: Serve, connect: Connect) -> None:
    whole = {
        "id": "5",
        "workspaceId": 4,
        "userId": 2,
        "description": "d",
        "status": "finished",
        "meta": {"name": "n", "app": {"moduleId": "9"}, "output": {"project": {"id": 3}}},
    }
    short = {"taskId": 5, "createdBy": 2, "moduleId": 9, "status": "finished"}
    shapes = iter((whole, short))
    sessions = sessions_of(serve, connect, Tasks([]), tasks__info=lambda _: next(shapes))
    for shape in (whole, short):
        session = sessions.info(5)
        assert (session.id, session.created_by, session.module_id) == (5, 2, 9)
        assert session.status is Status.FINISHED
        assert session.info == shape
    session = sessions_of(serve, connect, Tasks([]), tasks__info=lambda _: whole).info(5)
    assert (session.workspace_id, session.marker_text) == (4, "n\nd")
    assert session.output == {"project": {"id": 3}}


@pytest.mark.parametrize("answer", [{}, [], "text", {"id": -1}, {"id": "x"}, {"id": None, "taskId": 4}])
def test_a_session_without_an_id_is_a_bad_reply(serve: Serve, connect: Connect, answer: Any) -> None:
    with pytest.raises(BadReply):
        sessions_of(serve, connect, Tasks([]), tasks__info=lambda _: answer).info(5)


@pytest.mark.parametrize("answer", [None, (404, {"error": "gone"})])
def test_a_session_that_is_gone_is_not_found(serve: Serve, connect: Connect, answer: Any) -> None:
    with pytest.raises(NotFound):
        sessions_of(serve, connect, Tasks([]), tasks__info=lambda _: answer).info(5)


def test_meta_of_the_wrong_type_does_no_harm(serve: Serve, connect: Connect) -> None:
    answer = {"id": 5, "meta": ["x"], "description": 7, "workspaceId": {}, "status": "started"}
    session = sessions_of(serve, connect, Tasks([]), tasks__info=lambda _: answer).info(5)
    assert (session.module_id, session.workspace_id, session.marker_text) == (None, None, "")
    assert session.output == {}


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


def test_a_request_to_an_app_is_sent_once(serve: Serve, connect: Connect) -> None:
    server = serve(in_turn(reply(b'{"n": 1}'), reply(b"{}", 500)))
    sessions = Sessions(connect(server))
    assert sessions.request(5, "count", {"a": 1}) == {"n": 1}
    body = server.requests[0].json
    assert (body["taskId"], body["command"], body["state"]) == (5, "count", {"a": 1})
    assert body["context"] == {"outside_request": True}
    with pytest.raises(Unavailable):
        sessions.request(5, "count", {})
    assert len(server.requests) == 2
