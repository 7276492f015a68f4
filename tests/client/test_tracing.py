"""Traces of sessions, in the shapes that an embedded instance answers or might."""

from collections.abc import Callable
from typing import Any

import pytest

from slyflow.client.files import Files
from slyflow.client.projects import Projects
from slyflow.client.tracing import Tracing
from slyflow.client.transport import Transport
from slyflow.errors import BadReply
from slyflow.model.artifact import Artifact, Kind
from slyflow.model.instance import Traces
from tests.client.scripted import Script, Scripted, api

Serve = Callable[[Script], Scripted]
Connect = Callable[[Scripted], Transport]


def traces(serve: Serve, connect: Connect, answer: Any) -> Traces:
    methods: dict[str, Callable[[Any], Any]] = {
        "embedded.traces": lambda _: answer,
        "projects.info": lambda body: {"id": 5, "name": "p"} if body["id"] == 5 else (404, {}),
        "file-storage.info": lambda _: {"id": 6, "path": "/a/b.txt", "name": "b.txt"},
    }
    transport = connect(serve(api(methods)))
    return Tracing(transport, Files(transport), Projects(transport)).traces(7)


def test_what_was_made_has_names_and_paths_and_what_is_gone_is_left_out(
    serve: Serve, connect: Connect
) -> None:
    found = traces(
        serve,
        connect,
        {
            "edges": [{"taskId": 7, "direction": "input", "type": "folder", "id": "/in/"}],
            "written": [
                {"type": "folder", "id": "/out/"},
                {"type": "project", "id": 99},
                {"type": "model_weight", "id": 6},
                {"type": "of the future", "id": 1},
                {"type": "folder", "id": 3},
            ],
            "created": {"projects": [5, 99], "datasets": [], "files": ["6"]},
        },
    )
    file = Artifact(Kind.FILE, 6, "/a/b.txt", "b.txt", "/files/6")
    assert found.edges == {(7, "input", "folder", "/in/")}
    assert found.written == (
        Artifact(Kind.FOLDER, path="/out/"),
        Artifact(Kind.MODEL_WEIGHT, 6, "/a/b.txt", "b.txt", "/files/6"),
    )
    assert found.created == (Artifact(Kind.PROJECT, 5, name="p", url="/projects/5/datasets"), file)


NOTHING: dict[str, Any] = {
    "edges": [],
    "written": [],
    "created": {"projects": [], "datasets": [], "files": []},
}


def test_nothing_leaves_no_trace(serve: Serve, connect: Connect) -> None:
    assert traces(serve, connect, NOTHING) == Traces()


@pytest.mark.parametrize(
    "answer",
    [
        [],
        NOTHING | {"edges": {}},
        NOTHING | {"edges": [{"taskId": 7, "direction": "sideways", "type": "project", "id": 1}]},
        NOTHING | {"edges": [{"direction": "input", "type": "project", "id": 1}]},
        NOTHING | {"written": 5},
        NOTHING | {"created": {"projects": {}, "datasets": [], "files": []}},
        # What is not told is not known to be nothing: an edge would be written again, a project missed.
        {},
        {"edges": [], "written": []},
        {"edges": [], "created": NOTHING["created"]},
        {"written": [], "created": NOTHING["created"]},
        NOTHING | {"created": {"projects": []}},
    ],
)
def test_traces_of_the_wrong_shape_are_a_bad_reply(serve: Serve, connect: Connect, answer: Any) -> None:
    with pytest.raises(BadReply):
        traces(serve, connect, answer)
