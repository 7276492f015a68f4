"""Team Files over the wire."""

from collections.abc import Callable
from typing import Any

import pytest

from slyflow.client.files import Files
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, NotFound, UsageError
from slyflow.model.instance import TeamFile
from tests.client.scripted import Script, Scripted, always, api, in_turn, reply

Serve = Callable[[Script], Scripted]
Connect = Callable[[Scripted], Transport]
ROW = {
    "id": 5,
    "path": "/a/b.txt",
    "name": "b.txt",
    "storagePath": "/team/5/b.txt",
    "meta": {"mime": "text/plain", "size": 12},
    "updatedAt": "2026-01-01T00:00:00.000Z",
    "fullStorageUrl": "https://elsewhere.example/x",
    "isDir": False,
}
FILE = TeamFile(5, "/a/b.txt", "b.txt", 12, "/team/5/b.txt", "2026-01-01T00:00:00.000Z", "/files/5")


def files_of(serve: Serve, connect: Connect, **methods: Callable[[Any], Any]) -> Files:
    named = {f"file-storage.{name}": answer for name, answer in methods.items()}
    return Files(connect(serve(api(named))))


def test_a_folder_is_listed_without_its_folders(serve: Serve, connect: Connect) -> None:
    files = files_of(serve, connect, list=lambda _: [ROW, {"id": 6, "path": "/a/c/", "isDir": True}])
    assert files.files(3, "/a/") == [FILE]


@pytest.mark.parametrize("answer", [[], (404, {"error": "no such folder"})])
def test_a_folder_that_is_not_there_is_empty(serve: Serve, connect: Connect, answer: Any) -> None:
    assert list(files_of(serve, connect, list=lambda _: answer).files(3, "/a/")) == []


def test_a_file_is_known_by_its_id(serve: Serve, connect: Connect) -> None:
    assert files_of(serve, connect, info=lambda _: ROW).file(5) == FILE


@pytest.mark.parametrize("gone", [None, (404, {})])
def test_a_file_that_is_gone_is_not_found(serve: Serve, connect: Connect, gone: Any) -> None:
    with pytest.raises(NotFound):
        files_of(serve, connect, info=lambda _: gone).file(5)


@pytest.mark.parametrize("row", [{}, {"id": 5}, {"id": 5, "path": "b.txt"}, {"id": "x", "path": "/b"}, 7])
def test_a_file_of_the_wrong_shape_is_a_bad_reply(serve: Serve, connect: Connect, row: Any) -> None:
    with pytest.raises(BadReply):
        files_of(serve, connect, info=lambda _: row).file(5)


def test_odd_sizes_do_no_harm(serve: Serve, connect: Connect) -> None:
    row = {"id": 5, "path": "/b", "meta": {"size": "17"}}
    assert files_of(serve, connect, info=lambda _: row).file(5) == TeamFile(5, "/b", "b", 17, url="/files/5")
    assert files_of(serve, connect, info=lambda _: {"id": 5, "path": "/b"}).file(5).size == 0


def test_a_file_is_read_up_to_a_limit(serve: Serve, connect: Connect) -> None:
    server = serve(in_turn(reply(b"\x00" * 10)))
    files = Files(connect(server))
    assert files.read(3, "/a/b.txt", 10) == bytes(10)
    assert server.requests[0].json == {"teamId": 3, "path": "/a/b.txt"}
    with pytest.raises(BadReply):
        files.read(3, "/a/b.txt", 9)


def test_a_file_is_uploaded_to_its_folder(serve: Serve, connect: Connect) -> None:
    server = serve(always(reply(b'[{"id": 5, "path": "/a/b.txt"}]')))
    assert Files(connect(server)).upload(3, "/a/b.txt", b"content").id == 5
    (received,) = server.requests
    assert received.target == "/public/api/v3/file-storage.bulk.upload?teamId=3"
    names = [
        line.split(b'name="')[1].split(b'"')[0] for line in received.body.split(b"\r\n") if b"; name=" in line
    ]
    assert names == [b"name", b"path", b"file"]
    assert b"\r\n\r\n/a/\r\n" in received.body


def test_an_upload_that_may_have_arrived_is_not_repeated(serve: Serve, connect: Connect) -> None:
    server = serve(in_turn(reply(b"", 502), reply(b"[]")))
    with pytest.raises(Exception, match="502"):
        Files(connect(server)).upload(3, "/a/b.txt", b"content")
    assert len(server.requests) == 1


@pytest.mark.parametrize("path", ["b.txt", "/a/../b.txt", "/a/"])
def test_odd_paths_never_leave(serve: Serve, connect: Connect, path: str) -> None:
    server = serve(in_turn(reply(b"[]")))
    with pytest.raises(UsageError):
        Files(connect(server)).upload(3, path, b"")
    assert server.requests == []


def test_a_file_is_removed(serve: Serve, connect: Connect) -> None:
    server = serve(in_turn(reply(b"{}")))
    Files(connect(server)).remove(3, "/a/")
    assert server.requests[0].json == {"teamId": 3, "path": "/a/"}
