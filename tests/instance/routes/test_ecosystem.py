"""The ecosystem: apps registered from folders, released by content, looked up and downloaded."""

import io
import json
import tarfile
from pathlib import Path

import pytest

from tests.instance.server import Answer, Server, make_app


def test_same_content_is_the_same_release_and_a_change_the_next(server: Server, tmp_path: Path) -> None:
    app = make_app(tmp_path / "my app", "print(1)", name="Mine")
    first = server.call("embedded.apps.add", {"path": str(app)})
    assert (first["slug"], first["name"], first["version"]) == ("local/my-app", "Mine", "v1.0.0")
    (app / "__pycache__").mkdir()
    (app / "__pycache__" / "main.pyc").write_text("ignored")
    (app / "main.py").touch()
    assert server.call("embedded.apps.add", {"path": str(app)})["version"] == "v1.0.0"
    make_app(app, "print(2)", name="Mine")
    second = server.call("embedded.apps.add", {"path": str(app)})
    assert (second["id"], second["version"]) == (first["id"], "v1.0.1")
    make_app(app, "print(1)", name="Mine")
    third = server.call("embedded.apps.add", {"path": str(app)})
    assert (third["version"], third["archiveSha256"]) == ("v1.0.2", first["archiveSha256"])
    assert [release["version"] for release in third["meta"]["releases"]] == ["v1.0.2", "v1.0.1", "v1.0.0"]


def test_sessions_run_the_version_they_name(server: Server, tmp_path: Path) -> None:
    app = make_app(tmp_path / "versions", "print('old')")
    module = server.add_app(app, version="v1.0.0")
    server.add_app(make_app(app, "print('new')"), version="v2.0.0")
    old, new = server.run(module, appVersion="v1.0.0"), server.run(module, appVersion="")
    server.wait(old)
    server.wait(new)
    assert (server.log(old), server.log(new)) == ("old", "new")
    with pytest.raises(Answer) as caught:
        server.add_app(make_app(app, "print('other')"), version="v1.0.0")
    assert caught.value.status == 409


def test_app_is_found_by_slug_id_and_search(server: Server, tmp_path: Path) -> None:
    module = server.add_app(make_app(tmp_path / "found", "", name="Find Me"), slug="owner/repo/sub")
    listed = server.call(
        "ecosystem.list", {"filter": [{"field": "slug", "operator": "=", "value": "owner/repo/sub"}]}
    )
    assert [row["id"] for row in listed["entities"]] == [module]
    assert server.call("ecosystem.list", {"search": "find me"})["total"] == 1
    assert server.call("ecosystem.list", {"search": "%"})["total"] == 0
    by_slug = server.call("ecosystem.info", {"slug": "owner/repo/sub"})
    assert by_slug == server.call("ecosystem.info", {"id": str(module)})
    assert set(by_slug) >= {
        "id",
        "slug",
        "name",
        "type",
        "config",
        "createdAt",
        "updatedAt",
        "readme",
        "meta",
    }
    for wrong in ({"slug": "owner/none"}, {"id": 9999}, {"id": module, "version": "v7"}):
        with pytest.raises(Answer) as caught:
            server.call("ecosystem.info", wrong)
        assert caught.value.status == 404


def test_config_keys_are_the_apis_and_their_content_the_apps(server: Server, tmp_path: Path) -> None:
    config = {
        "modal_template_state": {"keep_this": 1},
        "context_menu": {"target": ["images_project"]},
        "docker_image": "x",
        "need_gpu": False,
    }
    app = make_app(tmp_path / "camel", "", **config)
    answered = server.call("embedded.apps.add", {"path": str(app)})["config"]
    assert answered["modalTemplateState"] == {"keep_this": 1}
    assert answered["contextMenu"] == {"target": ["images_project"]}
    assert answered["docker_image"] == "x"
    assert answered["main_script"] == "main.py"
    assert answered["needGpu"] is False


def test_archive_has_one_top_folder_and_exact_length(server: Server, tmp_path: Path) -> None:
    app = make_app(tmp_path / "archive", "print(1)")
    (app / "sub").mkdir()
    (app / "sub" / "tool.sh").write_text("x")
    (app / "sub" / "tool.sh").chmod(0o755)
    (app / "link").symlink_to("/etc/passwd")
    module = server.add_app(app)
    answer = server.send(
        "ecosystem.file.download", {"moduleId": module, "version": "v1.0.0", "isArchive": True}
    )
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "content-encoding" not in answer.headers
    with tarfile.open(fileobj=io.BytesIO(answer.content)) as archive:
        members = {member.name: member.mode for member in archive}
    assert members == {"app/config.json": 0o644, "app/main.py": 0o644, "app/sub/tool.sh": 0o755}


