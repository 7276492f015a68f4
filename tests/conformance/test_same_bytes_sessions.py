"""What the official SDK sends for each function about sessions, and that our client sends the same."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from slyflow.client.fields import Change
from slyflow.client.filter import Filter
from slyflow.client.instance import Instance
from slyflow.client.order import Order, Redirect
from slyflow.client.outputs import Icon
from slyflow.model.session import LogLine, Status
from slyflow.secret import Secret
from tests.conformance.differences import EVERYWHERE, SESSIONS
from tests.conformance.recorder import Both, Case, Found, Recorder, unlisted, unseen, untold

sly: Any = pytest.importorskip("supervisely")
pytestmark = pytest.mark.conformance

Ours = Callable[[Instance], object]
TASK = {
    "id": 7,
    "status": "finished",
    "teamId": 3,
    "workspaceId": 4,
    "createdBy": 2,
    "moduleId": 9,
    "meta": {"name": "n", "app": {"id": 8, "moduleId": 9, "name": "App", "version": "v1.2.0"}},
}
MODULE = {
    "id": 9,
    "slug": "a/b",
    "name": "App",
    "type": "app",
    "config": {"contextMenu": {"target": ["images_project"]}},
    "createdAt": "2026-01-01T00:00:00.000Z",
    "updatedAt": "2026-01-01T00:00:00.000Z",
    "meta": {"releases": [{"version": "v1.2.0"}, {"version": "v1.1.0"}]},
}
FILE = {
    "id": 5,
    "teamId": 3,
    "userId": 2,
    "name": "a.tar",
    "path": "/a.tar",
    "storagePath": "/h5un6l2bnaz1vj8a9qgms4-public/teams_storage/3/a.tar",
    "hash": "x",
    "meta": {"size": 3, "mime": "application/x-tar", "ext": "tar"},
    "createdAt": "2026-01-01T00:00:00.000Z",
    "updatedAt": "2026-01-01T00:00:00.000Z",
    "fullStorageUrl": "https://example.com/a.tar",
}
PROJECT = {
    "id": 11,
    "name": "Lemons",
    "description": "",
    "size": "0",
    "workspaceId": 4,
    "teamId": 3,
    "type": "images",
    "createdAt": "2026-01-01T00:00:00.000Z",
    "updatedAt": "2026-01-01T00:00:00.000Z",
    "referenceImageUrl": "https://example.com/image-converter/images/1.jpg",
}
CLOUDS = {**PROJECT, "id": 12, "type": "point_clouds"}
REPLIES: Mapping[str, Any] = {
    "tasks.run.app": [{"taskId": 7, "userId": 2, "moduleId": 9, "appId": 8}],
    "ecosystem.info": MODULE,
    "tasks.info": TASK,
    "tasks.stop": {"id": 7, "status": "terminating"},
    "tasks.list": {"total": 1, "perPage": 500, "pagesCount": 1, "entities": [TASK]},
    "tasks.status.update": {"success": True},
    "tasks.meta.update": {"success": True},
    "tasks.log.download": [{"message": "m", "level": "info", "timestamp": "2026-01-01T00:00:00.000Z"}],
    "tasks.logs.add": {"success": True},
    "tasks.data.set": {"success": True},
    "tasks.data.get": {"result": {"data.x": 1, "state.y": None}},
    "tasks.output.set": {"success": True},
    "tasks.request.direct": {"running": True, "status": "ready"},
    "GetTaskContext": {"team": {"id": 3, "name": "t"}, "workspace": {"id": 4, "name": "w"}},
    "instance.get-render-previews-session-token": b"a-token",
    "file-storage.info": FILE,
    "projects.info": lambda body: {11: PROJECT, 12: CLOUDS}[body["id"]],
}
KUBERNETES = {
    "use_health_check": True,
    "request_cpus": 1,
    "limit_cpus": 2,
    "limit_memory_gb": 3,
    "limit_shm_gb": 4,
    "limit_storage_gb": 5,
    "limit_gpus": 6,
    "limit_gpu_memory_mb": 7,
    "limit_gpu_cores_perc": 8,
}
ALIASES = {
    "useHealthCheck": True,
    "requestCpus": 1,
    "limitCpus": 2,
    "limitMemoryGb": 3,
    "limitShmGb": 4,
    "limitStorageGb": 5,
    "limitGpus": 6,
    "limitGpuMemoryMb": 7,
    "limitGpuCoresPerc": 8,
}


def order(**told: Any) -> Ours:
    """Return our call that starts an app with the SDK's texts where the case does not say others."""
    texts = {"name": "pythonSpawned", "description": "application description", "version": ""}
    return lambda instance: instance.sessions.start_app(Order(workspace_id=4, **{**texts, **told}))


