"""Many sessions looked at with few requests, wherever they are and however they are listed."""

from collections.abc import Callable
from typing import Any

from slyflow.client.crowd import ALONE, Crowd
from slyflow.client.sessions import Sessions
from slyflow.client.transport import Transport
from slyflow.model.session import Status
from tests.client.scripted import Script, Scripted, api
from tests.client.tasklist import Tasks, task

Serve = Callable[[Script], Scripted]
Connect = Callable[[Scripted], Transport]


class World:
    """Workspaces with sessions, and what a server says of them."""

    def __init__(
        self, workspaces: dict[int, list[int]], *, lists: bool = True, tells_place: bool = True
    ) -> None:
        self.tasks = {place: Tasks([task(one) for one in ids]) for place, ids in workspaces.items()}
        self.lists = lists
        self.tells_place = tells_place

    def info(self, body: Any) -> Any:
        for place, tasks in self.tasks.items():
            for row in tasks.rows:
                if row["id"] == body["id"]:
                    return {**row, "workspaceId": place} if self.tells_place else row
        return 404, {}

    def list(self, body: Any) -> Any:
        return self.tasks[body["workspaceId"]](body) if self.lists else (404, {})

    def crowd(self, serve: Serve, connect: Connect) -> tuple[Crowd, Scripted]:
        server = serve(api({"tasks.info": self.info, "tasks.list": self.list}))
        return Crowd(Sessions(connect(server))), server


def sent(server: Scripted) -> list[str]:
    methods = [request.method for request in server.requests]
    server.requests.clear()
    return methods


def test_a_thousand_sessions_of_one_workspace_take_two_requests_a_round(
    serve: Serve, connect: Connect
) -> None:
    ids = list(range(1, 1001))
    crowd, server = World({4: ids}).crowd(serve, connect)
    assert sorted(crowd.look(ids).seen) == ids
    assert sent(server) == ["tasks.info", "tasks.list", "tasks.list"]
    assert sorted(crowd.look(ids).seen) == ids
    assert sent(server) == ["tasks.list", "tasks.list"]


def test_each_workspace_is_found_and_then_listed(serve: Serve, connect: Connect) -> None:
    crowd, server = World({4: [1, 2, 3], 5: [4, 5], 6: [6]}).crowd(serve, connect)
    for requests in (
        ["tasks.info", "tasks.list", "tasks.info", "tasks.list", "tasks.info"],
        ["tasks.list", "tasks.list", "tasks.info"],
    ):
        look = crowd.look([1, 2, 3, 4, 5, 6])
        assert (sorted(look.seen), list(look.gone)) == ([1, 2, 3, 4, 5, 6], [])
        assert sent(server) == requests


def test_one_session_is_never_worth_a_list(serve: Serve, connect: Connect) -> None:
    crowd, server = World({4: [1]}).crowd(serve, connect)
    for _ in range(2):
        assert list(crowd.look([1]).seen) == [1]
    assert sent(server) == ["tasks.info", "tasks.info"]


def test_what_is_gone_is_told_a_few_each_round(serve: Serve, connect: Connect) -> None:
    world = World({4: list(range(1, 41))})
    crowd, server = world.crowd(serve, connect)
    crowd.look(range(1, 41))
    world.tasks[4].rows = [row for row in world.tasks[4].rows if row["id"] > 30]
    gone: set[int] = set()
    for _ in range(3):
        sent(server)
        look = crowd.look(range(1, 41))
        assert sorted(look.seen) == list(range(31, 41))
        assert len(sent(server)) == 1 + ALONE
        gone |= set(look.gone)
    assert gone == set(range(1, 31))


def test_without_lists_each_is_asked_in_its_turn(serve: Serve, connect: Connect) -> None:
    for world in (
        World({4: list(range(1, 26))}, lists=False),
        World({4: list(range(1, 26))}, tells_place=False),
    ):
        crowd, _ = world.crowd(serve, connect)
        seen: set[int] = set()
        for _ in range(3):
            look = crowd.look(range(1, 26))
            assert list(look.gone) == []
            seen |= set(look.seen)
        assert seen == set(range(1, 26))


def test_an_end_in_a_meagre_row_is_looked_up(serve: Serve, connect: Connect) -> None:
    world = World({4: [1, 2, 3]})
    output = {"general": {"isError": True}}
    asked: list[int] = []

    def info(body: Any) -> Any:
        asked.append(body["id"])
        return (404, {}) if body["id"] == 3 else {**world.info(body), "meta": {"output": output}}

    def meagre(body: Any) -> Any:
        answer = world.list(body)
        rows = [{"id": row["id"], "status": "finished"} for row in answer["entities"]]
        return {**answer, "entities": rows}

    server = serve(api({"tasks.info": info, "tasks.list": meagre}))
    look = Crowd(Sessions(connect(server))).look([1, 2, 3])
    assert sorted(asked) == [1, 2, 3]
    assert [look.seen[one].output for one in (1, 2, 3)] == [output, output, {}]
    assert look.seen[3].status is Status.FINISHED, "it was there, and has ended"
