"""The official SDK and our client let the embedded instance do the same, and learn the same from it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest

from slyflow.client.endpoints import Readiness
from slyflow.client.fields import Change
from slyflow.client.filter import Filter
from slyflow.client.instance import Instance
from slyflow.client.order import Order
from slyflow.client.outputs import Icon
from slyflow.client.waited import How, Limits, Phase
from slyflow.client.waiting import Pace
from slyflow.model.session import LogLine, Status
from slyflow.secret import Secret
from tests.conformance.judge import Judge

sly: Any = pytest.importorskip("supervisely")
pytestmark = pytest.mark.conformance
SOON = Pace(every=0.05)


@pytest.fixture(scope="module")
def instance(judge: Judge) -> Iterator[Instance]:
    with Instance(judge.url, Secret(judge.token)) as client:
        yield client


@pytest.fixture(scope="module")
def patient(judge: Judge) -> int:
    module_id: int = judge.add_app("patient").id
    return module_id


@pytest.fixture(scope="module")
def pair(judge: Judge, patient: int) -> tuple[int, int]:
    """Return two ended sessions: what the SDK does to one, our client does to the other."""
    return judge.run("patient", {}), judge.run("patient", {})


def start(instance: Instance, module_id: int, **state: Any) -> int:
    order = Order(workspace_id=1, module_id=module_id, state=state, name=f"ours {time.monotonic_ns()}")
    return instance.sessions.start_app(order).id


def test_a_session_started_by_either_is_the_same(judge: Judge, instance: Instance, patient: int) -> None:
    told: dict[str, Any] = {"description": "a test", "log_level": "debug", "restart_policy": "on_error"}
    theirs = judge.api.app.start(
        agent_id=None, module_id=patient, workspace_id=1, task_name="n", params={"words": "w"}, **told
    )
    order = Order(workspace_id=1, module_id=patient, name="n", state={"words": "w"}, **told)
    ours = instance.sessions.start_app(order)
    assert astuple(ours)[1:] == (theirs.user_id, theirs.module_id, theirs.app_id)
    assert [one.how for one in instance.waiting.all([theirs.task_id, ours.id], pace=SOON).values()] == [
        How.FINISHED,
        How.FINISHED,
    ]
    infos: list[dict[str, Any]] = [
        dict(instance.sessions.info(one).info) for one in (theirs.task_id, ours.id)
    ]
    for info in infos:
        for own in ("id", "createdAt", "startedAt", "finishedAt"):
            del info[own]
        del info["meta"]["sessionToken"]
    assert infos[0] == infos[1]
    assert judge.api.task.get_info_by_id(ours.id) == dict(instance.sessions.info(ours.id).info)


def test_both_see_the_same_session(judge: Judge, instance: Instance, pair: tuple[int, int]) -> None:
    one, other = pair
    api = judge.api
    assert api.task.get_status(one).value == instance.sessions.info(one).status.value
    assert api.task.get_context(one)["team"]["id"] == instance.sessions.place(one).team_id
    assert instance.sessions.url(one) == judge.url + api.app.get_url(one)
    assert api.app.get_session_token("a/b") == instance.session_token("a/b").reveal()
    theirs = api.task.get_list(1, [{"field": "id", "operator": "in", "value": [one, other]}])
    ours = instance.sessions.in_workspace(1, where=[Filter("id", [one, other], "in")])
    assert theirs == [dict(session.info) for session in ours]
    lines = [(line["message"], line["level"], line["timestamp"]) for line in api.task.get_logs(one)]
    assert lines == [astuple(line)[:3] for line in instance.logs.read(one)]
    since = lines[1][2]
    assert [line["message"] for line in api.task.get_logs(one, since, 1)] == [
        line.message for line in instance.logs.read(one, since=since, limit=1)
    ]


def test_how_a_session_ends_is_told_better(judge: Judge, instance: Instance, patient: int) -> None:
    api, status = judge.api, judge.api.app.Status
    failed = start(instance, patient, code=3)
    with pytest.raises(sly.api.task_api.TaskFinishedWithError):
        api.app.wait(failed, status.FINISHED)
    waited = instance.waiting.one(failed, pace=SOON)
    assert waited.how is How.ERROR
    assert "exit code 3" in waited.message
    stopped = start(instance, patient, seconds=60)
    assert instance.waiting.one(stopped, until=Status.STARTED, pace=SOON).how is How.REACHED
    late = instance.waiting.one(stopped, limits=Limits(run=0.2), pace=SOON)
    assert (late.how, late.phase) == (How.LATE, Phase.RUN)
    assert instance.sessions.stop(stopped) in (Status.TERMINATING, Status.STOPPED)
    assert instance.waiting.one(stopped, pace=SOON).how is How.STOPPED
    assert api.app.wait(stopped, status.FINISHED) is None, "the SDK sees no difference"
    with pytest.raises(TypeError):
        api.app.wait(99_999, status.FINISHED)
    assert instance.waiting.one(99_999, pace=SOON).how is How.LOST


def test_a_log_is_followed_while_it_is_written(instance: Instance, patient: int) -> None:
    session = start(instance, patient, words="first", seconds=0.6)
    lines = [line.message for line in instance.logs.follow(session, every=0.05)]
    assert lines == [line.message for line in instance.logs.read(session)]
    assert lines[:2] == ["first", "a structured line"]


def test_what_is_told_of_a_session_is_kept_alike(
    judge: Judge, instance: Instance, pair: tuple[int, int]
) -> None:
    theirs, ours = pair
    api = judge.api
    api.task.update_meta(theirs, {"a": {"b": 1}})
    instance.sessions.set_meta(ours, {"a": {"b": 1}})
    api.task.submit_logs([{"message": "m", "level": "warn", "taskId": theirs}])
    instance.logs.add(ours, [LogLine("m", "warn")])
    api.app.initialize(theirs, "<p>", {"x": [1]}, {"y": 2})
    instance.fields.initialize(ours, "<p>", {"x": [1]}, {"y": 2})
    api.task.set_field(theirs, "data.x", [2], append=True)
    instance.fields.change(ours, [Change("data.x", [2], append=True)])
    api.task.set_field(theirs, "state", {"z": {}}, recursive=True)
    instance.fields.change(ours, [Change("state", {"z": {}}, recursive=True)])
    api.task.set_fields_from_dict(theirs, {"state.w": None})
    instance.fields.set(ours, {"state.w": None})
    names = ["template", "data", "state", "data.x", "no.such"]
    assert api.task.get_fields(theirs, names) == instance.fields.get_all(ours, names)
    assert instance.fields.get(ours, "data.x") == [1, 2]
    infos: list[Any] = [instance.sessions.info(one).info for one in pair]
    assert [info["meta"]["a"] for info in infos] == [{"b": 1}, {"b": 1}]
    assert [instance.sessions.log(one)[-1].message for one in pair] == ["m", "m"]


def test_every_output_is_kept_alike(
    judge: Judge, instance: Instance, pair: tuple[int, int], tmp_path: Path
) -> None:
    theirs, ours = pair
    tell, api = instance.outputs, judge.api
    project = api.project.create(1, "told", change_name_if_conflict=True)
    (tmp_path / "a.tar").write_bytes(b"abc")
    file = api.file.upload(1, str(tmp_path / "a.tar"), "/told/a.tar")
    pairs: list[tuple[Callable[[], object], Callable[[], object]]] = [
        (
            lambda: api.task.set_output_project(theirs, project.id, "told"),
            lambda: tell.set_project(ours, project.id, "told"),
        ),
        (
            lambda: api.task.set_output_archive(theirs, file.id, "a.tar"),
            lambda: tell.set_archive(ours, file.id, "a.tar"),
        ),
        (
            lambda: api.task.set_output_file_download(theirs, file.id, "a.tar", download=False),
            lambda: tell.set_file(ours, file.id, "a.tar", downloads=False),
        ),
        (
            lambda: api.task.set_output_report(theirs, file.id, "a.tar"),
            lambda: tell.set_report(ours, file.id, "a.tar"),
        ),
        (
            lambda: api.task.set_output_directory(theirs, file.id, "/told/"),
            lambda: tell.set_folder(ours, file.id, "/told/"),
        ),
        (
            lambda: api.task.set_output_text(theirs, "T", "D", zmdi_icon="zmdi-check"),
            lambda: tell.set_text(ours, "T", "D", icon=Icon("check")),
        ),
        (lambda: api.task.set_output_error(theirs, "T"), lambda: tell.set_error(ours, "T")),
        (
            lambda: api.task.set_output_experiment(theirs, {"a": 1}),
            lambda: tell.set_experiment(ours, {"a": 1}),
        ),
    ]
    for act_theirs, act_ours in pairs:
        act_theirs()
        act_ours()
        outputs = [instance.outputs.get(one) for one in pair]
        assert outputs[0] == outputs[1]
        assert outputs[0].raw == api.task.get_info_by_id(ours)["meta"]["output"]
    assert outputs[0].general is not None
    assert outputs[0].general.is_error
    assert outputs[0].experiment == {"a": 1}
    assert outputs[0].project is not None
    assert outputs[0].project.id == project.id
    assert instance.waiting.one(ours).how is How.FAILED, "it finished, and says that it failed"


def test_a_service_answers_both(judge: Judge, instance: Instance) -> None:
    api, service = judge.api, judge.add_app("service").id
    session = start(instance, service)
    assert instance.endpoints.wait_until_running(session, every=0.05) is Readiness.READY
    assert api.app.is_ready_for_api_calls(session)
    assert instance.endpoints.is_running(session)
    assert instance.endpoints.is_ready(session) == api.task.is_ready(session)
    theirs = api.task.send_request(session, "predict", {"x": 1})
    assert instance.endpoints.ask(session, "predict", {"x": 1}) == theirs == {"echo": {"x": 1}}
    assert api.app.stop(session).value in ("terminating", "stopped")
    assert instance.waiting.one(session, pace=SOON).how is How.STOPPED
    assert not instance.endpoints.is_running(session)
    assert instance.endpoints.wait_until_running(session) is Readiness.ENDED
    assert instance.endpoints.wait_until_running(99_999) is Readiness.GONE
