"""The server as a process: one for each home, on loopback, private, and with clear refusals."""

import json
import socket
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from slyflow.errors import UsageError
from slyflow.instance.server import serve
from tests.instance.server import Server, running


def start(home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "slyflow.instance", "--home", str(home), *options]
    return subprocess.run(argv, capture_output=True, text=True, timeout=20, check=False)


def test_home_and_its_files_are_private_and_the_token_is_in_no_argument(tmp_path: Path) -> None:
    with running(tmp_path / "home") as server:
        folder = server.home.folder
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        for name in ("instance.json", "instance.db", "instance.log", "lock", "users"):
            assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600, name
        told = json.loads((folder / "instance.json").read_text())
        assert told == {
            "url": server.address.url,
            "token": server.address.token.reveal(),
            "pid": server.process.pid,
        }
        assert len(told["token"]) == 64
        command_line = Path(f"/proc/{server.process.pid}/cmdline").read_text()
        assert told["token"] not in command_line
        assert told["token"] not in (folder / "instance.log").read_text()
    assert not (tmp_path / "home" / "instance.json").exists()


def test_each_start_has_a_new_token(tmp_path: Path) -> None:
    tokens = set()
    for _ in range(2):
        with running(tmp_path / "home") as server:
            tokens.add(server.address.token.reveal())
    assert len(tokens) == 2


def test_only_loopback_is_listened_on(tmp_path: Path) -> None:
    with running(tmp_path / "home") as server:
        descriptors = Path(f"/proc/{server.process.pid}/fd").iterdir()
        inodes = {str(descriptor.readlink()) for descriptor in descriptors}
        lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        listening = [line[1] for line in lines if line[3] == "0A" and f"socket:[{line[9]}]" in inodes]
        assert [address.split(":")[0] for address in listening] == ["0100007F"]


def test_second_server_of_a_home_is_refused_with_exit_6(tmp_path: Path) -> None:
    with running(tmp_path / "home"):
        second = start(tmp_path / "home")
    assert second.returncode == 6
    assert "another slyflow instance runs in" in second.stderr


def test_port_in_use_is_a_clear_error(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = start(tmp_path / "home", "--port", str(port))
        assert refused.returncode == 2
        assert f"cannot listen on port {port}" in refused.stderr
        assert "Traceback" not in refused.stderr
        with pytest.raises(UsageError):
            serve(tmp_path / "other", port=port, slots=1, ready=lambda _: None, inherited={})


def test_chosen_port_is_used_and_can_be_used_again_at_once(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for _ in range(2):
        server = Server(tmp_path / "home", port=port)
        assert server.address.url == f"http://127.0.0.1:{port}"
        server.call("users.me")
        server.close()


def test_home_others_may_write_to_is_refused_with_its_cure(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o777)
    refused = start(home)
    assert refused.returncode == 7
    assert f"chmod 700 {home}" in refused.stderr


def test_link_in_the_place_of_the_records_is_not_followed(tmp_path: Path) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir(mode=0o700)
    (home / "instance.db").symlink_to(elsewhere)
    refused = start(home)
    assert refused.returncode == 7
    assert not elsewhere.exists()


def test_records_of_a_newer_slyflow_are_refused_and_kept(tmp_path: Path) -> None:
    with running(tmp_path / "home") as server:
        records = server.home.records
    connection = sqlite3.connect(records)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    before = records.read_bytes()
    refused = start(tmp_path / "home")
    assert refused.returncode == 7
    assert "newer slyflow (schema 999" in refused.stderr
    assert records.read_bytes() == before


def test_records_that_are_no_database_are_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "instance.db").write_bytes(b"x" * 8192)
    refused = start(home)
    assert refused.returncode == 7
    assert "Traceback" not in refused.stderr


def test_first_open_has_one_team_workspace_user_and_agent(server: Server) -> None:
    assert server.call("teams.list")["entities"][0]["name"] == "main"
    assert server.call("workspaces.list", {"teamId": 1})["entities"][0]["teamId"] == 1
    assert server.call("users.me")["login"] == "admin"
    assert [agent["id"] for agent in server.call("agents.available", {"teamId": 1})] == [1]
    assert server.call("agents.info", {"id": "1"})["name"] == "this machine"
    version = server.call("instance.version")
    assert version["version"] >= "6.17.8"
    assert version["slyflow"]