def test_a_file_may_be_named_by_its_key_in_the_config(server: Server, tmp_path: Path) -> None:
    module = server.add_app(
        make_app(tmp_path / "keys", "print(1)", files={"code": "main.py", "gone": "x.py", "odd": 3})
    )
    ask = {"moduleId": module}
    assert server.send("ecosystem.file.download", {**ask, "fileKey": "code"}).content == b"print(1)"
    for key in ("gone", "odd", "none"):
        assert server.send("ecosystem.file.download", {**ask, "fileKey": key}).status_code == 404
    assert server.send("ecosystem.file.download", {**ask, "fileKey": ""}).status_code == 400
    plain = server.add_app(make_app(tmp_path / "plain", ""))
    assert server.send("ecosystem.file.download", {"moduleId": plain, "fileKey": "code"}).status_code == 404


def test_apps_are_listed_by_category(server: Server, tmp_path: Path) -> None:
    one = server.add_app(make_app(tmp_path / "one", "", categories=["images", "export-one"]))
    two = server.add_app(make_app(tmp_path / "two", "", categories=["export-one"]))
    server.add_app(make_app(tmp_path / "none", ""))
    server.add_app(make_app(tmp_path / "odd", "", categories={"export-one": 1}))

    def found(**asked: object) -> list[int]:
        return [row["id"] for row in server.call("ecosystem.list", asked)["entities"]]

    assert found(categories=["export-one", "no such"]) == [one, two]
    assert found(categories=["export-one", "images"], categoriesOperation="and") == [one]
    assert found(categories=["export-one", "no such"], categoriesOperation="and") == []
    assert found(categories=["export-one"], search="two") == [two]


def test_single_files_come_from_the_release_only(server: Server, tmp_path: Path) -> None:
    module = server.add_app(make_app(tmp_path / "files", "print(1)"))
    ask = {"moduleId": module, "version": "v1.0.0"}
    assert server.send("ecosystem.file.download", {**ask, "filePath": "main.py"}).content == b"print(1)"
    for path in ("../main.py", "/etc/passwd", "none", "../../etc/passwd", ""):
        assert server.send("ecosystem.file.download", {**ask, "filePath": path}).status_code in (400, 404)


def test_folders_that_are_no_apps_are_refused_with_the_reason(server: Server, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "config.json").write_text("{")
    (tmp_path / "nan").mkdir()
    (tmp_path / "nan" / "config.json").write_text('{"a": NaN}')
    (tmp_path / "list").mkdir()
    (tmp_path / "list" / "config.json").write_text("[]")
    for folder, reason in (
        ("empty", "no config.json"),
        ("broken", "as JSON"),
        ("nan", "NaN is not JSON"),
        ("list", "no JSON object"),
    ):
        with pytest.raises(Answer) as caught:
            server.add_app(tmp_path / folder)
        assert caught.value.status == 400
        assert reason in caught.value.body["error"]
    for path, slug in (("relative", None), (str(make_app(tmp_path / "ok", "")), "no-owner")):
        with pytest.raises(Answer):
            server.call("embedded.apps.add", {"path": path, "slug": slug})


def test_sub_app_is_run_from_its_repository(server: Server, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    (repository / "shared.py").write_text("WORD = 'shared'")
    folder = make_app(
        repository / "apps" / "sub", "import shared; print(shared.WORD)", main_script="apps/sub/main.py"
    )
    session = server.run(server.add_app(folder))
    assert server.wait(session)["status"] == "finished", server.log(session)
    assert server.log(session) == "shared"


def test_session_may_not_register_code(server: Server, tmp_path: Path) -> None:
    code = f"""
import json, os, urllib.error, urllib.request
headers = {{"x-api-key": os.environ["API_TOKEN"], "content-type": "application/json"}}
body = json.dumps({{"path": {str(tmp_path / "spy")!r}}}).encode()
url = os.environ["SERVER_ADDRESS"] + "/public/api/v3/embedded.apps.add"
try:
    urllib.request.urlopen(urllib.request.Request(url, body, headers))
except urllib.error.HTTPError as error:
    print(error.code, json.loads(error.read())["error"])
"""
    session = server.run(server.add_app(make_app(tmp_path / "spy", code)))
    server.wait(session)
    assert server.log(session).startswith("403 ")


def test_configs_survive_odd_values(server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"name": 3, "main_script": ["x"], "categories": None}))
    session = server.run(server.add_app(folder))
    info = server.wait(session)
    assert info["status"] == "error"
    assert "`main_script` is not text" in info["meta"]["error"]["message"]