def app_order(**told: Any) -> Ours:
    return order(**{"name": "run-from-python", "description": "", "version": None, **told})


TASK_START = {"agent_id": None, "workspace_id": 4, "module_id": 9}
STARTING = [
    Case("task.start", TASK_START, order(module_id=9)),
    Case("task.start", {**TASK_START, "agent_id": 5}, order(module_id=9, agent_id=5)),
    Case("task.start", {"agent_id": None, "workspace_id": 4, "app_id": 8}, order(app_id=8)),
    Case(
        "task.start",
        {**TASK_START, "description": "why", "task_name": "n"},
        order(module_id=9, description="why", name="n"),
    ),
    Case(
        "task.start",
        {**TASK_START, "params": {"state": {"a": [1, {"b": None}]}}},
        order(module_id=9, state={"a": [1, {"b": None}]}),
    ),
    Case(
        "task.start",
        {**TASK_START, "params": {"state": {}, "more": 1}},
        order(module_id=9, params={"more": 1}),
    ),
    *(
        Case("task.start", {**TASK_START, "log_level": level}, order(module_id=9, log_level=level))
        for level in ("info", "debug", "warning", "error")
    ),
    Case("task.start", {**TASK_START, "users_ids": [2]}, order(module_id=9, users=(2,))),
    Case("task.start", {**TASK_START, "app_version": "v1.1.0"}, order(module_id=9, version="v1.1.0")),
    Case(
        "task.start",
        {**TASK_START, "app_version": "main", "is_branch": True},
        order(module_id=9, version="main", is_branch=True),
    ),
    Case(
        "task.start",
        {**TASK_START, "restart_policy": "on_error"},
        order(module_id=9, restart_policy="on_error"),
    ),
    Case("task.start", {**TASK_START, "proxy_keep_url": True}, order(module_id=9, keeps_url=True)),
    Case(
        "task.start",
        {**TASK_START, "redirect_requests": {"token": "word", "port": 8000}},
        order(module_id=9, redirect=Redirect(Secret("word"), 8000)),
    ),
    Case(
        "task.start", {**TASK_START, "limit_by_workspace": True}, order(module_id=9, limit_by_workspace=True)
    ),
    Case(
        "task.start",
        {**TASK_START, "kubernetes_settings": ALIASES},
        order(module_id=9, kubernetes=KUBERNETES),
    ),
    Case(
        "task.start",
        {**TASK_START, "kubernetes_settings": sly.api.task_api.KubernetesSettings(**KUBERNETES)},
        order(module_id=9, kubernetes=ALIASES),
    ),
    Case("task.start", {**TASK_START, "multi_user_session": True}, order(module_id=9, multi_user=True)),
    Case("app.start", TASK_START, app_order(module_id=9)),
    Case("app.start", {**TASK_START, "params": {"a": 1}}, app_order(module_id=9, state={"a": 1})),
    Case("app.start", {**TASK_START, "params": {"state": {"a": 1}}}, app_order(module_id=9, state={"a": 1})),
    Case(
        "app.start",
        {**TASK_START, "users_id": 2, "app_version": ""},
        app_order(module_id=9, users=(2,), version=""),
    ),
    Case("app.start", {**TASK_START, "users_id": [2]}, app_order(module_id=9, users=(2,))),
    Case(
        "app.start",
        {
            "agent_id": 5,
            "app_id": 8,
            "workspace_id": 4,
            "description": "why",
            "log_level": "debug",
            "app_version": "main",
            "is_branch": True,
            "task_name": "n",
            "restart_policy": "on_error",
            "proxy_keep_url": True,
            "redirect_requests": {"token": "word", "port": 8000},
            "kubernetes_settings": {"limitCpus": 2},
            "multi_user_session": True,
        },
        app_order(
            app_id=8,
            agent_id=5,
            description="why",
            log_level="debug",
            version="main",
            is_branch=True,
            name="n",
            restart_policy="on_error",
            keeps_url=True,
            redirect=Redirect(Secret("word"), 8000),
            kubernetes={"limit_cpus": 2},
            multi_user=True,
        ),
    ),
]
WATCHING = [
    Case("task.stop", {"id": 7}, lambda instance: instance.sessions.stop(7)),
    Case("app.stop", {"id": 7}, lambda instance: instance.sessions.stop(7)),
    Case("task.get_status", {"task_id": 7}, lambda instance: instance.sessions.info(7).status),
    Case("app.get_status", {"task_id": 7}, lambda instance: instance.sessions.info(7).status),
    Case("task.get_info_by_id", {"id": 7}, lambda instance: instance.sessions.info(7)),
    Case("task.get_list", {"workspace_id": 4}, lambda instance: instance.sessions.in_workspace(4)),
    Case(
        "task.get_list",
        {"workspace_id": 4, "filters": [{"field": "status", "operator": "=", "value": "error"}]},
        lambda instance: instance.sessions.in_workspace(4, where=[Filter("status", "error")]),
    ),
    Case(
        "task.wait",
        {"id": 7, "target_status": sly.api.task_api.TaskApi.Status.FINISHED},
        lambda instance: instance.waiting.one(7),
    ),
    Case(
        "task.wait",
        {
            "id": 7,
            "target_status": sly.api.task_api.TaskApi.Status.STARTED,
            "wait_attempts": 2,
            "wait_attempt_timeout_sec": 1,
        },
        lambda instance: instance.waiting.one(7, until=Status.STARTED),
    ),
    Case(
        "app.wait",
        {
            "id": 7,
            "target_status": sly.api.task_api.TaskApi.Status.FINISHED,
            "attempts": 2,
            "attempt_delay_sec": 1,
        },
        lambda instance: instance.waiting.one(7),
    ),
    Case(
        "task.update_status",
        {"task_id": 7, "status": sly.api.task_api.TaskApi.Status.DEPLOYED},
        lambda instance: instance.sessions.set_status(7, Status.DEPLOYED),
    ),
    Case(
        "task.update_meta",
        {"id": 7, "data": {"a": 1}},
        lambda instance: instance.sessions.set_meta(7, {"a": 1}),
    ),
    Case(
        "task.update_meta",
        {"id": 7, "data": {}, "agent_storage_folder": "/agent", "relative_app_dir": "app"},
        lambda instance: instance.sessions.set_meta(
            7, {"agentStorageFolder": {"hostDir": "/agent", "folder": "app"}}
        ),
    ),
    Case("task.get_context", {"id": 7}, lambda instance: instance.sessions.place(7)),
    Case("app.get_url", {"task_id": 7}, lambda instance: instance.sessions.url(7)),
    Case("app.get_session_token", {"slug": "a/b"}, lambda instance: instance.session_token("a/b")),
    Case("task.get_logs", {"task_id": 7}, lambda instance: instance.logs.read(7)),
    Case(
        "task.get_logs",
        {"task_id": 7, "since_time": "2026-01-01T00:00:00.000Z", "limit": 5},
        lambda instance: instance.logs.read(7, since="2026-01-01T00:00:00.000Z", limit=5),
    ),
    Case(
        "task.submit_logs",
        {"logs": [{"message": "m", "level": "warn", "taskId": 7, "timestamp": "2026-01-01T00:00:00.000Z"}]},
        lambda instance: instance.logs.add(7, [LogLine("m", "warn", "2026-01-01T00:00:00.000Z")]),
    ),
]
SPEAKING = [
    Case(
        "task.send_request",
        {"task_id": 7, "method": "predict", "data": {"x": 1}},
        lambda instance: instance.endpoints.ask(7, "predict", {"x": 1}),
    ),
    Case(
        "task.send_request",
        {
            "task_id": 7,
            "method": "predict",
            "data": {},
            "context": {"teamId": 3},
            "skip_response": True,
            "timeout": 5,
            "outside_request": False,
            "retries": 1,
            "raise_error": True,
        },
        lambda instance: instance.endpoints.ask(
            7, "predict", {}, context={"teamId": 3}, wants_answer=False, seconds=5, from_outside=False
        ),
    ),
    Case("task.is_running", {"task_id": 7}, lambda instance: instance.endpoints.is_running(7, seconds=60)),
    Case("task.is_ready", {"task_id": 7}, lambda instance: instance.endpoints.is_ready(7)),
    Case("app.is_ready_for_api_calls", {"task_id": 7}, lambda instance: instance.endpoints.is_running(7)),
    Case(
        "app.wait_until_ready_for_api_calls",
        {"task_id": 7, "attempts": 2, "attempt_delay_sec": 1},
        lambda instance: instance.endpoints.wait_until_running(7, seconds=2),
    ),
    Case(
        "task.get_field", {"task_id": 7, "field": "data.x"}, lambda instance: instance.fields.get(7, "data.x")
    ),
    Case(
        "task.get_fields",
        {"task_id": 7, "fields": ["data.x", "state.y"]},
        lambda instance: instance.fields.get_all(7, ["data.x", "state.y"]),
    ),
    Case(
        "task.set_field",
        {"task_id": 7, "field": "data.x", "payload": {"a": 1}},
        lambda instance: instance.fields.change(7, [Change("data.x", {"a": 1})]),
    ),
    Case(
        "task.set_field",
        {"task_id": 7, "field": "data.x", "payload": [1], "append": True, "recursive": True},
        lambda instance: instance.fields.change(7, [Change("data.x", [1], append=True, recursive=True)]),
    ),
    Case(
        "task.set_fields",
        {"task_id": 7, "fields": [{"field": "data.x", "payload": 1}, {"field": "state.y", "payload": None}]},
        lambda instance: instance.fields.set(7, {"data.x": 1, "state.y": None}),
    ),
    Case(
        "task.set_fields_from_dict",
        {"task_id": 7, "d": {"data.x": 1}},
        lambda instance: instance.fields.set(7, {"data.x": 1}),
    ),
    Case(
        "app.initialize",
        {"task_id": 7, "template": "<p>"},
        lambda instance: instance.fields.initialize(7, "<p>"),
    ),
    Case(
        "app.initialize",
        {"task_id": 7, "template": "<p>", "data": {"notifyDialog": 1, "x": 2}, "state": {"y": 3}},
        lambda instance: instance.fields.initialize(7, "<p>", {"notifyDialog": 1, "x": 2}, {"y": 3}),
    ),
]
TELLING = [
    Case(
        "task.set_output_project",
        {"task_id": 7, "project_id": 12},
        lambda instance: instance.outputs.set_project(7, 12),
    ),
    Case(
        "task.set_output_project",
        {"task_id": 7, "project_id": 11},
        lambda instance: instance.outputs.set_project(7, 11),
    ),
    Case(
        "task.set_output_project",
        {"task_id": 7, "project_id": 11, "project_name": "Limes", "project_preview": "https://example.com/a"},
        lambda instance: instance.outputs.set_project(7, 11, "Limes", "https://example.com/a"),
    ),
    Case(
        "task.set_output_report",
        {"task_id": 7, "file_id": 5, "file_name": "r.html"},
        lambda instance: instance.outputs.set_report(7, 5, "r.html"),
    ),
    Case(
        "task.set_output_report",
        {"task_id": 7, "file_id": 5, "file_name": "r.html", "description": "Words"},
        lambda instance: instance.outputs.set_report(7, 5, "r.html", "Words"),
    ),
    Case(
        "task.set_output_archive",
        {"task_id": 7, "file_id": 5, "file_name": "a.tar"},
        lambda instance: instance.outputs.set_archive(7, 5, "a.tar"),
    ),
    Case(
        "task.set_output_archive",
        {"task_id": 7, "file_id": 5, "file_name": "a.tar", "file_url": "/x"},
        lambda instance: instance.outputs.set_archive(7, 5, "a.tar", "/x"),
    ),
    Case(
        "task.set_output_file_download",
        {"task_id": 7, "file_id": 5, "file_name": "a.tar"},
        lambda instance: instance.outputs.set_file(7, 5, "a.tar"),
    ),
    Case(
        "task.set_output_file_download",
        {"task_id": 7, "file_id": 5, "file_name": "a.tar", "file_url": "/x", "download": False},
        lambda instance: instance.outputs.set_file(7, 5, "a.tar", "/x", downloads=False),
    ),
    Case(
        "task.set_output_directory",
        {"task_id": 7, "file_id": 5, "directory_path": "/made/"},
        lambda instance: instance.outputs.set_folder(7, 5, "/made/"),
    ),
    Case(
        "task.set_output_error",
        {"task_id": 7, "title": "It broke"},
        lambda instance: instance.outputs.set_error(7, "It broke"),
    ),
    Case(
        "task.set_output_error",
        {"task_id": 7, "title": "It broke", "description": "badly", "show_logs": False},
        lambda instance: instance.outputs.set_error(7, "It broke", "badly", shows_log=False),
    ),
    Case(
        "task.set_output_text",
        {"task_id": 7, "title": "All is well"},
        lambda instance: instance.outputs.set_text(7, "All is well"),
    ),
    Case(
        "task.set_output_text",
        {
            "task_id": 7,
            "title": "All is well",
            "description": "",
            "show_logs": True,
            "zmdi_icon": "zmdi-check",
            "icon_color": "#000000",
            "background_color": "#ffffff",
        },
        lambda instance: instance.outputs.set_text(
            7, "All is well", "", shows_log=True, icon=Icon("check", "#000000", "#ffffff")
        ),
    ),
    Case(
        "task.set_output_experiment",
        {"task_id": 7, "experiment_info": {"project_id": 11, "checkpoints": ["a"]}},
        lambda instance: instance.outputs.set_experiment(7, {"project_id": 11, "checkpoints": ["a"]}),
    ),
]
CASES = [*STARTING, *WATCHING, *SPEAKING, *TELLING]


