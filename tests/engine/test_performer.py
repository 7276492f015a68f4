"""What is asked of an instance for an effect, where its answers may mean more than one thing."""

from collections.abc import Callable
from typing import Any

import pytest

from slyflow.client.instance import Instance
from slyflow.engine.effect import Collect, Collected, Listed, LookUp, Others, Poll, Sweep
from slyflow.engine.performer import Performer
from slyflow.errors import Rejected
from slyflow.model.artifact import Kind
from slyflow.model.launch import Workspace
from slyflow.model.outputsource import CreatedSource, OutputSource, TaskSource
from slyflow.secret import Secret
from tests.client.scripted import Scripted, api

PLACE = Workspace(5, 6, 7)
GONE = (404, {"error": "no such workspace"})
LISTS = [LookUp("a", 1, "sf-mark", PLACE, 0), Sweep(PLACE, ("sf-mark",), 0), Poll(PLACE, (1, 2))]


def paged(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"total": len(rows), "perPage": 100, "pagesCount": 1, "entities": list(rows)}


def performed(effect: LookUp | Sweep | Poll, **answers: Callable[[Any], Any]) -> Listed:
    """Perform it on an instance where the team 6 is left, without the workspace 5; `answers` differ."""
    methods: dict[str, Callable[[Any], Any]] = {
        "tasks.list": lambda _: GONE,
        "tasks.info": lambda _: GONE,
        "instance.version": lambda _: {"version": "6.12.0"},
        "teams.list": lambda _: paged({"id": 6, "name": "t"}),
        "workspaces.list": lambda _: paged({"id": 4, "name": "w", "teamId": 6}),
        "workspaces.info": lambda _: GONE,
        **{name.replace("_", "."): answer for name, answer in answers.items()},
    }
    with Scripted(api(methods)) as server, Instance(server.url, Secret("token-0123456789")) as instance:
        answer = Performer(instance).perform(effect)
        assert isinstance(answer, Listed)
        return answer


@pytest.mark.parametrize("effect", LISTS, ids=["look-up", "sweep", "poll"])
def test_a_refused_list_of_a_workspace_that_is_gone_says_so(effect: LookUp | Sweep | Poll) -> None:
    answer = performed(effect)
    assert answer.place_gone
    assert answer.sessions == ()
    assert answer.gone == (frozenset({1, 2}) if isinstance(effect, Poll) else frozenset())


@pytest.mark.parametrize("effect", LISTS, ids=["look-up", "sweep", "poll"])
@pytest.mark.parametrize(
    "answers",
    [
        {"workspaces_list": lambda _: paged({"id": 5, "name": "w", "teamId": 6})},
        {"teams_list": lambda _: paged({"id": 8, "name": "another"})},
        {"workspaces_info": lambda _: {"id": 5, "teamId": 6, "name": "w"}},
    ],
    ids=["it is listed", "its team is out of sight", "it can be read"],
)
def test_one_that_may_be_there_is_not_gone(
    effect: LookUp | Sweep | Poll, answers: dict[str, Callable[[Any], Any]]
) -> None:
    with pytest.raises(Rejected, match="no such workspace"):
        performed(effect, **answers)


def test_what_may_be_anothers_is_told_apart_from_what_is_not_there() -> None:
    both: dict[str, OutputSource] = {"p": CreatedSource(Kind.PROJECT), "q": TaskSource(Kind.PROJECT)}
    collect = Collect("a", 1, 1, PLACE, both, {"project": (8,)}, Others(("b",)), with_traces=True)
    methods: dict[str, Callable[[Any], Any]] = {
        "tasks.info": lambda _: {"id": 1, "status": "finished", "createdAt": "2026-01-01T10:00:00Z"},
        "instance.version": lambda _: {"version": "6.12.0"},
        "projects.list": lambda _: paged({"id": 8, "name": "old"}, {"id": 9, "name": "new"}),
    }
    with Scripted(api(methods)) as server, Instance(server.url, Secret("token-0123456789")) as instance:
        answer = Performer(instance).perform(collect)
    assert isinstance(answer, Collected)
    assert answer.found == {}
    assert answer.missing.keys() == {"p", "q"}
    assert answer.ambiguous == {"p"}


def test_sessions_that_can_still_be_read_go_on() -> None:
    """Of those that were not asked for one by one nothing is known then."""
    ids = tuple(range(1, 9))
    answer = performed(
        Poll(PLACE, ids), tasks_info=lambda body: {"id": 2, "status": "started"} if body["id"] == 2 else GONE
    )
    assert [session.id for session in answer.sessions] == [2]
    assert answer.gone == {1, 3, 4, 5}
    assert answer.place_gone
