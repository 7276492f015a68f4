"""The search for a launch's marker, in lists that are short, long, unsorted and changing."""

from collections.abc import Callable
from typing import Any

import pytest

from slyflow.client.sessions import Sessions
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, Unavailable
from slyflow.model.launch import Workspace
from tests.client.scripted import Script, Scripted, api
from tests.client.tasklist import Tasks, task

Serve = Callable[[Script], Scripted]
Connect = Callable[[Scripted], Transport]
SPACE = Workspace(4, 3, 2)
MARKER = "sf-0abc"


def sessions_of(serve: Serve, connect: Connect, tasks: Tasks, **methods: Callable[[Any], Any]) -> Sessions:
    named = {name.replace("__", "."): answer for name, answer in methods.items()}
    return Sessions(connect(serve(api({"tasks.list": tasks, **named}))))


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
    sessions = sessions_of(serve, connect, tasks)
    with pytest.raises(BadReply, match="shrinking"):
        sessions.marked(MARKER, SPACE, above=90)
    tasks.rows = [task(n) for n in range(100, 0, -1)]
    with pytest.raises(BadReply, match="shrinking"):
        sessions.bearing((MARKER,), SPACE, above=0)


def test_a_marked_session_is_found_in_the_list_of_its_app_too(serve: Serve, connect: Connect) -> None:
    def apps(body: Any) -> Any:
        assert (body["teamId"], body["onlyRunning"]) == (3, True)
        return {"total": 1, "perPage": 10, "pagesCount": 1, "entities": [{"id": 11}]}

    listed = Tasks([task(6, MARKER)])
    methods: dict[str, Callable[[Any], Any]] = {"apps__list": apps, "apps__tasks__list": listed}
    sessions = sessions_of(serve, connect, Tasks([]), **methods)
    assert [session.id for session in sessions.marked(MARKER, SPACE, above=3)] == [6]
    assert listed.asked[0]["appId"] == 11


def test_a_failing_look_up_never_says_that_there_is_no_session(serve: Serve, connect: Connect) -> None:
    sessions = sessions_of(serve, connect, Tasks([]), apps__list=lambda _: (500, {}))
    with pytest.raises(Unavailable):
        sessions.marked(MARKER, SPACE, above=3)


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
