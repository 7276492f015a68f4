"""Starting, listing and telling about sessions, as clients of the public API see it."""

import json
import time
from pathlib import Path

import pytest

from slyflow.instance.store import Store
from tests.instance.server import Answer, Server, make_app, running

LIST_KEYS = {"total", "perPage", "pagesCount", "entities"}


@pytest.fixture
def noop(server: Server, tmp_path: Path) -> int:
    return server.add_app(make_app(tmp_path / "noop", "print('one')\nprint('two')\nprint('three')"))


def refused(server: Server, body: dict[str, object]) -> tuple[int, str]:
    with pytest.raises(Answer) as caught:
        server.call("tasks.run.app", body)
    return caught.value.status, caught.value.body["error"]


def test_started_session_is_one_element_with_the_ids(server: Server, noop: int) -> None:
    body: dict[str, object] = {
        "moduleId": str(noop),
        "workspaceId": "1",
        "nodeId": None,
        "params": {"state": {}},
    }
    started = server.call("tasks.run.app", body)
    assert started == [{"taskId": started[0]["taskId"], "userId": 1, "moduleId": noop, "appId": noop}]


def test_same_idempotency_key_is_the_same_session(server: Server, noop: int) -> None:
    first = server.run(noop, key="sf-once", taskName="a")
    assert server.run(noop, key="sf-once", taskName="b") == first
    assert server.run(noop, key="sf-other") != first
    assert server.run(noop) != server.run(noop)
    assert server.info(first)["meta"]["name"] == "a"


def test_idempotency_key_holds_over_a_restart(tmp_path: Path) -> None:
    with running(tmp_path / "home") as server:
        module = server.add_app(make_app(tmp_path / "app", ""))
        first = server.run(module, key="sf-once")
    with running(tmp_path / "home") as server:
        assert server.run(module, key="sf-once") == first
        assert server.call("tasks.list", {"workspaceId": 1})["total"] == 1


def test_wrong_launches_are_refused_with_words(server: Server, noop: int) -> None:
    good = {"moduleId": noop, "workspaceId": 1}
    before = server.call("tasks.list", {})["total"]
    assert refused(server, {"workspaceId": 1})[0] == 400
    assert refused(server, {**good, "moduleId": 9999})[0] == 404
    assert refused(server, {**good, "moduleId": "1; rm -rf"})[0] == 400
    assert refused(server, {**good, "workspaceId": 9999})[0] == 404
    assert refused(server, {**good, "agentId": 9999})[0] == 404
    assert refused(server, {**good, "appVersion": "v9.9.9"})[0] == 404
    assert refused(server, {**good, "isBranch": True})[0] == 400
    assert refused(server, {**good, "usersIds": [1, 2]})[0] == 400
    assert refused(server, {**good, "usersIds": [7]})[0] == 404
    assert refused(server, {**good, "params": {"state": []}})[0] == 400
    assert server.call("tasks.list", {})["total"] == before


def test_info_has_what_clients_read(server: Server, noop: int) -> None:
    session = server.run(noop, {"a": [1]}, taskName="sf-1 name", description="why", logLevel="debug")
    info = server.wait(session)
    assert info["meta"]["name"] == "sf-1 name"
    assert info["meta"]["app"]["moduleId"] == noop
    assert info["meta"]["app"]["logLevel"] == "debug"
    assert info["meta"]["params"] == {"state": {"a": [1]}}
    assert info["settings"]["message"]["state"] == {"a": [1]}
    wanted = {
        "description": "why",
        "type": "app",
        "teamId": 1,
        "workspaceId": 1,
        "createdBy": 1,
        "agentId": 1,
    }
    assert info.items() >= wanted.items()


