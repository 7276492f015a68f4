"""What an app learns from its environment, and what it tells."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from slyflow.client.app import AppContext
from slyflow.errors import UsageError
from slyflow.model.instance import TeamFile
from tests.client.conftest import TOKEN
from tests.client.scripted import Script, Scripted, always, reply

Serve = Callable[[Script], Scripted]
ENVIRON = {
    "SERVER_ADDRESS": "http://127.0.0.1:1",
    "API_TOKEN": TOKEN,
    "TASK_ID": "7",
    "SUPERVISELY_TASK_ID": "7",
    "TEAM_ID": "3",
    "WORKSPACE_ID": "4",
    "MODAL_STATE": '{"slyProjectId": 12, "share": 0.8}',
}
FILE = TeamFile(5, "/a/b.zip", "b.zip", 12, storage_path="/team/x")


@pytest.fixture
def server(serve: Serve) -> Scripted:
    return serve(always(reply(b"{}"), keep=True))


@pytest.fixture
def app(server: Scripted) -> AppContext:
    return AppContext.from_environment({**ENVIRON, "SERVER_ADDRESS": server.url})


def test_the_context_is_read_from_the_environment() -> None:
    app = AppContext.from_environment(ENVIRON)
    assert (app.task_id, app.team_id, app.workspace_id) == (7, 3, 4)
    assert app.state == {"slyProjectId": 12, "share": 0.8}
    assert TOKEN not in repr(app)


def test_older_names_of_the_same_are_understood() -> None:
    names = {"TEAM_ID": "context.teamId", "WORKSPACE_ID": "CONTEXT_WORKSPACEID", "SUPERVISELY_TASK_ID": ""}
    environ = {names.get(name, name): value for name, value in ENVIRON.items()}
    app = AppContext.from_environment(environ)
    assert (app.task_id, app.team_id, app.workspace_id) == (7, 3, 4)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"TASK_ID": "", "SUPERVISELY_TASK_ID": ""}, "SUPERVISELY_TASK_ID is not set"),
        ({"TEAM_ID": "x"}, "TEAM_ID is not set to an id"),
        ({"MODAL_STATE": "{"}, "MODAL_STATE is not JSON"),
        ({"MODAL_STATE": "[1]"}, "not a JSON object"),
        ({"API_TOKEN": ""}, "API_TOKEN not set"),
    ],
)
def test_what_is_missing_or_malformed_is_named(changes: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        AppContext.from_environment({**ENVIRON, **changes})


def test_a_session_without_arguments_has_an_empty_state() -> None:
    assert AppContext.from_environment({**ENVIRON, "MODAL_STATE": ""}).state == {}


def test_an_app_acts_in_the_name_of_its_session(app: AppContext, server: Scripted) -> None:
    app.set_output_project(12, "fruit")
    (received,) = server.requests
    assert received.method == "tasks.output.set"
    assert received.json == {"taskId": 7, "output": {"project": {"id": 12, "title": "fruit"}}}
    assert received.headers["x-task-id"] == "7"
    app.instance.close()


@pytest.mark.parametrize(
    ("tell", "icon", "url", "title", "download"),
    [
        (lambda app: app.set_output_file(FILE), "file", "/team/x", "b.zip", True),
        (
            lambda app: app.set_output_file(replace(FILE, storage_path=None)),
            "file",
            "/files/5",
            "b.zip",
            True,
        ),
        (lambda app: app.set_output_archive(FILE), "archive", "/team/x", "b.zip", True),
        (lambda app: app.set_output_report(FILE), "receipt", "/files/5", "b.zip", False),
        (lambda app: app.set_output_folder(FILE, "/a/"), "folder", "/files/5", "/a/", False),
    ],
)
def test_outputs_have_the_shapes_that_supervisely_shows(
    app: AppContext,
    server: Scripted,
    tell: Callable[[AppContext], None],
    icon: str,
    url: str,
    title: str,
    *,
    download: bool,
) -> None:
    tell(app)
    general: dict[str, Any] = server.requests[0].json["output"]["general"]
    assert general["icon"]["className"] == f"zmdi zmdi-{icon}"
    assert (general["titleUrl"], general["title"], general["download"]) == (url, title, download)
    app.instance.close()


@pytest.mark.parametrize("description", [None, "the folder is empty"])
def test_a_handled_failure_is_an_error_output(
    app: AppContext, server: Scripted, description: str | None
) -> None:
    app.set_output_error("nothing to do", description)
    general = server.requests[0].json["output"]["general"]
    assert general["isError"] is True
    assert (general["title"], general.get("description")) == ("nothing to do", description)
    app.instance.close()


def test_the_log_is_one_json_line_each_at_once() -> None:
    out = io.StringIO()
    app = replace(AppContext.from_environment(ENVIRON), log_to=out)
    app.log("two\nlines é")
    app.progress("resize", 3, 12)
    first, second = (json.loads(line) for line in out.getvalue().splitlines())
    assert (first["message"], first["level"]) == ("two\nlines é", "info")
    assert first["timestamp"].endswith("Z")
    assert (second["event_type"], second["subtask"]) == ("EventType.PROGRESS", "resize")
    assert (second["current"], second["total"]) == (3, 12)
