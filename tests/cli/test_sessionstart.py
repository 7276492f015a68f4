"""A start whose reply is lost, on a remote instance: looked for, never sent again, and told honestly."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli import command
from tests.client.scripted import Received, Scripted, api

TOKEN = "token-0123456789abcdef"
MODULE = {
    "id": 9,
    "slug": "a/b",
    "name": "App",
    "config": {"modalTemplateState": {"word": "x"}},
    "meta": {"releases": [{"version": "v1.0.0"}]},
}


class World:
    """A remote instance that loses the reply of a start; `shows` = the session is in its lists."""

    def __init__(self, *, shows: bool, hangs_up: bool = True) -> None:
        self.shows = shows
        self.hangs_up = hangs_up
        self.started: list[Any] = []

    def __call__(self, received: Received, connection: Any) -> bool:
        if received.method == "tasks.run.app":
            self.started.append(received.json)
            if self.hangs_up:
                return False
        return api(
            {
                "instance.version": lambda _: {"version": "6.17.8"},
                "ecosystem.info": lambda _: MODULE,
                "users.me": lambda _: {"id": 2},
                "teams.list": lambda _: [{"id": 3, "name": "t"}],
                "workspaces.list": lambda _: [{"id": 4, "name": "w", "teamId": 3}],
                "workspaces.info": lambda _: {"id": 4, "teamId": 3},
                "tasks.list": lambda _: self._sessions(),
                "apps.list": lambda _: [],
                "tasks.run.app": lambda _: (403, {"error": "no"}),
            }
        )(received, connection)

    def _sessions(self) -> list[Any]:
        if not self.shows:
            return []
        return [{"id": 70 + n, "status": "queued", **told} for n, told in enumerate(self.started)]


Run = Callable[[World], "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def start(world: World) -> subprocess.CompletedProcess[str]:
        with Scripted(world) as server:
            return command.here(
                *("session", "start", "a/b", "--workspace", "4", "--description", "why", "--json"),
                *("--launch-window", "1s"),
                cwd=tmp_path,
                environ={"SERVER_ADDRESS": server.url, "API_TOKEN": TOKEN},
            )

    return start


def test_a_session_that_is_there_is_found_by_what_only_it_bears(run: Run) -> None:
    world = World(shows=True)
    done = run(world)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert (document["id"], document["found"]) == (70, True)
    (sent,) = world.started
    assert re.fullmatch(r"why \(sf-[0-9a-z]{26}\)", sent["description"])
    assert (sent["taskName"], sent["appVersion"], sent["params"]) == (
        "App",
        "v1.0.0",
        {"state": {"word": "x"}},
    )


def test_a_session_that_is_nowhere_is_left_to_a_person(run: Run) -> None:
    world = World(shows=False)
    done = run(world)
    assert (done.returncode, done.stdout) == (3, "")
    assert "before you start it again" in done.stderr
    assert TOKEN not in done.stderr
    assert len(world.started) == 1


def test_a_refused_start_is_no_riddle(run: Run) -> None:
    world = World(shows=False, hangs_up=False)
    done = run(world)
    assert (done.returncode, done.stdout) == (4, "")
    assert len(world.started) == 1
