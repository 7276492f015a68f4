"""The apps of a team and their sessions, from servers that tell much, little or oddly."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slyflow.client.apps import Apps
from slyflow.client.filter import Filter
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, NotFound, UsageError
from slyflow.model.session import Status
from tests.client.conftest import Lasting
from tests.client.scripted import Script, Scripted, api
from tests.client.test_page import paged

Serve = Callable[[Script], Scripted]
Connect = Callable[[Scripted], Transport]
TASK = {
    "id": 19107,
    "status": "finished",
    "createdBy": 6,
    "meta": {"name": "nightly", "app": {"id": 7, "moduleId": 16}},
}
APP: dict[str, Any] = {
    "id": 7,
    "createdBy": 1,
    "moduleId": "16",
    "disabled": False,
    "userLogin": "admin",
    "config": {"modalTemplateState": {"a": 1}, "contextMenu": {"target": ["team"]}},
    "name": "Hello",
    "slug": "owner/hello",
    "isShared": True,
    "tasks": [{**TASK, "id": 1}, TASK],
    "repo": "https://github.com/owner/hello",
    "teamId": 4,
}


def answers(*rows: Any) -> Callable[[Any], Any]:
    return lambda _: {"total": len(rows), "perPage": 50, "pagesCount": 1, "entities": list(rows)}


def apps(serve: Serve, connect: Connect, **methods: Callable[[Any], Any]) -> tuple[Apps, Scripted]:
    server = serve(api({name.replace("_", "."): answer for name, answer in methods.items()}))
    return Apps(connect(server)), server


def test_an_app_is_read_whole(serve: Serve, connect: Connect) -> None:
    found, _ = apps(serve, connect, apps_list=answers(APP), apps_info=lambda _: APP)
    (app,) = found.listed(4)
    assert (app.id, app.module_id, app.team_id, app.created_by) == (7, 16, 4, 1)
    assert (app.slug, app.name, app.user_login) == ("owner/hello", "Hello", "admin")
    assert (app.is_disabled, app.is_shared) == (False, True)
    assert (app.interface.targets, app.interface.arguments) == (("team",), {"a": 1})
    assert [session.id for session in app.sessions] == [19107, 1]
    assert found.app(7) == app
    assert len({app, found.app(7)}) == 1


def test_what_an_app_does_not_tell_is_none_or_empty(serve: Serve, connect: Connect) -> None:
    found, _ = apps(serve, connect, apps_info=lambda _: {"id": "7", "config": None, "tasks": [None, 3]})
    app = found.app(7)
    assert (app.id, app.module_id, app.slug, app.name, app.sessions) == (7, None, "", "", ())
    assert (app.team_id, app.created_by, app.user_login, app.repository) == (None, None, None, None)


@pytest.mark.parametrize(
    ("answer", "kind"), [(None, NotFound), ((404, {}), NotFound), ({}, BadReply), ([], BadReply)]
)
def test_an_app_that_is_not_there_is_an_error(
    serve: Serve, connect: Connect, answer: Any, kind: type[Exception]
) -> None:
    found, _ = apps(serve, connect, apps_info=lambda _: answer)
    with pytest.raises(kind):
        found.app(7)


def test_every_filter_is_sent(serve: Serve, connect: Connect) -> None:
    found, server = apps(serve, connect, apps_list=answers())
    found.listed(4)
    found.listed(
        4,
        where=[Filter("moduleId", [1, 2], "in")],
        targets=["team"],
        repository="owner/hello",
        integrated_into=["panel"],
        session_tags=["deployed"],
        show_disabled=True,
        only_running=True,
        with_shared=False,
        every_session=True,
    )
    plain, full = (request.json for request in server.requests)
    assert plain == {
        "teamId": 4,
        "filter": [],
        "context": [],
        "repositoryKey": None,
        "integratedInto": [],
        "sessionTags": [],
        "onlyRunning": False,
        "showDisabled": False,
        "withShared": True,
        "forceAllSessions": True,
        "sort": "id",
        "sort_order": "asc",
    }
    assert full == {
        **plain,
        "filter": [{"field": "moduleId", "operator": "in", "value": [1, 2]}],
        "context": ["team"],
        "repositoryKey": "owner/hello",
        "integratedInto": ["panel"],
        "sessionTags": ["deployed"],
        "onlyRunning": True,
        "showDisabled": True,
        "withShared": False,
        "forceAllSessions": False,
    }


def test_sessions_are_found_by_name_and_status_newest_first(serve: Serve, connect: Connect) -> None:
    bare = {"id": 3, "status": "started"}
    found, server = apps(
        serve, connect, apps_list=answers(APP), apps_tasks_list=answers({**TASK, "id": 2}, bare, TASK)
    )
    assert [(one.id, one.module_id) for one in found.sessions(4, 16)] == [(19107, 16), (3, 16), (2, 16)]
    assert [one.id for one in found.sessions(4, 16, name="nightly")] == [19107, 2]
    assert found.sessions(4, 16, name="other") == []
    found.sessions(4, 16, statuses=[Status.STARTED, Status.ERROR], show_disabled=True, with_shared=True)
    asked = [request.json for request in server.requests]
    assert asked[0]["filter"] == [{"field": "moduleId", "operator": "=", "value": 16}]
    assert (asked[0]["withShared"], asked[0]["forceAllSessions"], asked[1].get("filter")) == (
        False,
        False,
        None,
    )
    assert asked[-1] == {
        "teamId": 4,
        "appId": 7,
        "showDisabled": True,
        "withShared": True,
        "sort": "id",
        "sort_order": "asc",
        "filter": [{"field": "status", "operator": "in", "value": ["started", "error"]}],
    }
    with pytest.raises(UsageError, match="not known"):
        found.sessions(4, 16, statuses=[Status.UNKNOWN])


def test_a_module_that_a_team_has_twice_tells_all_its_sessions(serve: Serve, connect: Connect) -> None:
    twice = answers(APP, {**APP, "id": 8}, {**APP, "id": 9, "moduleId": 17})
    found, _ = apps(
        serve, connect, apps_list=twice, apps_tasks_list=lambda body: answers({"id": body["appId"]})(body)
    )
    assert [one.id for one in found.sessions(4, 16)] == [8, 7]
    none, _ = apps(serve, connect, apps_list=answers())
    assert none.sessions(4, 16) == []


@settings(max_examples=60)
@given(
    size=st.integers(1, 4),
    length=st.integers(0, 12),
    gone=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 12)), max_size=20),
)
def test_sessions_that_stay_are_told_however_the_list_moves(
    lasting: Lasting, size: int, length: int, gone: list[tuple[int, int]]
) -> None:
    transport, methods = lasting
    ids = list(range(1, length + 1))
    stayed, left, new = set(ids), iter(gone), itertools.count(length + 1)

    def answer(body: Any) -> Any:
        count, place = next(left, (0, 0)) if "page" in body else (0, 0)
        stayed.difference_update(ids[place : place + count])
        del ids[place : place + count]
        ids.extend(next(new) for _ in range(count))
        return paged(ids, size)(body)

    methods["apps.list"] = answers(APP)
    methods["apps.tasks.list"] = answer
    told = [session.id for session in Apps(transport).sessions(4, 16)]
    assert stayed <= set(told)
    assert told == sorted(set(told), reverse=True)
