"""Sessions as real processes: every way they end, what they see, and what is left of them: nothing."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from tests.instance.server import Answer, Server, environment_of, is_alive, make_app, running, until

FATAL = json.dumps({"message": "it broke", "level": "fatal", "event_type": "EventType.TASK_CRASHED"})
FOREVER = "import os, time\nprint('pid', os.getpid(), flush=True)\ntime.sleep(600)\n"
STUBBORN = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + FOREVER


def pid_of(server: Server, session_id: int) -> int:
    return int(server.saying(session_id, "pid ").rpartition("pid ")[2].split()[0])


def test_session_that_exits_0_is_finished_and_leaves_no_files(server: Server, tmp_path: Path) -> None:
    session = server.run(server.add_app(make_app(tmp_path / "fine", "print('hello')")))
    info = server.wait(session)
    assert info["status"] == "finished"
    assert info["meta"]["exitCode"] == 0
    assert info["startedAt"] <= info["finishedAt"]
    assert server.log(session) == "hello"
    until(lambda: (server.home.sessions / str(session)).exists(), lambda exists: not exists)


def test_session_that_exits_3_is_an_error_with_a_cause_and_keeps_its_files(
    server: Server, tmp_path: Path
) -> None:
    code = "import os, sys\nopen(os.environ['SLY_APP_DATA_DIR'] + '/x', 'w').close()\nsys.exit(3)"
    session = server.run(server.add_app(make_app(tmp_path / "fails", code)))
    info = server.wait(session)
    assert info["status"] == "error"
    assert info["meta"]["error"]["message"] == "the app ended with exit code 3"
    assert "the app ended with exit code 3" in server.log(session)
    assert (server.home.sessions / str(session) / "data" / "x").exists()


def test_session_killed_by_a_signal_says_which(server: Server, tmp_path: Path) -> None:
    code = "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)"
    session = server.run(server.add_app(make_app(tmp_path / "segfault", code)))
    info = server.wait(session)
    assert info["status"] == "error"
    assert info["meta"]["error"]["message"] == "the app was killed by SIGSEGV"


def test_fatal_line_with_exit_0_is_an_error(server: Server, tmp_path: Path) -> None:
    session = server.run(server.add_app(make_app(tmp_path / "fatal", f"print({FATAL!r})")))
    info = server.wait(session)
    assert (info["status"], info["meta"]["error"]["message"]) == ("error", "it broke")


def test_is_error_with_exit_0_stays_finished(server: Server, tmp_path: Path) -> None:
    code = """
