"""Team Files over HTTP."""

import io
import tarfile
from collections.abc import Iterator
from typing import Any

import pytest

from tests.instance.dataapi import Api, hash_of, running

BINARY = {"content-type": "application/octet-stream"}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with running(tmp_path_factory.mktemp("instance")) as api:
        yield api


def upload(api: Api, path: str, content: bytes = b"content") -> Any:
    """Upload one file as the SDK's asynchronous methods do."""
    reply = api.send(
        "file-storage.upload", params={"teamId": "1", "path": path}, data=content, headers=BINARY
    )
    assert reply.status_code == 200, reply.text
    return reply.json()


def paths(api: Api, path: str, **options: Any) -> list[str]:
    return [entry["path"] for entry in api("file-storage.list", teamId=1, path=path, **options)]


def test_an_uploaded_file_is_shown_and_read_back(api: Api) -> None:
    shown = upload(api, "/shown/report.json", b"{}")
    expected = {
        "teamId": 1,
        "name": "report.json",
        "path": "/shown/report.json",
        "hash": hash_of(b"{}"),
        "meta": {"size": 2, "mime": "application/json", "ext": "json"},
        "isDir": False,
        "userId": 1,
    }
    assert expected.items() <= shown.items()
    assert api("file-storage.info", id=str(shown["id"])) == shown
    reply = api.send("file-storage.download", {"teamId": 1, "path": "/shown/report.json"})
    assert (reply.content, reply.headers["content-length"]) == (b"{}", "2")
    assert reply.headers["x-content-checksum-sha256"] == hash_of(b"{}")
    assert api._http.get(shown["fullStorageUrl"], timeout=20).content == b"{}"


def test_a_form_uploads_many_files_in_order(api: Api) -> None:
    form: list[tuple[str, Any]] = []
    for name, content in (("b.txt", b"bb"), ("a.txt", b"a"), ("empty", b"")):
        form += [("name", (None, name)), ("path", (None, "/form/")), ("file", (name, content, "text/plain"))]
    shown = api.send("file-storage.bulk.upload?teamId=1", files=form).json()
    assert [(entry["path"], entry["meta"]["size"]) for entry in shown] == [
        ("/form/b.txt", 2),
        ("/form/a.txt", 1),
        ("/form/empty", 0),
    ]
    single = api.send("file-storage.upload?teamId=1", files=form[:3]).json()
    assert single["path"] == "/form/b.txt"


def test_a_large_file_comes_back_unharmed(api: Api) -> None:
    content = bytes(range(256)) * (5 << 12) + b"\r\n--not-the-boundary\r\n"
    form = [("name", (None, "large.bin")), ("path", (None, "/large/")), ("file", ("large.bin", content))]
    assert api.send("file-storage.bulk.upload?teamId=1", files=form).json()[0]["hash"] == hash_of(content)
    assert api.send("file-storage.download", {"teamId": 1, "path": "/large/large.bin"}).content == content


def test_a_file_in_the_place_of_another_is_a_new_one(api: Api) -> None:
    first = upload(api, "/place/a.txt", b"first")
    second = upload(api, "/place/a.txt", b"second")
    assert second["id"] > first["id"]
    assert second["storagePath"] != first["storagePath"]
    assert api.refused("file-storage.info", id=first["id"])[0] == 404
    assert paths(api, "/place/") == ["/place/a.txt"]


def test_lists_show_a_file_a_folder_or_all_below_it(api: Api) -> None:
    for path in ("/list/a.txt", "/list/in/b.txt", "/list/in/deep/c.txt", "/list0.txt", "/lis", "/list.txt"):
        upload(api, path)
    assert paths(api, "/list/") == ["/list/a.txt", "/list/in/b.txt", "/list/in/deep/c.txt"]
    assert paths(api, "/list", recursive=True) == paths(api, "/list/")
    assert paths(api, "/list/a.txt") == ["/list/a.txt"]
    assert paths(api, "/list/", recursive=False) == ["/list/a.txt", "/list/in"]
    assert paths(api, "/nothing/") == []
    kinds = {
        entry["path"]: entry["isDir"]
        for entry in api("file-storage.list", teamId=1, path="/list/", recursive=False)
    }
    assert kinds == {"/list/a.txt": False, "/list/in": True}
    assert "/list0.txt" in paths(api, "/")


