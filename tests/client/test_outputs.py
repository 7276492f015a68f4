"""Outputs as they are set over the wire, and what is looked up for them."""

from collections.abc import Callable
from typing import Any

import pytest

from slyflow.client.files import Files
from slyflow.client.outputs import Icon, Outputs
from slyflow.client.sessions import Sessions
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, NotFound
from tests.client.scripted import Script, Scripted, api, in_turn, reply

Serve = Callable[[Script], Scripted]
Connect = Callable[[Scripted], Transport]
SET = "tasks.output.set"


def outputs_of(transport: Transport) -> Outputs:
    return Outputs(transport, Sessions(transport), Files(transport))


def last_output(server: Scripted) -> Any:
    request = server.requests[-1]
    assert (request.method, request.json["taskId"]) == (SET, 5)
    return request.json["output"]


def test_a_project_is_looked_up_unless_it_is_named(serve: Serve, connect: Connect) -> None:
    info = {"id": 11, "name": "Lemons", "referenceImageUrl": "https://example.com/image-converter/1.jpg"}
    server = serve(api({"projects.info": lambda _: info, SET: lambda _: {}}))
    outputs = outputs_of(connect(server))
    outputs.set_project(5, 11, "Limes")
    assert (len(server.requests), last_output(server)) == (1, {"project": {"id": 11, "title": "Limes"}})
    outputs.set_project(5, 11)
    preview = "https://example.com/previews/x200,jpeg,q70/image-converter/1.jpg"
    assert last_output(server) == {"project": {"id": 11, "title": "Lemons", "preview": preview}}
    outputs.set_project(5, 11, preview="https://example.com/mine")
    assert last_output(server)["project"]["preview"] == "https://example.com/mine"


@pytest.mark.parametrize("picture", [None, 5, ["x"]])
def test_a_project_without_a_picture_is_no_error(serve: Serve, connect: Connect, picture: Any) -> None:
    info = {"id": 11, "name": "Lemons", "referenceImageUrl": picture}
    server = serve(api({"projects.info": lambda _: info, SET: lambda _: {}}))
    outputs_of(connect(server)).set_project(5, 11)
    assert last_output(server) == {"project": {"id": 11, "title": "Lemons"}}


def test_a_file_s_bytes_are_looked_up_unless_their_place_is_given(serve: Serve, connect: Connect) -> None:
    files = iter([{"id": 7, "path": "/a.tar", "storagePath": "/x/y"}, {"id": 7, "path": "/a.tar"}])
    server = serve(api({"file-storage.info": lambda _: next(files), SET: lambda _: {}}))
    outputs = outputs_of(connect(server))
    outputs.set_archive(5, 7, "a.tar")
    assert last_output(server)["general"]["titleUrl"] == "/x/y"
    outputs.set_file(5, 7, "a.tar", downloads=False)
    general = last_output(server)["general"]
    assert (general["titleUrl"], general["download"]) == ("/files/7", False)
    outputs.set_file(5, 7, "a.tar", "/z", description="Words")
    general = last_output(server)["general"]
    assert (general["titleUrl"], general["description"], general["download"]) == ("/z", "Words", True)


@pytest.mark.parametrize("answer", [None, (404, {})])
def test_what_is_gone_is_not_named(serve: Serve, connect: Connect, answer: Any) -> None:
    server = serve(api({"projects.info": lambda _: answer, "file-storage.info": lambda _: answer}))
    outputs = outputs_of(connect(server))
    with pytest.raises(NotFound):
        outputs.set_project(5, 11)
    with pytest.raises(NotFound):
        outputs.set_archive(5, 7, "a.tar")
    assert SET not in [request.method for request in server.requests]


def test_words_are_errors_only_when_they_are_set_so(serve: Serve, connect: Connect) -> None:
    server = serve(api({SET: lambda _: {}}))
    outputs = outputs_of(connect(server))
    outputs.set_text(5, "All is well", icon=Icon("check"))
    general = last_output(server)["general"]
    assert (general["isError"], general["showLogs"], "description" in general) == (False, False, False)
    assert general["icon"]["className"] == "zmdi zmdi-check"
    outputs.set_error(5, "It broke", "")
    general = last_output(server)["general"]
    assert (general["isError"], general["showLogs"], general["description"]) == (True, True, "")


def test_setting_may_be_repeated(serve: Serve, connect: Connect) -> None:
    server = serve(in_turn(None, reply(b"{}")))
    outputs_of(connect(server)).set_experiment(5, {"project_id": 11})
    assert len(server.requests) == 2


def test_an_output_is_read_from_the_session(serve: Serve, connect: Connect) -> None:
    info = {"id": 5, "status": "finished", "meta": {"output": {"project": {"id": 11}}}}
    outputs = outputs_of(connect(serve(api({"tasks.info": lambda _: info}))))
    project = outputs.get(5).project
    assert project is not None
    assert project.id == 11
    with pytest.raises(BadReply):
        outputs_of(connect(serve(api({"tasks.info": lambda _: []})))).get(5)
