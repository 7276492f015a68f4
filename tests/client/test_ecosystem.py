"""Modules are looked up, listed and downloaded."""

import hashlib
import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from slyflow.client.ecosystem import Ecosystem
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, NotFound, UsageError
from tests.catalog.test_tar import FILE, archive
from tests.client.scripted import Received, Script, Scripted, always, api, reply

Serve = Callable[[Script], Scripted]
Connect = Callable[[Scripted], Transport]
EXPORT = {"id": 81, "slug": "owner/export", "name": "Export", "config": {"modalTemplateState": {"a": 1}}}
OTHER = {"id": "82", "slug": "owner/other", "name": "Other"}
ARCHIVE = archive(("export-v1/main.py", FILE, b"print(1)"))


def paged(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"total": len(rows), "perPage": 100, "pagesCount": 1, "entities": list(rows)}


@pytest.fixture
def server(serve: Serve) -> Scripted:
    answers: dict[str, Any] = {
        "ecosystem.info": lambda body: (
            EXPORT if body.get("id") == 81 or body.get("slug") == "owner/export" else (404, {})
        ),
        "ecosystem.list": lambda _: paged(EXPORT, OTHER),
    }

    def script(received: Received, connection: socket.socket) -> bool:
        if received.method == "ecosystem.file.download":
            connection.sendall(reply(ARCHIVE))
            return True
        return api(answers)(received, connection)

    return serve(script)


def sent(server: Scripted) -> list[tuple[str, Any]]:
    return [(request.method, request.json) for request in server.requests]


def test_a_module_is_found_by_id_and_by_slug(server: Scripted, connect: Connect) -> None:
    ecosystem = Ecosystem(connect(server))
    assert ecosystem.module(81) == ecosystem.module("owner/export", version="v2")
    assert sent(server) == [
        ("ecosystem.info", {"id": 81}),
        ("ecosystem.info", {"slug": "owner/export", "version": "v2"}),
    ]
    assert ecosystem.module_id("owner/other") == 82
    assert ecosystem.named("Other").id == 82


def test_what_is_not_there_is_named(server: Scripted, connect: Connect, serve: Serve) -> None:
    ecosystem = Ecosystem(connect(server))
    with pytest.raises(NotFound, match='there is no app "owner/exprot"') as caught:
        ecosystem.module("owner/exprot")
    assert caught.value.hint is not None
    with pytest.raises(NotFound, match='there is no app "5" with version v1'):
        ecosystem.module(5, version="v1")
    with pytest.raises(NotFound, match='there is no app "owner/exp"'):
        ecosystem.module_id("owner/exp")
    with pytest.raises(NotFound, match='did you mean "Export"'):
        ecosystem.named("Expotr")
    nothing = Ecosystem(connect(serve(api({"ecosystem.info": lambda _: None}))))
    with pytest.raises(NotFound):
        nothing.module(81)


def test_a_release_is_told_with_its_own_config(serve: Serve, connect: Connect) -> None:
    releases = [{"version": "v1.0.2"}, {"version": "v1.0.10"}, {"version": "v1.0.1"}]

    def info(body: Any) -> Any:
        version = body.get("version", "v1.0.2")
        config = {"modalTemplateState": {"of": version}}
        return {**EXPORT, "config": config, "meta": {"releases": releases}}

    ecosystem = Ecosystem(connect(serve(api({"ecosystem.info": info}))))
    for version, wanted in ((None, "v1.0.10"), ("v1.0.1", "v1.0.1"), ("v1.0.2", "v1.0.2")):
        module = ecosystem.released("owner/export", version)
        assert (module.version, module.arguments()) == (wanted, {"of": wanted})
    with pytest.raises(NotFound, match='no such version of app "owner/export", did you mean "v1') as caught:
        ecosystem.released(81, "v1.0.11")
    assert caught.value.hint == "the newest is v1.0.10"


def test_a_module_without_a_release_is_told_so(server: Scripted, connect: Connect) -> None:
    with pytest.raises(NotFound, match='app "owner/export" has no release'):
        Ecosystem(connect(server)).released(81)


def test_two_modules_with_one_slug_are_a_bad_reply(serve: Serve, connect: Connect) -> None:
    twins = paged(EXPORT, {**EXPORT, "id": 83})
    with pytest.raises(BadReply, match="2 apps with the slug"):
        Ecosystem(connect(serve(api({"ecosystem.list": lambda _: twins})))).module_id("owner/export")


def test_lists_ask_for_what_is_wanted_and_may_be_empty(serve: Serve, connect: Connect) -> None:
    server = serve(api({"ecosystem.list": lambda _: paged()}))
    ecosystem = Ecosystem(connect(server))
    assert ecosystem.modules() == []
    ecosystem.modules(search="x", categories=["a", "b"])
    ecosystem.modules(categories=["a"], every_category=True)
    order = {"sort": "id", "sort_order": "asc"}
    assert [body for _, body in sent(server)] == [
        order,
        {**order, "search": "x", "categories": ["a", "b"], "categoriesOperation": "or"},
        {**order, "categories": ["a"], "categoriesOperation": "and"},
    ]


def test_a_file_is_downloaded_by_path_or_key(server: Scripted, connect: Connect, tmp_path: Path) -> None:
    ecosystem = Ecosystem(connect(server))
    told: list[int] = []
    got = ecosystem.download_file(
        81,
        tmp_path / "one",
        file="config.json",
        version="v1",
        app_id=3,
        sha256=hashlib.sha256(ARCHIVE).hexdigest(),
        progress=lambda done, _: told.append(done),
    )
    assert (got.size, told[-1]) == (len(ARCHIVE), len(ARCHIVE))
    ecosystem.download_file(81, tmp_path / "two", key="models")
    assert [body for _, body in sent(server)] == [
        {"moduleId": 81, "version": "v1", "appId": 3, "filePath": "config.json"},
        {"moduleId": 81, "fileKey": "models"},
    ]
    with pytest.raises(UsageError, match="which file"):
        ecosystem.download_file(81, tmp_path / "three")
    with pytest.raises(BadReply, match="more than 5 bytes"):
        ecosystem.download_file(81, tmp_path / "three", key="models", limit=5)


def test_code_is_downloaded_and_unpacked(server: Scripted, connect: Connect, tmp_path: Path) -> None:
    got = Ecosystem(connect(server)).download_code(81, "v1", tmp_path / "code", app_id=3)
    assert (tmp_path / "code/main.py").read_bytes() == b"print(1)"
    assert (got.path, got.sha256) == (tmp_path / "code", hashlib.sha256(ARCHIVE).hexdigest())
    assert sent(server) == [
        ("ecosystem.file.download", {"moduleId": 81, "version": "v1", "isArchive": True, "appId": 3})
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["code"]


def test_code_that_is_not_what_it_should_be_is_not_unpacked(
    server: Scripted, connect: Connect, serve: Serve, tmp_path: Path
) -> None:
    with pytest.raises(BadReply, match="expected 00"):
        Ecosystem(connect(server)).download_code(81, "v1", tmp_path / "code", sha256="00")
    damaged = Ecosystem(connect(serve(always(reply(json.dumps({}).encode())))))
    with pytest.raises(BadReply, match="cut off"):
        damaged.download_code(81, "v1", tmp_path / "code")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UsageError, match="exists already"):
        damaged.download_code(81, "v1", tmp_path)