def test_list_filters_sorts_and_pages_exactly(tmp_path: Path) -> None:
    with running(tmp_path / "home") as server:
        module = server.add_app(
            make_app(tmp_path / "app", "import os, sys; sys.exit(int(os.environ['TASK_ID']) % 2)")
        )
        ids = [server.run(module, taskName=f"n{number}") for number in range(5)]
        statuses = {session: server.wait(session)["status"] for session in ids}

        def listed(**options: object) -> list[int]:
            answer = server.call("tasks.list", {"workspaceId": 1, **options})
            assert set(answer) == LIST_KEYS
            return [row["id"] for row in answer["entities"]]

        def only(field: str, operator: str, value: object) -> list[int]:
            return listed(filter=[{"field": field, "operator": operator, "value": value}])

        assert listed() == ids
        assert listed(sort="id", sort_order="desc") == ids[::-1]
        assert only("id", "in", [ids[3], ids[1], 999]) == [ids[1], ids[3]]
        assert only("id", "=", str(ids[2])) == [ids[2]]
        assert only("id", ">=", ids[3]) == ids[3:]
        assert only("id", "<=", ids[1]) == ids[:2]
        assert only("status", "!=", "error") == [i for i in ids if statuses[i] == "finished"]
        assert only("status", "in", ["error"]) == [i for i in ids if statuses[i] == "error"]
        assert only("name", "=", "n4") == [ids[4]]
        page = server.call("tasks.list", {"workspaceId": 1, "page": 2, "per_page": 2, "sort_order": "desc"})
        assert [row["id"] for row in page["entities"]] == [ids[2], ids[1]]
        assert (page["total"], page["perPage"], page["pagesCount"]) == (5, 2, 3)
        for wrong in (
            {"filter": [{"field": "id; DROP TABLE session", "operator": "=", "value": 1}]},
            {"filter": [{"field": "id", "operator": "like", "value": 1}]},
            {"sort": "id desc"},
            {"sort_order": "sideways"},
        ):
            with pytest.raises(Answer):
                listed(**wrong)
        row = server.call("apps.tasks.list", {"teamId": 1, "appId": module, "sort": "startedAt"})["entities"][
            0
        ]
        assert row["meta"]["app"]["id"] == module
        assert row["createdBy"] == 1


def test_log_has_all_lines_the_last_ones_or_those_since(server: Server, noop: int) -> None:
    session = server.run(noop)
    server.wait(session)

    def messages(**query: object) -> list[str]:
        answer = server.send("tasks.log.download", None, verb="GET", params={"id": session, **query})
        return [line["message"] for line in answer.json()]

    assert messages() == ["one", "two", "three"]
    assert messages(limit=2) == ["two", "three"]
    assert messages(limit=0) == []
    assert messages(sinceTime="2000-01-01T00:00:00.000Z") == ["one", "two", "three"]
    assert messages(sinceTime="2999-01-01T00:00:00.000Z") == []


def test_log_since_a_time_leaves_out_no_later_line_of_an_earlier_time(server: Server, noop: int) -> None:
    session = server.run(noop)
    server.wait(session)
    times = ("2100-01-01T00:00:00.000Z", "2200-01-01T00:00:00.000Z", "2150-01-01T00:00:00.000Z")
    lines = [{"message": at[:4], "level": "info", "timestamp": at, "taskId": session} for at in times]
    server.call("tasks.logs.add", {"logs": lines})
    query = {"id": session, "sinceTime": times[1]}
    answer = server.send("tasks.log.download", None, verb="GET", params=query)
    assert [line["message"] for line in answer.json()] == ["2200", "2150"]


def test_lines_given_to_the_api_join_the_log(server: Server, noop: int) -> None:
    session = server.run(noop)
    server.wait(session)
    line = {"message": "by hand", "level": "warning", "task_id": session}
    server.call("tasks.logs.add", {"logs": [line]})
    last = server.call("tasks.log.download", {"id": session})[-1]
    assert (last["message"], last["level"]) == ("by hand", "warn")


def test_output_meta_and_fields_are_kept_and_merged(server: Server, noop: int) -> None:
    session = server.run(noop)
    server.wait(session)
    call = server.call
    call("tasks.output.set", {"taskId": str(session), "output": {"project": {"id": 5}}})
    call("tasks.output.set", {"taskId": session, "output": {"general": {"title": "x"}}})
    call("tasks.meta.update", {"id": session, "agentStorageFolder": {"folder": "/f"}, "name": "not this"})
    info = server.info(session)
    assert info["meta"]["output"] == {"project": {"id": 5}, "general": {"title": "x"}}
    assert info["meta"]["agentStorageFolder"] == {"folder": "/f"}
    assert info["meta"]["name"] == ""
    fields = [
        {"field": "template", "payload": "<div/>"},
        {"field": "data", "payload": {"rows": [1], "deep": {"a": 1}}},
        {"field": "data.rows", "payload": [2, 3], "append": True},
        {"field": "data.deep", "payload": {"b": 2}, "recursive": True},
        {"field": "state.chosen", "payload": True},
    ]
    call("tasks.data.set", {"taskId": session, "fields": fields})
    call(
        "tasks.app-v2.data.set",
        {
            "taskId": session,
            "payload": {
                "data": [{"op": "add", "path": "/new/0", "value": 7}, {"op": "remove", "path": "/rows/0"}],
                "state": {"more": 1},
            },
        },
    )
    names = ["data.rows", "data.deep", "state", "data.missing.x", "data.rows.0", "template"]
    assert call("tasks.data.get", {"taskId": session, "fields": names})["result"] == {
        "data.rows": [2, 3],
        "data.deep": {"a": 1, "b": 2},
        "state": {"chosen": True, "more": 1},
        "data.missing.x": None,
        "data.rows.0": 2,
        "template": "<div/>",
    }


