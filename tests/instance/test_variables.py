"""The environment of a session, name by name."""

from pathlib import Path
from typing import Any

from slyflow.instance.folders import Folders
from slyflow.instance.variables import LARGE_MARK, Identity, session_environment

FOLDERS = Folders(Path("/home/sessions/7"), Path("/home/caches"))
IDENTITY = Identity(7, "http://127.0.0.1:1", 2, "admin", 3, 4, 5, "the-token")


def made(state: dict[str, Any], inherited: dict[str, str] | None = None, **config: Any) -> dict[str, str]:
    return session_environment(
        IDENTITY,
        FOLDERS,
        config,
        config_dir="sub",
        state=state,
        log_level="debug",
        port=9,
        inherited=inherited or {},
    )


def test_ids_stand_under_every_name_that_apps_read() -> None:
    env = made({})
    assert env["TASK_ID"] == env["SUPERVISELY_TASK_ID"] == env["SLYFLOW_SESSION"] == "7"
    assert env["context.teamId"] == env["CONTEXT_TEAMID"] == env["TEAM_ID"] == "3"
    assert env["context.workspaceId"] == env["WORKSPACE_ID"] == "4"
    assert env["API_TOKEN"] == env["AGENT_TOKEN"] == env["context.apiToken"] == "the-token"
    assert (env["LOG_LEVEL"], env["CONFIG_DIR"], env["ENV"]) == ("DEBUG", "sub", "production")


def test_state_is_flattened_as_the_agent_does() -> None:
    env = made({"a": {"b": [1, "x"], "empty": {}}, "t": True, "f": 0.5, "none": None, "text": "ü"})
    assert env["modal.state.a.b"] == env["MODAL_STATE_A_B"] == "[1, 'x']"
    assert env["modal.state.t"] == "True"
    assert env["modal.state.f"] == "0.5"
    assert env["modal.state.text"] == "ü"
    assert not [name for name in env if "none" in name.lower() or "empty" in name.lower()]


def test_targets_have_their_short_names() -> None:
    env = made({"slyProjectId": 1, "slyDatasetId": 2, "slyFile": "/f", "slyFolder": "/d/"})
    assert (env["PROJECT_ID"], env["context.datasetId"], env["FILE"], env["FOLDER"]) == (
        "1",
        "2",
        "/f",
        "/d/",
    )


def test_values_the_kernel_would_refuse_are_marked_or_left_out() -> None:
    env = made({"big": "x" * 70_000, "nul": "a\0b", "lone": "\ud800", "a=b": 1})
    assert env["modal.state.big"] == LARGE_MARK
    assert env["MODAL_STATE"] == LARGE_MARK
    assert not [name for name in env if "nul" in name or "lone" in name or "=" in name]


def test_only_harmless_variables_are_inherited() -> None:
    inherited = {
        "PATH": "/bin",
        "CUDA_VISIBLE_DEVICES": "1",
        "API_TOKEN": "remote",
        "AWS_SECRET_ACCESS_KEY": "k",
        "LD_PRELOAD": "x",
        "PYTHONPATH": "/elsewhere",
        "HOME": "/root",
        "no_proxy": "internal",
    }
    env = made({}, inherited)
    assert (env["PATH"], env["CUDA_VISIBLE_DEVICES"]) == ("/bin", "1")
    assert env["no_proxy"] == env["NO_PROXY"] == "internal,127.0.0.1,localhost"
    assert not {"AWS_SECRET_ACCESS_KEY", "LD_PRELOAD"} & set(env)
    assert "remote" not in env.values()
    assert env["HOME"].startswith("/home/caches")
    assert env["PYTHONPATH"] == "/home/sessions/7/repo"


def test_token_is_not_in_the_identitys_repr() -> None:
    assert "the-token" not in repr(IDENTITY)
