"""`slyflow serve` says where it serves, keeps its token to itself, and ends on a signal."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

from slyflow.instance.home import Home, read_address
from tests.cli import command


def _served(cwd: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "slyflow", "serve", *arguments],
        cwd=cwd,
        env=dict(os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_serves_until_it_is_interrupted(tmp_path: Path) -> None:
    with _served(tmp_path, "--home", "home", "--slots", "1") as server:
        assert server.stdout is not None
        url = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
        assert url is not None
        told = server.stdout.readline()
        place = Home(tmp_path / "home" / "instance")
        address = read_address(place)
        assert address is not None
        assert str(place.address) in told
        assert place.address.stat().st_mode & 0o777 == 0o600
        with urllib.request.urlopen(url[0], timeout=10) as answer:
            assert answer.status == 200
        second = command.slyflow("serve", "--home", "home", cwd=tmp_path)
        assert second.returncode == 6
        server.send_signal(signal.SIGINT)
        out, err = server.communicate(timeout=30)
    assert (server.returncode, err) == (0, "")
    assert address.token.reveal() not in out + told


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = command.slyflow("serve", "--port", str(port), cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert f"cannot listen on port {port}" in ended.stderr
    assert "--port" in ended.stderr
