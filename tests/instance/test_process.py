"""How processes share one embedded instance: join, start, linger, and end with the last user."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from slyflow.errors import StoreError, Unavailable
from slyflow.instance.home import Home, open_lock
from slyflow.instance.process import Running, ensure
from tests.instance.server import is_alive, make_app, running, until

USER = """
import sys, time
from pathlib import Path
from slyflow.instance.process import ensure
running = ensure(Path(sys.argv[1]), slots=1)
print(running.url, flush=True)
time.sleep(600)
"""


def call(instance: Running, method: str, body: dict[str, object]) -> object:
    headers = {"x-api-key": instance.token.reveal()}
    address = f"{instance.url}/public/api/v3/{method}"
    return requests.post(address, json=body, headers=headers, timeout=10).json()


def server_pid(home: Path) -> int:
    return int(json.loads((home / "instance.json").read_text())["pid"])


def test_instance_is_started_and_ends_with_its_only_user(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with ensure(home, slots=2) as instance:
        pid = server_pid(home)
        assert isinstance(call(instance, "instance.version", {}), dict)
        assert instance.token.reveal() not in repr(instance.token)
    assert not is_alive(pid)
    assert not (home / "instance.json").exists()


def test_an_instance_that_was_killed_is_gone_even_when_another_takes_its_place(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with ensure(home, slots=1) as instance:
        assert not instance.is_gone
        os.kill(server_pid(home), signal.SIGKILL)
        until(lambda: instance.is_gone, bool)
        with ensure(home, slots=1) as next_one:
            assert not next_one.is_gone
            assert instance.is_gone


def test_second_user_joins_and_the_first_may_leave(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = ensure(home, slots=1)
    second = ensure(home, slots=1)
    assert second.url == first.url
    pid = server_pid(home)
    second.close()
    time.sleep(0.7)
    assert isinstance(call(first, "users.me", {}), dict)
    first.close()
    assert not is_alive(pid)


def test_who_started_it_does_not_wait_for_those_who_use_it_and_collects_it_later(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = ensure(home, slots=1)
    second = ensure(home, slots=1)
    pid = server_pid(home)
    before = time.monotonic()
    first.close()
    assert time.monotonic() - before < 5
    assert isinstance(call(second, "users.me", {}), dict)
    second.close()
    until(lambda: Path(f"/proc/{pid}").exists(), lambda is_there: not is_there)  # nor a zombie


def test_instance_ends_when_its_user_is_killed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    user = subprocess.Popen([sys.executable, "-c", USER, str(home)], stdout=subprocess.PIPE)
    assert user.stdout is not None
    assert user.stdout.readline().startswith(b"http://127.0.0.1:")
    pid = server_pid(home)
    os.kill(user.pid, signal.SIGKILL)
    user.communicate()
    until(lambda: is_alive(pid), lambda alive: not alive)


def test_starting_at_once_gives_one_instance(tmp_path: Path) -> None:
    home = tmp_path / "home"
    users = [
        subprocess.Popen([sys.executable, "-c", USER, str(home)], stdout=subprocess.PIPE) for _ in range(4)
    ]
    urls = {user.stdout.readline() for user in users if user.stdout is not None}
    for user in users:
        user.kill()
        user.communicate()
    assert len(urls) == 1
    until(lambda: (home / "instance.json").exists(), lambda exists: not exists)


def test_lingering_instance_ends_with_its_last_session(tmp_path: Path) -> None:
    home, flag, done = tmp_path / "home", tmp_path / "flag", tmp_path / "done"
    code = f"""
import os, time
while not os.path.exists({str(flag)!r}): time.sleep(0.01)
open({str(done)!r}, 'w').close()
"""
    instance = ensure(home, slots=1)
    app = call(instance, "embedded.apps.add", {"path": str(make_app(tmp_path / "app", code))})
    assert isinstance(app, dict)
    call(instance, "tasks.run.app", {"moduleId": app["id"], "workspaceId": 1, "params": {"state": {}}})
    pid = server_pid(home)
    instance.linger()
    began = time.monotonic()
    instance.close()
    assert time.monotonic() - began < 2
    time.sleep(0.8)
    assert is_alive(pid)
    flag.touch()
    until(lambda: is_alive(pid), lambda alive: not alive)
    assert done.exists()


def test_sessions_are_stopped_when_nobody_lingers(tmp_path: Path) -> None:
    home, mark = tmp_path / "home", tmp_path / "mark"
    code = f"import os, time\nopen({str(mark)!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)"
    with ensure(home, slots=1) as instance:
        app = call(instance, "embedded.apps.add", {"path": str(make_app(tmp_path / "app", code))})
        assert isinstance(app, dict)
        call(instance, "tasks.run.app", {"moduleId": app["id"], "workspaceId": 1, "params": {}})
        pid = int(until(lambda: mark.read_text() if mark.exists() else "", bool))
    assert not is_alive(pid)


def test_served_home_is_joined_and_outlives_its_users(tmp_path: Path) -> None:
    with running(tmp_path / "home") as server:
        with ensure(tmp_path / "home", slots=1) as instance:
            assert instance.url == server.address.url
        time.sleep(0.7)
        assert server.process.poll() is None
        server.call("users.me")


def test_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "instance.db").write_bytes(b"x" * 8192)
    with pytest.raises(Unavailable, match=r"did not start: the instance's records .* cannot be used"):
        ensure(home, slots=1)
    # Nothing is held back: the users' lock is free again.
    with open_lock(Home(home).users) as users:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError):
        ensure(tmp_path / "file", slots=1)


def test_modules_of_the_working_directory_are_not_imported_by_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cwd").mkdir()
    (tmp_path / "cwd" / "uvicorn.py").write_text("raise SystemExit('hijacked')")
    monkeypatch.chdir(tmp_path / "cwd")
    with ensure(tmp_path / "home", slots=1) as instance:
        assert isinstance(call(instance, "users.me", {}), dict)
