"""Sessions at the prompt: started, watched, asked, told and stopped on the real embedded instance."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli import command

WORKER = """
import json, os, sys, time
from slyflow.client import AppContext
app = AppContext.from_environment(os.environ)
print("word:", app.state["word"], flush=True)
if app.state["does"] == "wait":
    time.sleep(60)
if app.state["does"] == "slow":
    time.sleep(0.5)
    print("later", flush=True)
if app.state["does"] == "admit":
    app.set_output_error("It broke", "badly")
if app.state["does"] == "make":
    app.set_output_project(12, "Lemons")
sys.exit(3 if app.state["does"] == "fail" else 0)
"""
SERVICE = """
import json, os
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        told = {"path": self.path, "state": body["state"], "running": True}
        content = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
HTTPServer(("127.0.0.1", int(os.environ["VIRTUAL_PORT"])), Handler).serve_forever()
"""
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Return the command line in a folder whose instance runs and knows two apps."""
    folder = tmp_path_factory.mktemp("sessions")
    for name, script, state in (
        ("worker", WORKER, {"word": "hello", "does": "nothing"}),
        ("service", SERVICE, {}),
    ):
        app = folder / name
        app.mkdir()
        config: dict[str, Any] = {
            "name": name.title(),
            "type": "app",
            "headless": True,
            "main_script": "main.py",
        }
        config |= {"modal_template_state": state, "context_menu": {"target": ["images_project", "ecosystem"]}}
        (app / "config.json").write_text(json.dumps(config))
        (app / "main.py").write_text(script)
    with command.serving(folder / ".slyflow"):
        for name in ("worker", "service"):
            assert command.slyflow("apps", "add", name, cwd=folder).returncode == 0

        def call(*arguments: str, by: command.Caller = command.here) -> subprocess.CompletedProcess[str]:
            return by(*arguments, cwd=folder)

        yield call


def start(run: Run, *arguments: str, app: str = "local/worker") -> int:
    done = run("session", "start", app, "--json", *arguments)
    assert done.returncode == 0, done.stderr
    session_id: int = json.loads(done.stdout)["id"]
    return session_id


def test_a_session_is_started_with_arguments_and_waited_for(run: Run) -> None:
    done = run(
        *("session", "start", "local/worker", "--argument", "word=moin", "--target", "project=42", "--wait"),
        by=command.slyflow,
    )
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first.startswith("session ")
    session = first.split()[1]
    assert second == f"session {session} finished"
    assert run("session", "logs", session, by=command.slyflow).stdout == "word: moin\n"
    shown = json.loads(run("session", "logs", session, "--json", "--last", "1").stdout)
    assert [(line["message"], line["level"]) for line in shown] == [("word: moin", "info")]