@pytest.fixture(scope="module")
def recorder(record: Callable[[Any], Recorder]) -> Recorder:
    return record(REPLIES)


@pytest.fixture(scope="module")
def recorded(recorder: Recorder, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Case], Both]:
    """Let both sides do each case once."""
    done: dict[int, Both] = {}

    def both(case: Case) -> Both:
        if id(case) not in done:
            done[id(case)] = recorder.both(case, tmp_path_factory.getbasetemp())
        return done[id(case)]

    return both


@pytest.mark.parametrize("case", CASES, ids=str)
def test_ours_sends_what_theirs_sends(recorded: Callable[[Case], Both], case: Case) -> None:
    both = recorded(case)
    assert not isinstance(both.their_result, Exception), both.their_result
    assert not isinstance(both.our_result, Exception), both.our_result
    assert unlisted(both.differences(), [*EVERYWHERE, *SESSIONS]) == []
    assert len(both.theirs) == len(both.ours)


def test_every_listed_difference_is_there(recorded: Callable[[Case], Both]) -> None:
    found: list[Found] = [one for case in CASES for one in recorded(case).differences()]
    assert unseen(found, SESSIONS) == []


def test_every_option_of_every_function_is_told(recorder: Recorder) -> None:
    assert untold(sly.Api(recorder.url, "x"), CASES) == set()
