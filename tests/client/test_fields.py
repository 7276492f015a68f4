"""Fields of an app's window as they go over the wire."""

from collections.abc import Callable
from typing import Any

import pytest

from slyflow.client.fields import Change, Fields
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, Unavailable, UsageError
from tests.client.scripted import Script, Scripted, api, in_turn, reply

Serve = Callable[[Script], Scripted]
Connect = Callable[[Scripted], Transport]


def test_fields_are_read_together_and_one_not_set_is_none(serve: Serve, connect: Connect) -> None:
    server = serve(api({"tasks.data.get": lambda _: {"result": {"data.x": [1], "more": 2}}}))
    fields = Fields(connect(server))
    assert fields.get_all(5, ["data.x", "state.y"]) == {"data.x": [1], "state.y": None}
    assert fields.get(5, "data.x") == [1]
    assert [request.json["fields"] for request in server.requests] == [["data.x", "state.y"], ["data.x"]]


@pytest.mark.parametrize("answer", [None, [], {}, {"result": None}, {"result": [1]}])
def test_another_shape_is_a_bad_reply(serve: Serve, connect: Connect, answer: Any) -> None:
    with pytest.raises(BadReply):
        Fields(connect(serve(api({"tasks.data.get": lambda _: answer})))).get(5, "data.x")


@pytest.mark.parametrize("name", ["", ".", "data.", ".x", "data..x", "data.\n", "data.\x1b[2J"])
def test_a_name_that_is_none_is_not_sent(serve: Serve, connect: Connect, name: str) -> None:
    server = serve(api({}))
    fields = Fields(connect(server))
    acts: list[Callable[[], object]] = [
        lambda: fields.get(5, name),
        lambda: fields.set(5, {name: 1}),
        lambda: fields.change(5, [Change(name, 1)]),
    ]
    for act in acts:
        with pytest.raises(UsageError) as raised:
            act()
        assert "\x1b" not in raised.value.message
    assert server.requests == []


def test_nothing_to_set_is_an_error(serve: Serve, connect: Connect) -> None:
    with pytest.raises(UsageError):
        Fields(connect(serve(api({})))).set(5, {})


@pytest.mark.parametrize(("append", "sendings"), [(False, 2), (True, 1)])
def test_what_would_append_twice_is_not_sent_again(
    serve: Serve, connect: Connect, *, append: bool, sendings: int
) -> None:
    server = serve(in_turn(reply(b"{}", 502), reply(b"{}")))
    fields = Fields(connect(server))
    changes = [Change("data.x", [1], append=append), Change("data.y", {}, recursive=True)]
    if append:
        with pytest.raises(Unavailable):
            fields.change(5, changes)
    else:
        fields.change(5, changes)
    assert len(server.requests) == sendings


def test_a_window_is_set_up_without_touching_what_was_given(serve: Serve, connect: Connect) -> None:
    server = serve(api({"tasks.data.set": lambda _: {}}))
    data: dict[str, Any] = {"x": 1}
    Fields(connect(server)).initialize(5, "<p>", data)
    assert data == {"x": 1}
    assert server.requests[0].json == {
        "taskId": 5,
        "fields": [
            {"field": "template", "payload": "<p>"},
            {"field": "data", "payload": {"notifyDialog": None, "scrollIntoView": None, "x": 1}},
            {"field": "state", "payload": {}},
        ],
    }