def test_every_option_of_a_start_reaches_the_session(run: Run, tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text('{"word": "raw", "does": "nothing"}')
    session = start(
        run,
        "--state",
        f"@{tmp_path / 'state.json'}",
        *("--name", "Mine", "--description", "why", "--log-level", "debug", "--restart-policy", "on_error"),
        *("--workspace", "1", "--agent", "1", "--user", "1", "--multi-user", "--keep-url"),
        *("--limit-by-workspace", "--kubernetes", "limit_gpus=1"),
    )
    status = json.loads(run("session", "status", str(session), "--json").stdout)
    assert [(one["id"], one["name"], one["workspace_id"]) for one in status] == [(session, "Mine", 1)]
    assert run("session", "wait", str(session), by=command.slyflow).stdout == f"session {session} finished\n"


@pytest.mark.parametrize(
    ("does", "code", "outcome", "said"),
    [
        ("nothing", 0, "finished", "finished"),
        ("fail", 1, "error", "exit code 3"),
        ("admit", 1, "failed", "It broke: badly"),
    ],
)
def test_the_exit_code_of_waiting_tells_the_truth(
    run: Run, does: str, code: int, outcome: str, said: str
) -> None:
    session = start(run, "--argument", f"does={does}")
    done = run("session", "wait", str(session), "--json")
    assert done.returncode == code
    (document,) = json.loads(done.stdout)
    assert (document["id"], document["outcome"]) == (session, outcome)
    assert said in document["message"]


def test_one_that_failed_among_several_is_a_failure(run: Run) -> None:
    good, bad = start(run), start(run, "--argument", "does=fail")
    done = run("session", "wait", str(good), str(bad))
    assert done.returncode == 1
    assert f"session {good} finished" in done.stdout


def test_a_session_past_its_limit_is_late_and_a_stopped_one_no_success(run: Run) -> None:
    session = start(run, "--argument", "does=wait")
    reached = run("session", "wait", str(session), "--until", "started")
    assert (reached.returncode, reached.stdout) == (0, f"session {session} is started\n")
    late = run("session", "wait", str(session), "--run", "0.2")
    assert late.returncode == 1
    assert "longer than its limit" in late.stdout
    stopped = run("session", "stop", str(session))
    assert stopped.returncode == 0
    assert stopped.stdout.startswith(f"session {session} is ")
    ended = run("session", "wait", str(session))
    assert (ended.returncode, ended.stdout) == (1, f"session {session} was stopped\n")
    again = run("session", "stop", str(session), "--json")
    assert json.loads(again.stdout) == [{"id": session, "status": "stopped"}]


def test_a_log_is_followed_to_the_end(run: Run) -> None:
    session = start(run, "--argument", "does=slow")
    done = run("session", "logs", str(session), "--follow")
    assert (done.returncode, done.stdout) == (0, "word: hello\nlater\n")


def test_an_app_is_asked_and_told(run: Run) -> None:
    session = str(start(run, app="local/service"))
    asked = run("session", "request", session, "predict", "--ready", "30s", "--state", '{"x": 1}')
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout) == {"path": "/predict", "state": {"x": 1}, "running": True}
    told = run("session", "state", session, "--set", "data.x=[1]", "--set", "state.word=hi")
    assert json.loads(told.stdout) == {"data.x": [1], "state.word": "hi"}
    run("session", "state", session, "--append", "data.x=[2]", "--merge", 'state={"more": true}')
    whole = json.loads(run("session", "state", session, "--json").stdout)
    assert whole == {"data": {"x": [1, 2]}, "state": {"word": "hi", "more": True}}
    assert json.loads(run("session", "state", session, "data.x").stdout) == {"data.x": [1, 2]}
    run("session", "stop", session)
    run("session", "wait", session)
    ended = run("session", "request", session, "predict", "--ready", "1s")
    assert ended.returncode == 1
    assert f"session {session} has ended" in ended.stderr


def test_what_a_session_made_is_shown(run: Run) -> None:
    session = str(start(run, "--argument", "does=make", "--wait", "--json"))
    shown = run("session", "outputs", session)
    assert shown.stdout.startswith("project  Lemons  http://127.0.0.1:")
    assert shown.stdout.endswith("/projects/12/datasets\n")
    raw = json.loads(run("session", "outputs", session, "--json").stdout)
    assert raw == {"project": {"id": 12, "title": "Lemons"}}
    silent = run("session", "outputs", str(start(run, "--wait")))
    assert (silent.returncode, silent.stdout) == (0, "")
    assert "has not said" in silent.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["start", "local/no-such"], 1, 'no app "local/no-such"'),
        (["start", "local/worker@v9.9.9"], 1, "no such version"),
        (["start", "local/worker", "--argument", "wrod=x"], 2, 'did you mean "word"'),
        (["start", "local/worker", "--argument", "word"], 2, "is not KEY=VALUE"),
        (["start", "local/worker", "--state", "[1]"], 2, "no object"),
        (["start", "local/worker", "--state", "{"], 2, "--state is no JSON"),
        (["start", "local/worker", "--state", "@no-such"], 2, "cannot be read"),
        (["start", "local/worker", "--state", "{}", "--argument", "a=1"], 2, "not allowed with"),
        (["start", "local/worker", "--kubernetes", "cpus=1"], 2, 'unknown Kubernetes setting "cpus"'),
        (["start", "local/worker", "--branch", "main"], 1, "no branches"),
        (["start", "local/worker", "--log-level", "loud"], 2, "invalid choice"),
        (["wait", "x"], 2, '"x" is no id'),
        (["wait", "1", "--run", "soon"], 2, '"soon" is no time'),
        (["wait", "99999"], 1, ""),
        (["status", "99999"], 1, "99999"),
        (["stop", "99999"], 1, "99999"),
        (["logs", "99999"], 1, "99999"),
        (["logs", "99999", "--follow"], 1, "99999"),
        (["logs", "1", "--follow", "--json"], 2, "--follow prints lines"),
        (["outputs", "99999"], 1, "99999"),
        (["state", "1", "data..x"], 2, "no name of a field"),
        (["request", "99999", "predict"], 1, "99999"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_makes_no_sense_is_told_with_its_exit_code(
    run: Run, arguments: list[str], code: int, said: str
) -> None:
    done = run("session", *arguments)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_session_that_was_never_there_is_lost(run: Run) -> None:
    done = run("session", "wait", "99999")
    assert (done.returncode, done.stdout) == (1, "session 99999 is not on the instance\n")
