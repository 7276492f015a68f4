"""Edges as they go over the wire."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from slyflow.client.transport import Transport
from slyflow.client.workflow import Workflow, payload, settings
from slyflow.errors import BadReply, Rejected, SlyflowError, Unavailable, UsageError
from slyflow.model.artifact import Kind
from slyflow.model.node import Edge, NodeSettings
from tests.client.scripted import Script, Scripted, in_turn, reply

Serve = Callable[[Script], Scripted]
Connect = Callable[[Scripted], Transport]
EDGE = Edge(team_id=3, task_id=7, direction="output", kind=Kind.PROJECT, data_id=12)


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


def test_settings_carry_supervisely_markup_and_escaped_text() -> None:
    look = NodeSettings(
        title="<img src=x onerror=alert(1)>",
        description='a & "b"',
        icon="collection-image",
        icon_color="#fff",
        icon_bg_color="#000",
        url="/projects/1/datasets",
        url_title="Open <it>",
    )
    assert settings(look) == {
        "title": "<h4>&lt;img src=x onerror=alert(1)&gt;</h4>",
        "description": "<small>a &amp; &quot;b&quot;</small>",
        "icon": {"icon": "zmdi-collection-image", "color": "#fff", "backgroundColor": "#000"},
        "mainLink": {"url": "/projects/1/datasets", "title": "Open &lt;it&gt;"},
    }


@pytest.mark.parametrize("direction", ["input", "output"])
def test_an_edge_is_written_once_to_its_direction(serve: Serve, connect: Connect, direction: Any) -> None:
    server = serve(in_turn(reply(b'{"success": true}')))
    Workflow(connect(server)).write(replace(EDGE, direction=direction))
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
        Workflow(connect(server)).write(EDGE)
    assert type(raised.value) is kind
    assert "\x1b" not in raised.value.message
    assert len(server.requests) == 1