import json, os, urllib.request
def call(method, body):
    url = os.environ["SERVER_ADDRESS"] + "/public/api/v3/" + method
    headers = {"x-api-key": os.environ["API_TOKEN"], "content-type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), headers)).read()
call("tasks.output.set", {"taskId": os.environ["TASK_ID"], "output": {"general": {"isError": True}}})
"""
    info = server.wait(server.run(server.add_app(make_app(tmp_path / "soft", code))))
    assert info["status"] == "finished"
    assert info["meta"]["output"] == {"general": {"isError": True}}


def test_error_title_and_message_lines_become_the_cause(server: Server, tmp_path: Path) -> None:
    code = "print('Error title: No disk')\nprint('Error message: Buy one')\nraise SystemExit(1)"
    info = server.wait(server.run(server.add_app(make_app(tmp_path / "titled", code))))
    assert info["meta"]["error"] == {"title": "No disk", "message": "Buy one"}


def test_binary_output_becomes_log_lines(server: Server, tmp_path: Path) -> None:
    code = "import sys\nsys.stdout.buffer.write(bytes(range(256)) * 10 + b'\\nafter\\n')"
    session = server.run(server.add_app(make_app(tmp_path / "binary", code)))
    assert server.wait(session)["status"] == "finished"
    assert server.log(session).endswith("after")


def test_json_output_keeps_its_fields(server: Server, tmp_path: Path) -> None:
    line = {
        "message": "progress",
        "level": "info",
        "event_type": "EventType.PROGRESS",
        "current": 3,
        "total": 9,
    }
    session = server.run(server.add_app(make_app(tmp_path / "json", f"print({json.dumps(line)!r})")))
    server.wait(session)
    found = server.call("tasks.log.download", {"id": session})[0]
    assert found.items() >= line.items()
    assert found["task_id"] == session


def test_flood_of_output_does_not_stop_the_server(server: Server, tmp_path: Path) -> None:
    code = "import sys\nblock = b'y' * 65535 + b'\\n'\nwhile True:\n    sys.stdout.buffer.write(block)"
    session = server.run(server.add_app(make_app(tmp_path / "flood", code)))
    server.saying(session, "yyyy")
    slowest = 0.0
    for _ in range(20):
        began = time.monotonic()
        server.info(session)
        slowest = max(slowest, time.monotonic() - began)
    server.call("tasks.stop", {"id": session})
    assert server.wait(session)["status"] == "stopped"
    assert slowest < 1.0
    assert sum(path.stat().st_size for path in server.home.logs.glob(f"{session}.*")) < 40 << 20


def test_stop_ends_a_running_session(server: Server, tmp_path: Path) -> None:
    session = server.run(server.add_app(make_app(tmp_path / "runs", FOREVER)))
    pid = pid_of(server, session)
    server.call("tasks.stop", {"id": session})
    assert server.call("tasks.stop", {"id": session})["status"] in ("terminating", "stopped")
    assert server.wait(session)["status"] == "stopped"
    assert not is_alive(pid)


def test_stop_kills_an_app_that_ignores_sigterm(server: Server, tmp_path: Path) -> None:
    session = server.run(server.add_app(make_app(tmp_path / "stubborn", STUBBORN)))
    pid = pid_of(server, session)
    server.call("tasks.stop", {"id": session})
    assert server.info(session)["status"] == "terminating"
    assert server.wait(session)["status"] == "stopped"
    assert not is_alive(pid)


def test_app_that_answers_sigterm_with_exit_0_is_stopped_not_finished(server: Server, tmp_path: Path) -> None:
    code = "import signal, sys\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n" + FOREVER
    session = server.run(server.add_app(make_app(tmp_path / "polite", code)))
    pid_of(server, session)
    server.call("tasks.stop", {"id": session})
    assert server.wait(session)["status"] == "stopped"


@pytest.mark.parametrize("leave", ["", "os.setsid()"], ids=["in-group", "own-session"])
def test_daemon_that_an_app_leaves_is_killed(server: Server, tmp_path: Path, leave: str) -> None:
    code = f"""
import os, time
said, says = os.pipe()
if os.fork() == 0:
    {leave or "pass"}
    if os.fork() == 0:
        print("pid", os.getpid(), flush=True)
        os.write(says, b"x")
        time.sleep(600)
    os._exit(0)
os.read(said, 1)
"""
    session = server.run(server.add_app(make_app(tmp_path / f"daemon{len(leave)}", code)))
    pid = pid_of(server, session)
    assert server.wait(session)["status"] == "finished"
    until(lambda: is_alive(pid), lambda alive: not alive)


def test_sessions_have_the_environment_of_an_agent_and_nothing_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_TOKEN", "a-remote-token")
    monkeypatch.setenv("SECRET_OF_MINE", "hidden")
    with running(tmp_path / "home") as server:
        app = make_app(tmp_path / "env", FOREVER, categories=["import"])
        session = server.run(
            server.add_app(app), {"slyProjectId": 7, "deep": {"list": [1, "a"], "none": None}}
        )
        variables = environment_of(pid_of(server, session))
        token = server.address.token.reveal()
        server.call("tasks.stop", {"id": session})
        server.wait(session)
    assert variables["PROJECT_ID"] == variables["context.projectId"] == "7"
    assert variables["modal.state.deep.list"] == "[1, 'a']"
    assert variables["MODAL_STATE_DEEP_LIST"] == "[1, 'a']"
    assert "modal.state.deep.none" not in variables
    assert variables["TASK_ID"] == variables["SUPERVISELY_TASK_ID"] == str(session)
    assert variables["ENV"] == "production"
    assert json.loads(variables["APP_CATEGORIES"]) == ["import"]
    assert variables["HOME"] != os.environ["HOME"]
    everything = "\n".join(variables.values())
    assert "a-remote-token" not in everything
    assert token not in everything
    assert "SECRET_OF_MINE" not in variables


def test_each_session_has_its_own_copy_of_the_code(server: Server, tmp_path: Path) -> None:
    code = "open(__file__, 'a').write('# changed')\nprint(open(__file__).read().count('# changed'))"
    module = server.add_app(make_app(tmp_path / "selfish", code))
    for _ in range(2):
        session = server.run(module)
        server.wait(session)
        # One in the code's own text, one appended: never what another session appended.
        assert server.log(session) == "3"


def test_session_token_ends_with_the_session(server: Server, tmp_path: Path) -> None:
    session = server.run(server.add_app(make_app(tmp_path / "token", FOREVER)))
    token = environment_of(pid_of(server, session))["API_TOKEN"]
    assert server.send("users.me", {}, token=token).status_code == 200
    server.call("tasks.stop", {"id": session})
    server.wait(session)
    assert server.send("users.me", {}, token=token).status_code == 401


def test_slots_are_respected_and_the_queue_is_in_order(tmp_path: Path) -> None:
    code = "import os, time\nwhile not os.path.exists(os.environ['modal.state.flag']): time.sleep(0.01)"
    with running(tmp_path / "home", slots=2) as server:
        module = server.add_app(make_app(tmp_path / "waits", code))
        flags = [tmp_path / f"flag{n}" for n in range(4)]
        sessions = [server.run(module, {"flag": str(flag)}) for flag in flags]
        for session in sessions[:2]:
            server.wait(session, "started")
        assert [server.info(session)["status"] for session in sessions[2:]] == ["queued", "queued"]
        flags[1].touch()
        server.wait(sessions[2], "started")
        assert server.info(sessions[3])["status"] == "queued"
        server.call("tasks.stop", {"id": sessions[3]})
        assert server.info(sessions[3])["status"] == "stopped"
        for flag in flags:
            flag.touch()
        assert [server.wait(session)["status"] for session in sessions[:3]] == ["finished"] * 3


def test_killed_server_leaves_no_process_and_its_successor_says_so(tmp_path: Path) -> None:
    home = tmp_path / "home"
    daemon = (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    print('daemon', os.getpid(), flush=True)\n"
    )
    server = Server(home, slots=1)
    session = server.run(
        server.add_app(make_app(tmp_path / "app", daemon + "    time.sleep(600)\n" + STUBBORN))
    )
    waiting = server.run(server.add_app(make_app(tmp_path / "next", "print('ran')")))
    pid = pid_of(server, session)
    stray = int(server.saying(session, "daemon ").rpartition("daemon ")[2].split()[0])
    server.kill()
    until(lambda: is_alive(pid) or is_alive(stray), lambda alive: not alive)
    with running(home) as successor:
        info = successor.info(session)
        assert info["status"] == "error"
        assert info["meta"]["error"]["message"].startswith("runner lost")
        assert "runner lost" in successor.log(session)
        assert successor.wait(waiting)["status"] == "finished"


def test_killed_guard_loses_its_sessions_but_not_the_server(tmp_path: Path) -> None:
    with running(tmp_path / "home", slots=1) as server:
        session = server.run(server.add_app(make_app(tmp_path / "app", STUBBORN)))
        pid = pid_of(server, session)
        guard = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        assert guard != server.process.pid
        os.kill(guard, signal.SIGKILL)
        info = server.wait(session)
        assert info["status"] == "error"
        assert info["meta"]["error"]["message"].startswith("runner lost")
        assert not is_alive(pid)
        again = server.run(server.add_app(make_app(tmp_path / "again", "print('up')")))
        assert server.wait(again)["status"] == "finished"


def test_server_that_is_told_to_end_takes_its_sessions_with_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    server = Server(home, slots=1)
    module = server.add_app(make_app(tmp_path / "app", FOREVER))
    session, waiting = server.run(module), server.run(module)
    pid = pid_of(server, session)
    server.close()
    assert server.process.returncode == 0
    assert not is_alive(pid)
    with running(home) as successor:
        for lost in (session, waiting):
            info = successor.info(lost)
            assert info["status"] == "error"
            assert info["meta"]["error"]["message"].startswith("runner lost")


def test_entry_point_for_a_shell_is_refused_and_nothing_runs(server: Server, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    app = make_app(tmp_path / "evil", "print('ran')", entrypoint=f"python main.py; touch {mark}")
    session = server.run(server.add_app(app))
    info = server.wait(session)
    assert info["status"] == "error"
    assert "only a shell would understand" in info["meta"]["error"]["message"]
    assert "ran" not in server.log(session)
    assert not mark.exists()


def test_unknown_session_is_404(server: Server) -> None:
    with pytest.raises(Answer) as caught:
        server.info(99_999)
    assert caught.value.status == 404


def test_restart_policy_on_error_tries_again_within_the_session(server: Server, tmp_path: Path) -> None:
    code = """
import os, sys
mark = os.environ["SLY_APP_DATA_DIR"] + "/tries"
open(mark, "a").write("x")
tries = len(open(mark).read())
print("try", tries)
sys.exit(tries < int(os.environ["modal.state.needed"]))
"""
    module = server.add_app(make_app(tmp_path / "flaky", code))
    session = server.run(module, {"needed": 3}, restartPolicy="on_error")
    assert server.wait(session)["status"] == "finished"
    assert "try 3" in server.log(session)
    session = server.run(module, {"needed": 9}, restartPolicy="on_error")
    assert server.wait(session)["status"] == "error"
    assert "try 4" in server.log(session)
    assert "try 5" not in server.log(session)
    session = server.run(module, {"needed": 2})
    assert server.wait(session)["status"] == "error"


def test_prepared_but_killed_queue_goes_on_after_a_restart(tmp_path: Path) -> None:
    home = tmp_path / "home"
    server = Server(home, slots=1)
    hold = server.run(server.add_app(make_app(tmp_path / "hold", FOREVER)))
    waiting = server.run(server.add_app(make_app(tmp_path / "next", "print('ran')")))
    pid_of(server, hold)
    until(lambda: (server.home.sessions / str(waiting) / "repo").exists(), bool)
    server.kill()
    with running(home) as successor:
        assert successor.wait(waiting)["status"] == "finished"
        assert successor.log(waiting) == "ran"


def test_stopped_before_its_turn_leaves_no_files(tmp_path: Path) -> None:
    with running(tmp_path / "home", slots=1) as server:
        module = server.add_app(make_app(tmp_path / "hold", FOREVER))
        hold, waiting = server.run(module), server.run(module)
        until(lambda: (server.home.sessions / str(waiting) / "repo").exists(), bool)
        server.call("tasks.stop", {"id": waiting})
        server.call("tasks.stop", {"id": hold})
        assert server.wait(hold)["status"] == "stopped"
        until(lambda: (server.home.sessions / str(waiting)).exists(), lambda exists: not exists)


def test_stop_right_after_the_start_is_not_lost(server: Server, tmp_path: Path) -> None:
    module = server.add_app(make_app(tmp_path / "early", FOREVER))
    for delay in (0.0, 0.002, 0.004, 0.006, 0.008, 0.01, 0.015, 0.02):
        session = server.run(module)
        time.sleep(delay)
        began = time.monotonic()
        server.call("tasks.stop", {"id": session})
        assert server.wait(session)["status"] == "stopped"
        # Well before the grace after which a stubborn app is killed.
        assert time.monotonic() - began < 3


def test_folders_that_an_earlier_server_did_not_come_to_are_removed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    server = Server(home)
    session = server.run(server.add_app(make_app(tmp_path / "fine", "print('hello')")))
    server.wait(session)
    server.kill()
    left = home / "sessions" / str(session)
    assert left.exists()
    with running(home):
        until(left.exists, lambda exists: not exists)


WHERE = """
import os, time
work = os.stat(".")
print("folder", work.st_ino, work.st_mtime_ns, flush=True)
"""
SESSIONS = 6


def folders_of(home: Path, code: str) -> set[str]:
    """Return what tells apart the working folders of the sessions of an app, one after the other."""
    with running(home / "home", slots=1) as server:
        app = server.add_app(make_app(home / "app", WHERE + code))
        sessions = [server.run(app) for _ in range(SESSIONS)]
        return {server.saying(session, "folder ") for session in sessions if server.wait(session)}


def test_folders_that_a_session_did_not_use_are_a_later_ones(tmp_path: Path) -> None:
    # Those of the first two are made before it is known how few files the app has.
    assert len(folders_of(tmp_path, "")) <= 4


@pytest.mark.parametrize(
    "use",
    [
        "open('x', 'w').close()",
        "open(__file__, 'a').write('#')",
        "os.fork() or (os.setsid(), time.sleep(5))",
    ],
    ids=["data", "code", "process"],
)
def test_folders_that_a_session_used_are_nobody_elses(tmp_path: Path, use: str) -> None:
    assert len(folders_of(tmp_path, use)) == SESSIONS