def test_the_newer_list_goes_on_by_token(api: Api) -> None:
    for number in range(4):
        upload(api, f"/v2/in/{number}.txt")
    first = api("file-storage.v2.list", teamId=1, path="/v2/", recursive=True, limit=3)
    assert [(entry["path"], entry["type"]) for entry in first["entities"]] == [
        ("/v2/in", "folder"),
        ("/v2/in/0.txt", "file"),
        ("/v2/in/1.txt", "file"),
    ]
    token = first["continuationToken"]
    rest = api(
        "file-storage.v2.list", teamId=1, path="/v2/", recursive=True, limit=3, continuationToken=token
    )
    assert [entry["name"] for entry in rest["entities"]] == ["2.txt", "3.txt"]
    assert "continuationToken" not in rest
    folders = api("file-storage.v2.list", teamId=1, path="/v2/", files=False)["entities"]
    assert [entry["path"] for entry in folders] == ["/v2/in"]


def test_a_folder_comes_as_a_tar_with_itself_on_top(api: Api) -> None:
    long = "/".join(["long" * 20] * 3)
    contents = {"a.txt": b"a" * 700, "in/ü.txt": b"", f"{long}/x.bin": b"x"}
    for name, content in contents.items():
        upload(api, f"/tar/top/{name}", content)
    reply = api.send("file-storage.download", {"teamId": 1, "path": "/tar/top/"})
    assert int(reply.headers["content-length"]) == len(reply.content)
    with tarfile.open(fileobj=io.BytesIO(reply.content)) as archive:
        found = {}
        for member in archive.getmembers():
            file = archive.extractfile(member)
            assert file is not None
            found[member.name] = file.read()
    assert found == {f"top/{name}": content for name, content in contents.items()}
    assert api.refused("file-storage.download", teamId=1, path="/tar/none/")[0] == 404
    assert api.refused("file-storage.download", teamId=1, path="/tar/none.txt")[0] == 404


def test_files_and_folders_are_removed(api: Api) -> None:
    for name in ("a", "b", "in/c", "in/d", "ink"):
        upload(api, f"/rm/{name}")
    api("file-storage.remove", teamId=1, path="/rm/a")
    assert paths(api, "/rm/") == ["/rm/b", "/rm/in/c", "/rm/in/d", "/rm/ink"]
    api("file-storage.remove", teamId=1, path="/rm/in/")
    assert paths(api, "/rm/") == ["/rm/b", "/rm/ink"]
    api("file-storage.bulk.remove", teamId=1, paths=["/rm/b", "/rm/ink", "/rm/ink"])
    assert paths(api, "/rm/") == []
    assert "below the root" in api.refused("file-storage.remove", teamId=1, path="/")[1]["error"]


@pytest.mark.parametrize(
    "path", ["/a/../../etc/passwd", "/a/./b", "/a\x00b", "/a\nb", "agent://1/a", "/" + "a" * 5000]
)
def test_paths_that_could_escape_are_refused(api: Api, path: str) -> None:
    for method in (
        "file-storage.list",
        "file-storage.download",
        "file-storage.remove",
        "file-storage.v2.list",
    ):
        status, error = api.refused(method, teamId=1, path=path)
        assert status == 400
        assert "path" in error["error"] or "agent" in error["error"]
    form = [("name", (None, "../../x")), ("path", (None, "/a/")), ("file", ("x", b"x"))]
    assert api.send("file-storage.bulk.upload?teamId=1", files=form).status_code == 400


def test_incomplete_uploads_are_refused(api: Api) -> None:
    assert api.send("file-storage.bulk.upload?teamId=1", files=[("name", (None, "x"))]).status_code == 400
    assert api.send("file-storage.bulk.upload?teamId=1", files=[("file", ("x", b"x"))]).status_code == 400
    reply = api.send(
        "file-storage.upload", params={"teamId": "1", "path": "/dir/"}, data=b"x", headers=BINARY
    )
    assert "is a folder" in reply.json()["error"]
    reply = api.send("file-storage.upload", params={"teamId": "9", "path": "/x"}, data=b"x", headers=BINARY)
    assert reply.status_code == 404
