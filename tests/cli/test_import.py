"""What `slyflow import` writes launches the same again."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from slyflow.client.instance import Instance
from slyflow.graph.resolve import resolve
from slyflow.instance.home import Address
from slyflow.syntax.load import load_source
from tests.cli import command
from tests.cli.test_init import PIPELINES, write_app

TARGETS = ["ecosystem", "images_project", "images_dataset", "files_folder", "files_file", "agent_folder"]
# Says nothing and takes everything that can be told apart by its key.
ECHO = {
    "name": "Echo",
    "type": "app",
    "headless": True,
    "main_script": "main.py",
    "context_menu": {"target": TARGETS},
    "modal_template_state": {"side": 512, "share": 0.5, "name": "", "model": None, "deep": {"a": [1, 2]}},
}
DEFAULTS: dict[str, Any] = dict(ECHO["modal_template_state"])  # type: ignore[call-overload]  # it is a map
STATES: Mapping[str, dict[str, Any]] = {
    "as the defaults": DEFAULTS,
    "changed": {**DEFAULTS, "side": 256, "share": 1, "name": "a: b # c", "model": {"x": None}},
    "the same number of another kind": {**DEFAULTS, "side": 512.0, "share": True},
    "without some": {"side": 512},
    "nothing": {},
    "undeclared": {**DEFAULTS, "more": [1, {"deep": "x"}], "no": "yes", "1": 2},
    "no expression": {**DEFAULTS, "name": "${{ params.x }} $${{", "deep": {"from_file": "../../etc/passwd"}},
    "several lines": {**DEFAULTS, "name": "a:\n  - b\n\n# c\n", "more": "\x1b[2J\x85\u2028\ttab"},
    "a project": {**DEFAULTS, "slyProjectId": 1},
    "a project and a dataset": {**DEFAULTS, "slyProjectId": 1, "slyDatasetId": 1},
    "three targets": {**DEFAULTS, "slyProjectId": 1, "slyDatasetId": 1, "slyFolder": "/a"},
    "a folder": {**DEFAULTS, "slyFolder": "/with space/"},
    "a folder on the agent": {**DEFAULTS, "slyFolder": "agent://1/data"},
    "a file": {**DEFAULTS, "slyFile": "/a/${{ b }}.zip"},
    "an id as text": {**DEFAULTS, "slyProjectId": "1"},
    "no target after all": {**DEFAULTS, "slyProjectId": None, "slyFolder": "", "slyTeamId": 7, "slyJobId": 8},
    "secrets": {
        **DEFAULTS,
        "api_token": "tok-123456",
        "deep": {"a": [1, 2], "dbPassword": "hunter22", "from_file": "x", "url": "https://me:pass1@host/"},
    },
}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, Instance]]:
    """Give a folder with a running instance, and a client of it; `echo`, `make` and `copy` are registered."""
    write_app(tmp_path / "apps", "make", "ecosystem")
    write_app(tmp_path / "apps", "copy", "images_project")
    echo = tmp_path / "apps" / "echo"
    echo.mkdir()
    (echo / "config.json").write_text(json.dumps(ECHO))
    (echo / "main.py").write_text("")
    with command.serving(tmp_path / ".slyflow") as address, _client(address) as instance:
        for name in ("make", "copy", "echo"):
            instance.transport.call("embedded.apps.add", {"path": str(tmp_path / "apps" / name)})
        yield tmp_path, instance


def _client(address: Address) -> Instance:
    return Instance(address.url, address.token, is_near=True)


def _start(instance: Instance, slug: str, state: Mapping[str, Any], **more: Any) -> int:
    """Launch a session as a web page would, wait for its end, and return its id."""
    module = instance.ecosystem.module(slug)
    body = {
        "moduleId": module.id,
        "workspaceId": 1,
        "params": {"state": state},
        "appVersion": "v1.0.0",
        **more,
    }
    answer: Any = instance.transport.call("tasks.run.app", body)
    session: int = answer[0]["taskId"]
    assert instance.tracing is not None
    while not instance.sessions.info(session).status.is_terminal:
        instance.tracing.watched([session], 5)
    return session


def _state(instance: Instance, session: int) -> Any:
    info: Any = instance.sessions.info(session).info
    return info["meta"]["params"]["state"]


def _import(folder: Path, *sessions: int, output: str = "imported.yaml", code: int = 0) -> str:
    flags = [flag for session in sessions for flag in ("--session", str(session))]
    ended = command.here("import", *flags, "--output", output, cwd=folder)
    assert ended.returncode == code, ended.stderr
    return (folder / output).read_text()


def _run(folder: Path, *flags: str, environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    ran = command.here("run", "imported.yaml", "--json", *flags, cwd=folder, environ=environ)
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_every_state_is_launched_again_exactly(served: tuple[Path, Instance]) -> None:
    folder, instance = served
    assert instance.projects.create_project(1, "lemons") == 1
    assert instance.projects.create_dataset(1, "unripe") == 1
    for path in ("/a/${{ b }}.zip", "/with space/b"):
        instance.files.upload(1, path, b"x")
    sessions = [_start(instance, "local/echo", state) for state in STATES.values()]
    text = _import(folder, *sessions)
    assert command.here("validate", "imported.yaml", cwd=folder).returncode == 0
    assert "{images_project: 1, images_dataset: 1}  # lemons, unripe" in text
    assert "{agent_folder: agent" in text.replace('"', "")
    environ = {}
    for value in ("tok-123456", "hunter22", "https://me:pass1@host/"):
        assert value not in text
    steps = list(_run_steps(text))
    secret_step = steps[list(STATES).index("secrets")]
    for key, value in (
        ("API_TOKEN", "tok-123456"),
        ("DBPASSWORD", "hunter22"),
        ("URL", "https://me:pass1@host/"),
    ):
        environ[f"{secret_step.upper()}_{key}"] = value
    refused = command.here("run", "imported.yaml", cwd=folder)
    assert refused.returncode == 2
    assert f"{secret_step.upper()}_API_TOKEN" in refused.stderr
    document = _run(folder, environ=environ)
    for step, (what, state) in zip(steps, STATES.items(), strict=True):
        again = _state(instance, document["steps"][step]["session"])
        assert json.dumps(again, sort_keys=True) == json.dumps(state, sort_keys=True), what


def _run_steps(text: str) -> Iterator[str]:
    inside = False
    for line in text.splitlines():
        inside = inside or line == "steps:"
        if inside and line.startswith("  ") and line[2] not in " #":
            yield line.strip().removesuffix(":")


def test_arguments_as_the_defaults_are_left_out(served: tuple[Path, Instance]) -> None:
    folder, instance = served
    session = _start(instance, "local/echo", {**DEFAULTS, "side": 256})
    text = _import(folder, session)
    assert "app: local/echo@v1.0.0" in text
    assert "    # as the app's defaults: share, name, model, deep\n    arguments:\n      side: 256\n" in text


def test_settings_are_written_where_they_are_not_the_defaults(served: tuple[Path, Instance]) -> None:
    folder, instance = served
    session = _start(
        instance,
        "local/echo",
        DEFAULTS,
        taskName="Echo of\x1b[2J friday",
        logLevel="debug",
        restartPolicy="on_error",
        singleSessionMode=True,
        redirectRequests={"token": "redirect-token", "port": 9},
        advancedSettings={"limitByWorkspace": True, "limitGpus": 1, "useHealthCheck": False},
    )
    text = _import(folder, session)
    assert "redirect-token" not in text
    for line in (
        "workspace: main/main",
        "agent: this machine",
        "log_level: debug",
        "restart_policy: on_error",
        "multi_user: true",
        "limit_by_workspace: true",
        "kubernetes: {use_health_check: false, limit_gpus: 1}",
    ):
        assert f"    {line}" in text
    again = _run(folder)["steps"]["echo"]["session"]
    first, second = (instance.sessions.info(one).info for one in (session, again))
    for key in ("settings", "workspaceId", "agentId", "userId", "moduleId"):
        assert second[key] == first[key], key
    assert "friday" in str(instance.sessions.info(again).name)


def test_sessions_are_linked_by_what_they_made_and_the_chain_runs(served: tuple[Path, Instance]) -> None:
    folder, instance = served
    made = _start(instance, "local/make", {"side": 512})
    copied = _start(instance, "local/copy", {"side": 100, "slyProjectId": _project(instance, made)})
    used = {**DEFAULTS, "side": 2, "source_project_id": _project(instance, copied)}
    echoed = _start(instance, "local/echo", used)
    text = _import(folder, echoed, made, copied)
    assert 'images_project: "${{ steps.make.outputs.project }}"}  # was 1 (made by 1)' in text
    assert 'source_project_id: "${{ steps.copy.outputs.project }}"  # was 2 (copy of 1 by 2)' in text
    assert "side: 2" in text, "a number that happens to be an id stays one"
    assert command.here("validate", "--strict", "imported.yaml", cwd=folder).returncode == 0
    steps = _run(folder)["steps"]
    assert list(steps) == ["make", "copy", "echo"]
    project = steps["make"]["outputs"]["project"]["id"]
    assert project not in (1, 2)
    assert _state(instance, steps["copy"]["session"]) == {"side": 100, "slyProjectId": project}
    copy = steps["copy"]["outputs"]["project"]["id"]
    assert _state(instance, steps["echo"]["session"]) == {**used, "source_project_id": copy}


def _project(instance: Instance, session: int) -> int:
    output: Any = instance.sessions.info(session).output
    found: int = output["project"]["id"]
    return found


def test_a_session_of_slyflows_own_keeps_its_steps_name(served: tuple[Path, Instance]) -> None:
    folder, _ = served
    (folder / "imported.yaml").write_text("{slyflow: 1, steps: {first_try: {app: local/echo}}}")
    session = _run(folder)["steps"]["first_try"]["session"]
    text = _import(folder, session, output="again.yaml")
    assert "  first_try:\n" in text
    assert "title" not in text
    assert "sf-" not in text


def test_without_a_file_it_is_printed_and_an_existing_one_is_kept(served: tuple[Path, Instance]) -> None:
    folder, instance = served
    session = str(_start(instance, "local/echo", DEFAULTS))
    printed = command.slyflow("import", "--session", session, cwd=folder)
    assert printed.returncode == 0
    (folder / "imported.yaml").write_text(printed.stdout)
    assert command.here("validate", "--strict", "imported.yaml", cwd=folder).returncode == 0
    again = command.here("import", "--session", session, "--output", "imported.yaml", cwd=folder)
    assert again.returncode == 2
    assert (folder / "imported.yaml").read_text() == printed.stdout


@pytest.mark.parametrize(
    ("flags", "code", "message"),
    [
        (("--session", "99"), 1, "there is no session 99"),
        (("--session", "x"), 2, "'x' is no id of a session"),
        (("--session", "0"), 2, "'0' is no id of a session"),
        (("--session", "1", "--session", "1"), 2, "a session is given twice"),
        ((), 2, "--session"),
    ],
)
def test_what_is_no_session_is_refused(
    tmp_path: Path, flags: tuple[str, ...], code: int, message: str
) -> None:
    ended = command.here("import", *flags, "--instance", "embedded", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert message in ended.stderr


def test_the_quickstart_s_sessions_are_linked_as_its_steps_were(tmp_path: Path) -> None:
    (tmp_path / "pipelines").symlink_to(PIPELINES)
    with command.serving(tmp_path / ".slyflow"):
        ran = command.slyflow("run", "pipelines/quickstart.yaml", "--json", cwd=tmp_path, timeout=240)
        steps = json.loads(ran.stdout)["steps"]
        sessions = {name: step["session"] for name, step in steps.items() if step["session"] is not None}
        text = _import(tmp_path, *sessions.values())
        assert command.here("validate", "--strict", "imported.yaml", cwd=tmp_path).returncode == 0
        loaded = load_source(text, "imported.yaml", {})
        assert loaded.pipeline is not None
        dag = resolve(loaded.pipeline).dag
        assert dag is not None
        assert {name: set(dag.needs(name)) for name in sessions} == {
            "fetch": set(),
            "resize": {"fetch"},
            "split": {"fetch"},
            "export_resized": {"resize"},
            "export_split": {"split"},
            "report": {"resize", "split"},
        }
