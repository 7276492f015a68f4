"""Projects and datasets over the wire."""

from collections.abc import Callable
from typing import Any

import pytest

from slyflow.client.projects import Projects
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, NotFound, Unavailable
from slyflow.model.artifact import Artifact, Kind
from tests.client.scripted import Script, Scripted, api, in_turn, reply

Serve = Callable[[Script], Scripted]
Connect = Callable[[Scripted], Transport]


def projects_of(serve: Serve, connect: Connect, methods: dict[str, Callable[[Any], Any]]) -> Projects:
    return Projects(connect(serve(api(methods))))


def paged(*rows: dict[str, Any]) -> Callable[[Any], Any]:
    return lambda _: {"total": len(rows), "perPage": 100, "pagesCount": 1, "entities": list(rows)}


@pytest.mark.parametrize(
    ("kind", "method", "row", "url"),
    [
        (Kind.PROJECT, "projects.info", {"id": 5, "name": "n"}, "/projects/5/datasets"),
        (Kind.DATASET, "datasets.info", {"id": 5, "name": "n", "projectId": 2}, "/projects/2/datasets/5"),
        (Kind.TASK, "tasks.info", {"id": 5, "meta": {"name": "n"}}, "/apps/sessions/5"),
        (Kind.APP_SESSION, "tasks.info", {"id": "5", "meta": {"name": "n"}}, "/apps/sessions/5"),
        (Kind.JOB, "jobs.info", {"id": 5, "name": "n"}, "/labeling/jobs/5"),
    ],
)
def test_each_kind_is_looked_up_with_name_and_address(
    serve: Serve, connect: Connect, kind: Kind, method: str, row: dict[str, Any], url: str
) -> None:
    projects = projects_of(serve, connect, {method: lambda _: row})
    assert projects.artifact(kind, 5) == Artifact(kind, 5, name="n", url=url)


def test_a_version_is_its_id_alone(serve: Serve, connect: Connect) -> None:
    server = serve(api({}))
    assert Projects(connect(server)).artifact(Kind.PROJECT_VERSION, 5) == Artifact(Kind.PROJECT_VERSION, 5)
    assert server.requests == []


@pytest.mark.parametrize("answer", [None, (404, {"error": "gone"})])
def test_what_is_gone_is_not_found(serve: Serve, connect: Connect, answer: Any) -> None:
    with pytest.raises(NotFound):
        projects_of(serve, connect, {"projects.info": lambda _: answer}).artifact(Kind.PROJECT, 5)


def test_lists_are_artifacts(serve: Serve, connect: Connect) -> None:
    methods = {
        "projects.list": paged({"id": 5, "name": "a"}, {"id": 6, "name": "b"}),
        "datasets.list": paged({"id": 7, "name": "c"}),
    }
    projects = projects_of(serve, connect, methods)
    assert [(found.id, found.name) for found in projects.projects(4)] == [(5, "a"), (6, "b")]
    assert projects.datasets(5) == [Artifact(Kind.DATASET, 7, name="c", url="/projects/5/datasets/7")]


def test_a_version_is_found_by_its_number_even_where_the_filter_is_ignored(
    serve: Serve, connect: Connect
) -> None:
    versions = paged({"id": 31, "version": 1}, {"id": 32, "version": 2})
    projects = projects_of(serve, connect, {"projects.versions.list": versions})
    assert projects.version_id(5, 2) == 32
    with pytest.raises(NotFound, match="no version 3"):
        projects.version_id(5, 3)


def test_a_project_is_not_made_twice(serve: Serve, connect: Connect) -> None:
    server = serve(in_turn(reply(b"", 503), reply(b'{"id": 5}')))
    projects = Projects(connect(server))
    with pytest.raises(Unavailable):
        projects.create_project(4, "fruit")
    assert projects.create_project(4, "fruit", description="d") == 5
    assert server.requests[1].json == {
        "workspaceId": 4,
        "name": "fruit",
        "type": "images",
        "description": "d",
    }


def test_a_dataset_may_lie_in_another(serve: Serve, connect: Connect) -> None:
    server = serve(in_turn(reply(b'{"id": 8}')))
    assert Projects(connect(server)).create_dataset(5, "train", parent_id=7) == 8
    assert server.requests[0].json["parentId"] == 7


def test_a_project_without_an_id_is_a_bad_reply(serve: Serve, connect: Connect) -> None:
    with pytest.raises(BadReply):
        projects_of(serve, connect, {"projects.add": lambda _: {"name": "x"}}).create_project(4, "x")


@pytest.mark.parametrize("old", ["old", "new"])
def test_new_meta_comes_back_with_ids_from_old_and_new_servers(
    serve: Serve, connect: Connect, old: str
) -> None:
    meta = {"classes": [{"id": 1, "title": "apple"}], "tags": [], "projectType": "images"}
    methods = {
        "projects.meta.update": lambda _: {"success": True} if old == "old" else meta,
        "projects.meta": lambda _: meta,
    }
    projects = projects_of(serve, connect, methods)
    assert projects.set_meta(5, {"classes": [{"title": "apple"}], "tags": []}) == meta
    assert projects.meta(5) == meta


@pytest.mark.parametrize(
    ("name", "free"), [("new", "new"), ("fruit", "fruit_002"), ("fruit_001", "fruit_001_001")]
)
def test_a_taken_name_gets_the_next_free_number(serve: Serve, connect: Connect, name: str, free: str) -> None:
    rows = paged({"id": 1, "name": "fruit"}, {"id": 2, "name": "fruit_001"})
    assert projects_of(serve, connect, {"projects.list": rows}).free_name(4, name) == free
