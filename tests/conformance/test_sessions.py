"""The official SDK looks up apps, and starts, watches and stops sessions."""

import time
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.conformance.judge import Judge

sly: Any = pytest.importorskip("supervisely")
pytestmark = pytest.mark.conformance


@pytest.fixture(scope="module")
def patient(judge: Judge) -> Any:
    return judge.add_app("patient")


def start(judge: Judge, module: Any, **state: Any) -> Any:
    return judge.api.app.start(
        agent_id=None,
        module_id=module.id,
        workspace_id=1,
        description="a test",
        params=state,
        task_name=f"test {time.monotonic_ns()}",
    )


def follow(judge: Judge, session_id: int, *wanted: str) -> str:
    """Wait until the session has one of these statuses; return it."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        status: str = judge.api.task.get_status(session_id).value
        if status in wanted:
            return status
        time.sleep(0.05)
    raise AssertionError(f"session {session_id} is {status}, wanted {wanted}")


def test_an_app_is_found_by_slug_and_by_id(judge: Judge, patient: Any) -> None:
    api = judge.api
    assert api.app.get_ecosystem_module_id(patient.slug) == patient.id
    assert api.app.get_ecosystem_module_info(slug=patient.slug).name == "Patient"
    assert patient.config["mainScript" if "mainScript" in patient.config else "main_script"] == "src/main.py"
    listed = api.app.get_list_ecosystem_modules(search="Patient")
    assert [module["id"] for module in listed] == [patient.id]
    assert api.app.find_module_id_by_app_name("Patient") == patient.id
    (owned,) = [app for app in api.app.get_list(1) if app.module_id == patient.id]
    assert (owned.name, owned.team_id) == ("Patient", 1)
    assert api.app.get_info_by_id(owned.id).slug == patient.slug
    with pytest.raises(KeyError):
        api.app.get_ecosystem_module_id("nobody/nothing")


def test_the_arguments_of_an_app_are_its_own(patient: Any) -> None:
    arguments = patient.get_arguments(images_project=5)
    assert arguments == {"seconds": 0, "code": 0, "words": "hello", "slyProjectId": 5}


def test_an_app_s_code_is_downloaded(judge: Judge, patient: Any, tmp_path: Path) -> None:
    version = patient.meta["releases"][0]["version"]
    judge.api.app.download_git_archive(
        patient.id, None, version, str(tmp_path / "app.tar"), log_progress=False
    )
    sly.fs.unpack_archive(str(tmp_path / "app.tar"), str(tmp_path / "app"))
    (top,) = (tmp_path / "app").iterdir()
    assert (top / "src" / "main.py").is_file()
    path = str(tmp_path / "config.json")
    judge.api.app.download_git_file(
        patient.id, path, version=version, file_path="config.json", log_progress=False
    )
    assert sly.json.load_json_file(path)["name"] == "Patient"


def test_a_session_runs_to_its_end_and_is_told_whole(judge: Judge, patient: Any) -> None:
    api = judge.api
    session = start(judge, patient, words="spoken")
    assert (session.module_id, session.user_id) == (patient.id, 1)
    api.app.wait(session.task_id, api.app.Status.FINISHED)
    info = api.task.get_info_by_id(session.task_id)
    assert (info["status"], info["teamId"], info["workspaceId"]) == ("finished", 1, 1)
    assert info["meta"]["app"]["moduleId"] == patient.id
    assert info["meta"]["params"]["state"] == {"words": "spoken"}
    assert info["description"] == "a test"
    messages = {line["message"]: line["level"] for line in api.task.get_logs(session.task_id)}
    assert messages["spoken"] == "info"
    assert messages["a structured line"] == "warn"
    assert api.task.get_context(session.task_id)["team"]["id"] == 1


def test_sessions_are_listed_by_app_status_and_workspace(judge: Judge, patient: Any) -> None:
    api = judge.api
    done = start(judge, patient)
    follow(judge, done.task_id, "finished")
    running = start(judge, patient, seconds=60)
    follow(judge, running.task_id, "started")
    live = api.app.get_sessions(1, patient.id, statuses=[api.task.Status.STARTED])
    assert [session.task_id for session in live] == [running.task_id]
    every = api.app.get_sessions(1, patient.id)
    assert {done.task_id, running.task_id} <= {session.task_id for session in every}
    name = every[0].details["meta"]["name"]
    assert [session.task_id for session in api.app.get_sessions(1, patient.id, session_name=name)] == [
        every[0].task_id
    ]
    wanted = [{"field": "id", "operator": "in", "value": [done.task_id, running.task_id]}]
    found = {row["id"]: row["status"] for row in api.task.get_list(1, wanted)}
    assert found == {done.task_id: "finished", running.task_id: "started"}
    api.app.stop(running.task_id)
    follow(judge, running.task_id, "stopped")


def test_a_failure_is_an_error_with_its_exit_code(judge: Judge, patient: Any) -> None:
    api = judge.api
    session = start(judge, patient, code=3)
    with pytest.raises(sly.api.task_api.TaskFinishedWithError):
        api.app.wait(session.task_id, api.app.Status.FINISHED)
    assert api.task.get_info_by_id(session.task_id)["meta"]["exitCode"] == 3


def test_what_an_app_says_of_itself_is_read_back(judge: Judge, patient: Any) -> None:
    api = judge.api
    session = start(judge, patient, seconds=60)
    follow(judge, session.task_id, "started")
    api.task.set_field(session.task_id, "data.progress", {"current": 1})
    api.task.set_field(session.task_id, "state.list", ["a"])
    api.task.set_field(session.task_id, "state.list", ["b"], append=True)
    assert api.task.get_field(session.task_id, "data.progress") == {"current": 1}
    assert api.task.get_fields(session.task_id, ["state.list"]) == {"state.list": ["a", "b"]}
    api.task.set_output_text(session.task_id, "All is well", "nothing to see")
    api.task.set_output_error(session.task_id, "It broke", "badly")
    general = api.task.get_info_by_id(session.task_id)["meta"]["output"]["general"]
    assert (general["title"], general["isError"]) == ("It broke", True)
    api.task.update_meta(session.task_id, {"templateRootDirectory": "/x"})
    assert api.task.get_info_by_id(session.task_id)["meta"]["templateRootDirectory"] == "/x"
    api.task.submit_logs([{"message": "from outside", "taskId": session.task_id, "level": "info"}])
    api.task.stop(session.task_id)
    follow(judge, session.task_id, "stopped")


def test_a_service_answers_until_it_is_stopped(judge: Judge) -> None:
    api, module = judge.api, judge.add_app("service")
    session = start(judge, module)
    assert api.app.wait_until_ready_for_api_calls(session.task_id, attempts=40, attempt_delay_sec=1)
    assert api.app.is_ready_for_api_calls(session.task_id)
    assert api.task.send_request(session.task_id, "predict", {"x": 1}) == {"echo": {"x": 1}}
    api.app.stop(session.task_id)
    follow(judge, session.task_id, "stopped")
    with pytest.raises(requests.HTTPError):
        api.task.send_request(session.task_id, "predict", {}, retries=1)


def test_people_places_and_agents_are_known(judge: Judge) -> None:
    api = judge.api
    me = api.user.get_my_info()
    assert api.user.get_info_by_id(me.id).login == me.login
    (team,) = api.team.get_list()
    assert api.team.get_info_by_id(team.id).name == team.name
    (workspace,) = api.workspace.get_list(team.id)
    assert api.workspace.get_info_by_name(team.id, workspace.name).id == workspace.id
    (agent,) = api.agent.get_list(team.id)
    assert [available.id for available in api.agent.get_list_available(team.id)] == [agent.id]
    assert api.is_version_supported("6.11.11")
