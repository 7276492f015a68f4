"""Edges of the workflow graph, each once, and what a session left behind."""

from pathlib import Path

import pytest

from tests.instance.server import Answer, Server, make_app

WRITER = """
import json, os, urllib.request
def call(method, body):
    url = os.environ["SERVER_ADDRESS"] + "/public/api/v3/" + method
    # A task id that is not its own: only the token says who writes.
    headers = {"x-api-key": os.environ["API_TOKEN"], "content-type": "application/json", "x-task-id": "1"}
    with urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), headers)) as answer:
        return json.loads(answer.read())
name = "made " + os.environ["TASK_ID"]
project = call("projects.add", {"workspaceId": os.environ["WORKSPACE_ID"], "name": name})["id"]
dataset = call("datasets.add", {"projectId": project, "name": "ds"})["id"]
node = {"type": "task", "id": os.environ["SUPERVISELY_TASK_ID"]}
call("workflow.node.add-output", {"teamId": 1, "node": node, "type": "project", "id": project})
call("workflow.node.add-output", {"teamId": 1, "node": node, "type": "folder", "id": "/out"})
call("workflow.node.add-input", {"teamId": 1, "node": node, "type": "job", "id": 3})
print(project, dataset)
"""


@pytest.fixture
def session(server: Server, tmp_path: Path) -> int:
    session = server.run(server.add_app(make_app(tmp_path / "noop", "")))
    server.wait(session)
    return session


def edge(session: int, **more: object) -> dict[str, object]:
    return {"teamId": 1, "node": {"type": "task", "id": session}, "type": "project", "id": 5, **more}


def test_edge_is_stored_as_sent(server: Server, session: int) -> None:
    meta = {
        "customNodeSettings": {"title": "<h4>T</h4>"},
        "customRelationSettings": {"mainLink": {"url": "/x"}},
    }
    server.call("workflow.node.add-output", edge(session, meta=meta))
    assert server.call("embedded.edges", {"taskId": session}) == [
        {
            "taskId": session,
            "direction": "output",
            "type": "project",
            "id": 5,
            "teamId": 1,
            "node": {"type": "task", "id": session},
            "meta": meta,
            "writtenBy": None,
        }
    ]


def test_repeated_edge_is_one_edge_with_the_last_settings(server: Server, session: int) -> None:
    first, last = {"customNodeSettings": {"title": "1"}}, {"customNodeSettings": {"title": "2"}}
    server.call("workflow.node.add-input", edge(session, meta=first))
    server.call(
        "workflow.node.add-input", edge(session, meta=last, id="5", node={"type": "task", "id": str(session)})
    )
    server.call("workflow.node.add-input", edge(session))
    server.call("workflow.node.add-output", edge(session))
    edges = server.call("embedded.edges", {"taskId": session})
    assert [(row["direction"], row["meta"]) for row in edges] == [("input", last), ("output", None)]


def test_folder_path_and_own_session_have_canonical_ids(server: Server, session: int) -> None:
    for path in ("out/x", "/out/x"):
        server.call("workflow.node.add-output", edge(session, type="folder", id=path))
    own = {"teamId": 1, "node": {"type": "task", "id": session}, "type": "app_session"}
    server.call("workflow.node.add-output", own)
    server.call("workflow.node.add-output", {**own, "id": session})
    edges = server.call("embedded.edges", {"taskId": session})
    assert [row["id"] for row in edges] == ["/out/x", session]


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "value"},
        {"type": "nonsense"},
        {"id": None},
        {"id": "abc"},
        {"node": {"type": "job", "id": 1}},
        {"node": {"type": "task"}},
        {"node": {"type": "task", "id": 9999}},
        {"teamId": 2},
        {"meta": "text"},
        {"type": "folder", "id": 7},
    ],
    ids=str,
)
def test_wrong_edge_is_refused_and_not_stored(server: Server, session: int, wrong: dict[str, object]) -> None:
    with pytest.raises(Answer) as caught:
        server.call("workflow.node.add-output", edge(session, **wrong))
    assert caught.value.status in (400, 404)
    assert server.call("embedded.edges", {"taskId": session}) == []


def test_traces_are_attributed_by_the_token(server: Server, tmp_path: Path) -> None:
    writer = server.run(server.add_app(make_app(tmp_path / "writer", WRITER)))
    assert server.wait(writer)["status"] == "finished", server.log(writer)
    project, dataset = map(int, server.log(writer).split())
    server.call("workflow.node.add-output", edge(writer, id=77))
    traces = server.call("embedded.traces", {"taskId": writer})
    assert traces["written"] == [{"type": "project", "id": project}, {"type": "folder", "id": "/out"}]
    assert traces["created"] == {"projects": [project], "datasets": [dataset], "files": []}
    assert {(row["direction"], row["type"], row["id"]) for row in traces["edges"]} == {
        ("output", "project", project),
        ("output", "folder", "/out"),
        ("input", "job", 3),
        ("output", "project", 77),
    }
    assert all(row["taskId"] == writer for row in traces["edges"])


def test_traces_of_no_session_are_404(server: Server) -> None:
    with pytest.raises(Answer) as caught:
        server.call("embedded.traces", {"taskId": 9999})
    assert caught.value.status == 404
