"""Edges as they go over the wire."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from slyflow.client.about import About
from slyflow.client.files import Files
from slyflow.client.projects import Projects
from slyflow.client.sessions import Sessions
from slyflow.client.transport import Transport
from slyflow.client.workflow import Workflow, payload
from slyflow.errors import BadReply, NotFound, Rejected, SlyflowError, Unavailable, Unsupported, UsageError
from slyflow.model.artifact import Kind
from slyflow.model.node import Edge, NodeSettings
from tests.client.scripted import Script, Scripted, api, in_turn, reply

Serve = Callable[[Script], Scripted]
Connect = Callable[[Scripted], Transport]
EDGE = Edge(team_id=3, task_id=7, direction="output", kind=Kind.PROJECT, data_id=12)


def workflow_of(transport: Transport) -> Workflow:
    sessions, files = Sessions(transport), Files(transport)
    return Workflow(transport, About(transport), sessions, files, Projects(transport))


def test_an_edge_names_its_node_and_data_by_number() -> None:
    assert payload(EDGE) == {"teamId": 3, "node": {"type": "task", "id": 7}, "type": "project", "id": 12}


def test_a_folder_is_named_by_its_path_and_a_session_by_its_task() -> None:
    assert payload(replace(EDGE, kind=Kind.FOLDER, data_id="/a/b/"))["id"] == "/a/b/"
    assert payload(replace(EDGE, kind=Kind.APP_SESSION, data_id=99))["id"] == 7
    with pytest.raises(UsageError):
        payload(replace(EDGE, kind=Kind.FOLDER, data_id="a/../b"))


def test_node_and_card_are_settings_of_their_own() -> None:
    body = payload(replace(EDGE, node=NodeSettings(title="N"), card=NodeSettings(description="C")))
    assert body["meta"] == {
        "customNodeSettings": {"title": "<h4>N</h4>"},
        "customRelationSettings": {"description": "<small>C</small>"},
    }
    assert "meta" not in payload(replace(EDGE, node=NodeSettings()))


@pytest.mark.parametrize("direction", ["input", "output"])
def test_an_edge_is_written_once_to_its_direction(serve: Serve, connect: Connect, direction: Any) -> None:
    server = serve(in_turn(reply(b'{"success": true}')))
    workflow_of(connect(server)).write(replace(EDGE, direction=direction))
    (received,) = server.requests
    assert received.method == f"workflow.node.add-{direction}"
    assert received.json["node"] == {"type": "task", "id": 7}
    assert "x-task-id" not in received.headers


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (None, Unavailable),
        (reply(b"", 500), Unavailable),
        (reply(b"<html>"), BadReply),
        (reply(b'{"error": "no such \\u001b[2Jnode"}'), Rejected),
        (reply(b"{}", 400), Rejected),
    ],
)
def test_a_reply_that_is_no_success_is_told_and_nothing_is_repeated(
    serve: Serve, connect: Connect, answer: bytes | None, kind: type[SlyflowError]
) -> None:
    server = serve(in_turn(answer, reply(b"{}")))
    with pytest.raises(SlyflowError) as raised:
        workflow_of(connect(server)).write(EDGE)
    assert type(raised.value) is kind
    assert "\x1b" not in raised.value.message
    assert len(server.requests) == 1


class World:
    """What a server says to a client that writes edges, and the edges that it wrote."""

    def __init__(self, version: Any = "6.17.8", team: Any = 3) -> None:
        self.version = version
        self.team = team
        self.written: list[Any] = []

    def methods(self) -> dict[str, Callable[[Any], Any]]:
        version = {"total": 1, "perPage": 9, "pagesCount": 1, "entities": [{"id": 77, "version": 2}]}
        return {
            "instance.version": lambda _: {"version": self.version},
            "tasks.info": lambda body: {"id": body["id"], "status": "started", "teamId": self.team},
            "projects.versions.list": lambda _: version,
            "file-storage.list": lambda body: [
                {"id": 55, "path": "/a/b.pt", "teamId": body["teamId"]},
                {"id": 56, "path": "/a/b.pt.old"},
            ],
            "workflow.node.add-input": self.write,
            "workflow.node.add-output": self.write,
        }

    def write(self, body: Any) -> Any:
        self.written.append(body)
        return {"success": True}

    def open(self, serve: Serve, connect: Connect) -> Workflow:
        return workflow_of(connect(serve(api(self.methods()))))


@pytest.mark.parametrize(
    ("kind", "data", "version", "written"),
    [
        (Kind.PROJECT, 11, None, (Kind.PROJECT, 11)),
        (Kind.PROJECT, 11, 2, (Kind.PROJECT_VERSION, 77)),
        (Kind.PROJECT_VERSION, 12, None, (Kind.PROJECT_VERSION, 12)),
        (Kind.DATASET, 13, None, (Kind.DATASET, 13)),
        (Kind.FILE, 14, None, (Kind.FILE, 14)),
        (Kind.FILE, "/a/b.pt", None, (Kind.FILE, 55)),
        (Kind.MODEL_WEIGHT, "/a/b.pt", None, (Kind.MODEL_WEIGHT, 55)),
        (Kind.MODEL_WEIGHT, 15, None, (Kind.MODEL_WEIGHT, 15)),
        (Kind.FOLDER, "/data/", None, (Kind.FOLDER, "/data/")),
        (Kind.FOLDER, "data", None, (Kind.FOLDER, "/data")),
        (Kind.TASK, 16, None, (Kind.TASK, 16)),
        (Kind.JOB, 17, None, (Kind.JOB, 17)),
    ],
)
def test_what_is_returned_is_what_was_written(
    serve: Serve, connect: Connect, kind: Kind, data: Any, version: int | None, written: tuple[Kind, Any]
) -> None:
    world = World()
    workflow = world.open(serve, connect)
    edges = [
        workflow.add_input(7, kind, data, version=version, card=NodeSettings(title="C")),
        workflow.add_output(7, kind, data, version=version, node=NodeSettings(title="N")),
    ]
    for edge, body, direction in zip(edges, world.written, ("input", "output"), strict=True):
        assert edge is not None
        assert (edge.team_id, edge.task_id, edge.direction) == (3, 7, direction)
        assert (edge.kind, edge.data_id) == written
        assert body == payload(edge)


def test_a_session_s_own_page_needs_no_id(serve: Serve, connect: Connect) -> None:
    world = World()
    workflow = world.open(serve, connect)
    edge = workflow.add_output(7, Kind.APP_SESSION)
    assert edge == workflow.add_output(7, Kind.APP_SESSION, 7)
    assert world.written[0] == {
        "teamId": 3,
        "node": {"type": "task", "id": 7},
        "type": "app_session",
        "id": 7,
    }
    with pytest.raises(UsageError, match="not that of 8"):
        workflow.add_output(7, Kind.APP_SESSION, 8)
    with pytest.raises(UsageError, match="no input"):
        workflow.add_input(7, Kind.APP_SESSION, 7)


@pytest.mark.parametrize(
    ("kind", "data", "version"),
    [
        (Kind.VALUE, 1, None),
        (Kind.PROJECT, "/a", None),
        (Kind.PROJECT, 0, None),
        (Kind.PROJECT, True, None),
        (Kind.PROJECT, 11, 0),
        (Kind.DATASET, 13, 1),
        (Kind.FOLDER, 5, None),
        (Kind.FOLDER, "/a/../b", None),
        (Kind.FILE, "a/b", None),
        (Kind.FILE, "https://example.com/a", None),
        (Kind.TASK, "16", None),
    ],
)
def test_data_that_is_none_of_its_kind_sends_nothing(
    serve: Serve, connect: Connect, kind: Kind, data: Any, version: int | None
) -> None:
    server = serve(api(World().methods()))
    for add in (workflow_of(connect(server)).add_input, workflow_of(connect(server)).add_output):
        with pytest.raises(UsageError):
            add(7, kind, data, version=version)
    with pytest.raises(UsageError, match="needs an id"):
        workflow_of(connect(server)).add_output(7, Kind.PROJECT)
    assert server.requests == []


def test_settings_are_checked_before_anything_is_sent(serve: Serve, connect: Connect) -> None:
    server = serve(api(World().methods()))
    half = NodeSettings(icon="image")
    for node, card in ((half, None), (None, half)):
        with pytest.raises(UsageError, match="given together"):
            workflow_of(connect(server)).add_input(7, Kind.PROJECT, 11, node=node, card=card)
    assert server.requests == []


def test_disabled_writes_nothing_and_says_so(serve: Serve, connect: Connect) -> None:
    server = serve(api(World().methods()))
    workflow = workflow_of(connect(server))
    states = [workflow.is_enabled]
    workflow.disable()
    states.append(workflow.is_enabled)
    assert workflow.add_input(7, Kind.PROJECT, 11) is None
    assert workflow.add_output(7, Kind.APP_SESSION) is None
    assert server.requests == []
    workflow.enable()
    assert [*states, workflow.is_enabled] == [True, False, True]
    assert workflow.add_input(7, Kind.PROJECT, 11) is not None


def test_an_instance_too_old_is_asked_for_nothing(serve: Serve, connect: Connect) -> None:
    world = World(version="6.10.0")
    workflow = world.open(serve, connect)
    assert workflow.add_input(7, Kind.PROJECT, 11) is not None
    with pytest.raises(Unsupported, match=r"6\.11\.11"):
        workflow.add_input(7, Kind.JOB, 17)
    assert len(world.written) == 1
    assert World(version=None).open(serve, connect).add_input(7, Kind.JOB, 17) is not None


def test_the_team_is_that_of_each_session(serve: Serve, connect: Connect) -> None:
    world = World()
    workflow = world.open(serve, connect)
    workflow.add_input(7, Kind.PROJECT, 11)
    world.team = "9"
    workflow.add_input(8, Kind.PROJECT, 11)
    workflow.add_input(8, Kind.PROJECT, 11, team_id=2)
    assert [body["teamId"] for body in world.written] == [3, 9, 2]
    world.team = None
    with pytest.raises(BadReply, match="no team"):
        workflow.add_input(7, Kind.PROJECT, 11)


def test_a_file_or_version_that_is_not_there_writes_nothing(serve: Serve, connect: Connect) -> None:
    world = World()
    workflow = world.open(serve, connect)
    with pytest.raises(NotFound, match="no file /a/b"):
        workflow.add_input(7, Kind.FILE, "/a/b")
    with pytest.raises(NotFound, match="no version 3"):
        workflow.add_input(7, Kind.PROJECT, 11, version=3)
    assert world.written == []
