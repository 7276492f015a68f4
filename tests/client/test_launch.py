"""What a launch says, and what counts as its acceptance."""

from dataclasses import replace
from typing import Any

import pytest

from slyflow.client.launch import payload, started_id
from slyflow.errors import BadReply
from slyflow.model.interface import App, Interface
from slyflow.model.launch import Launch, Workspace

LAUNCH = Launch(
    marker="sf-1",
    app=App("a/b", 9, "v1.2.0", "B", Interface((), None, from_ecosystem=True, headless=True)),
    workspace=Workspace(4, 3, 2),
    title="sf-1 b",
    description="slyflow run=r marker=sf-1",
    state={"x": 1},
)
# As supervisely 6.74 sends them.
SDK_KEYS = {
    "taskName",
    "description",
    "moduleId",
    "agentId",
    "workspaceId",
    "params",
    "logLevel",
    "usersIds",
    "appVersion",
    "isBranch",
    "restartPolicy",
    "proxyKeepUrl",
    "advancedSettings",
}


def test_a_plain_launch_sends_the_keys_of_the_sdk_and_no_others() -> None:
    body = payload(LAUNCH)
    assert set(body) == SDK_KEYS
    assert body["params"] == {"state": {"x": 1}}
    assert body["agentId"] is None
    assert body["usersIds"] == []
    assert body["advancedSettings"] == {"limitByWorkspace": False}
    assert (body["moduleId"], body["appVersion"], body["isBranch"]) == (9, "v1.2.0", False)


def test_settings_reach_their_keys() -> None:
    body = payload(
        replace(
            LAUNCH,
            app=replace(LAUNCH.app, version="main", is_branch=True),
            agent_id=5,
            user_id=6,
            multi_user=True,
            log_level="debug",
            restart_policy="on_error",
            kubernetes={"limit_cpus": 2, "limitGpus": 1, "request_cpus": None},
            limit_by_workspace=True,
        )
    )
    assert (body["appVersion"], body["isBranch"]) == ("main", True)
    assert (body["agentId"], body["usersIds"], body["singleSessionMode"]) == (5, [6], True)
    assert (body["logLevel"], body["restartPolicy"]) == ("debug", "on_error")
    assert body["advancedSettings"] == {"limitByWorkspace": True, "limitCpus": 2, "limitGpus": 1}


def test_one_session_is_accepted() -> None:
    assert started_id([{"taskId": 7, "userId": 1, "moduleId": 9, "appId": 3}]) == 7


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        {"taskId": 7},
        [],
        [{"taskId": 7}, {"taskId": 8}],
        [{"id": 7}],
        [[7]],
        [{"taskId": "7"}],
        [{"taskId": "12; rm -rf"}],
        [{"taskId": -1}],
        [{"taskId": 0}],
        [{"taskId": 1e3}],
        [{"taskId": 2**70}],
        [{"taskId": True}],
        [{"taskId": None}],
    ],
)
def test_nothing_else_is(answer: Any) -> None:
    with pytest.raises(BadReply):
        started_id(answer)