def test_status_cannot_be_talked_into_an_end(server: Server, noop: int) -> None:
    session = server.run(noop)
    server.wait(session)
    for status in ("finished", "stopped", "nonsense"):
        with pytest.raises(Answer):
            server.call("tasks.status.update", {"id": session, "status": status})
    server.call("tasks.status.update", {"id": session, "status": "deployed"})
    assert server.info(session)["status"] == "finished"


def test_context_names_team_and_workspace(server: Server, noop: int) -> None:
    session = server.run(noop)
    context = server.call("GetTaskContext", {"id": session})
    assert context["team"] == {"id": 1, "name": "main"}
    assert context["workspace"] == {"id": 1, "name": "main"}


SERVING = """
import http.server, json, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        answer = json.dumps({"path": self.path, "state": asked["state"]}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
server = http.server.HTTPServer(("127.0.0.1", int(os.environ["VIRTUAL_PORT"])), Handler)
print("serving", flush=True)
server.serve_forever()
"""


def test_request_reaches_an_app_that_listens(server: Server, tmp_path: Path) -> None:
    session = server.run(server.add_app(make_app(tmp_path / "serving", SERVING)))
    server.saying(session, "serving")
    body = {"taskId": session, "command": "deploy/it", "state": {"x": 1}, "context": {}, "timeout": 5}
    assert server.call("tasks.request.direct", body) == {"path": "/deploy/it", "state": {"x": 1}}
    for command in ("../x", "a b", "http://evil", "a?b"):
        with pytest.raises(Answer):
            server.call("tasks.request.direct", {**body, "command": command})
    server.call("tasks.stop", {"id": session})
    server.wait(session)
    with pytest.raises(Answer) as caught:
        server.call("tasks.request.direct", body)
    assert "not running" in json.dumps(caught.value.body)


def test_request_to_an_app_that_does_not_listen_is_refused(server: Server, tmp_path: Path) -> None:
    code = "import time\nprint('up', flush=True)\ntime.sleep(600)"
    session = server.run(server.add_app(make_app(tmp_path / "deaf", code)))
    server.saying(session, "up")
    with pytest.raises(Answer) as caught:
        server.call("tasks.request.direct", {"taskId": session, "command": "is_ready", "timeout": 1})
    assert caught.value.status == 400
    server.call("tasks.stop", {"id": session})


def test_thousand_sessions_come_in_one_quick_answer(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running(home) as server:
        module = server.add_app(make_app(tmp_path / "app", ""))
        first = server.run(module)
        server.wait(first)
    store = Store(home / "instance.db")
    with store.transaction():
        kept = "workspace_id, user_id, agent_id, release_id, module_id, description, params, settings"
        copy = (
            f"INSERT INTO session ({kept}, created_at, name, status)"
            f" SELECT {kept}, created_at, ?, 'finished' FROM session LIMIT 1"
        )
        ids = [store.insert(copy, (f"sf-{number}",)) for number in range(1000)]
    store.close()
    with running(home) as server:
        wanted = [{"field": "id", "operator": "in", "value": ids}]
        times = []
        for _ in range(5):
            began = time.monotonic()
            answer = server.call("tasks.list", {"workspaceId": 1, "filter": wanted, "per_page": 1000})
            times.append(time.monotonic() - began)
    assert [row["id"] for row in answer["entities"]] == ids
    # Generous: about 0.03 s on a machine with nothing else to do.
    assert min(times) < 0.5


def test_files_are_attached_to_tasks(server: Server, noop: int) -> None:
    session = server.run(noop)
    stored = {"name": (None, "k"), "path": (None, "/k.txt"), "file": ("k.txt", b"known", "text/plain")}
    uploaded = server.send("file-storage.bulk.upload", files=stored, params={"teamId": 1})
    hashed = uploaded.json()[0]["hash"]
    known = [{"name": "a/known.txt", "hash": hashed}]
    server.call("tasks.files.bulk.add-by-hash", {"taskId": session, "files": known})
    parts = {
        "0": (None, json.dumps({"fullpath": "b/new.txt", "hash": "?"})),
        "0-file": ("b/new.txt", b"new", ""),
    }
    answer = server.send("tasks.files.bulk.upload", files=parts, headers={"x-task-id": str(session)})
    assert answer.status_code == 200, answer.text
    files = server.call("embedded.task-files", {"taskId": session})
    assert [(file["name"], file["size"]) for file in files] == [("a/known.txt", 5), ("b/new.txt", 3)]
    lone = {"0": (None, "{}")}
    assert server.send("tasks.files.bulk.upload", files=lone, params={"taskId": session}).status_code == 400
    unknown = [{"name": "x", "hash": "A" * 43 + "="}]
    with pytest.raises(Answer):
        server.call("tasks.files.bulk.add-by-hash", {"taskId": session, "files": unknown})
