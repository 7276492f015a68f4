"""kill -9, of slyflow and of the server: what a resume finds, launches, and never launches again."""

import json
import os
import signal
import sqlite3
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from slyflow.model.event import (
    EdgeIntended,
    Event,
    LaunchAccepted,
    LaunchIntended,
    LaunchSent,
    OutputsFound,
    RunClosed,
    SessionEnded,
    StepEnded,
)
from tests.end_to_end.proxy import Do, Rule, proxied
from tests.end_to_end.world import Driver, World, eventually, has

# Every step has outputs and edges, so that there is something to lose between any two events.
CHAIN = """
    steps:
      first:
        app: {path: ./apps/obey}
        arguments: {file: /one.txt}
        outputs: {made: file}
        node: {title: First}
      second:
        app: {path: ./apps/obey}
        arguments: {file: /two.txt, seconds: 0.3}
        inputs: {given: {file: "${{ steps.first.outputs.made }}"}}
        outputs: {made: {file: task}}
    outputs: {made: "${{ steps.second.outputs.made }}"}
    """
EDGES = [
    ("first", "output", "/one.txt"),
    ("second", "input", "/one.txt"),
    ("second", "output", "/two.txt"),
]
SHORT = {"SLYFLOW_LAUNCH_WINDOW": "1"}


def _check(world: World) -> None:
    """Hold the instance's own tables, not our journal, to what the run promises."""
    assert world.launches() == ["first/1", "second/1"]
    assert [row["status"] for row in world.sessions()] == ["finished", "finished"]
    edges = world.records(
        "SELECT s.description, e.direction, f.path FROM edge e JOIN session s ON s.id = e.task_id"
        " LEFT JOIN file f ON e.type = 'file' AND f.id = CAST(e.data_id AS INTEGER) ORDER BY e.id"
    )
    found = [
        (row["description"].split("step=")[1].split()[0], row["direction"], row["path"]) for row in edges
    ]
    assert sorted(found) == EDGES
    with closing(sqlite3.connect(world.run_folder / "journal.sqlite")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    ended = [entry.event.step for entry in world.journal() if isinstance(entry.event, StepEnded)]
    assert sorted(ended) == ["first", "second"]
    assert sum(isinstance(entry.event, RunClosed) for entry in world.journal()) == 1


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        (LaunchIntended, "first"),
        (LaunchAccepted, "first"),
        (SessionEnded, "first"),
        (OutputsFound, "first"),
        (StepEnded, "first"),
        (LaunchAccepted, "second"),
    ],
)
def test_a_killed_run_is_resumed_and_launches_each_step_once(
    world: World, kind: type[Event], step: str
) -> None:
    driver = world.start_pipeline(CHAIN)
    driver.until(has(kind, step), f"{kind.__name__} of {step}")
    driver.kill()
    ended = world.resume()
    assert ended.code == 0, ended.err
    assert ended.statuses == {"first": "succeeded", "second": "succeeded"}
    assert ended.document["outputs"] == {"made": "/two.txt"}
    _check(world)
    assert world.left_behind() == {}


def _has_gone_on(world: World, driver: Driver, known: int) -> bool:
    return len(world.journal()) > known or driver.process.poll() is not None


def test_a_run_killed_again_and_again_launches_each_step_once(world: World) -> None:
    driver = world.start_pipeline(CHAIN)
    driver.until(lambda events: len(events) > 1)
    driver.kill()
    for _ in range(4):
        known = len(world.journal())
        driver = world.start("resume", "last", "--json")
        eventually(partial(_has_gone_on, world, driver, known + 2), "it went on")
        driver.kill()
    assert world.resume().code == 0
    _check(world)
    assert world.left_behind() == {}


@pytest.mark.parametrize(
    ("method", "do", "journalled"),
    [
        # Nothing reached the instance: the launch is sent again, with the same marker.
        ("tasks.run.app", "hold", LaunchSent),
        # The instance has the session, slyflow never heard of it: it is adopted.
        ("tasks.run.app", "hold_reply", LaunchSent),
        # The session has ended, what it made is being read.
        ("tasks.info", "hold_reply", SessionEnded),
        # The edge may stand or not.
        ("workflow.node.add-output", "hold", EdgeIntended),
        ("workflow.node.add-output", "hold_reply", EdgeIntended),
    ],
    ids=["before-launch", "launch-reply", "session-ended", "before-edge", "edge-reply"],
)
def test_a_run_killed_during_a_call_is_resumed(
    world: World, method: str, do: Do, journalled: type[Event]
) -> None:
    with world.serving() as served:
        with proxied(served.url, {method: Rule(do)}) as proxy:
            held = proxy.rules[method]
            environ = {**SHORT, **served.environ, "SERVER_ADDRESS": proxy.url}
            driver = world.start_pipeline(CHAIN, environ=environ)
            driver.until(has(journalled, "first"), journalled.__name__)
            if do == "hold":
                eventually(held.reached.is_set, "the call is on its way")
            else:
                eventually(lambda: proxy.forwarded.get(method, 0) > 0, "the call was answered")
            driver.kill()
            proxy.rules = {}
            ended = world.resume(environ=environ)
        assert ended.code == 0, ended.err
        _check(world)
    assert world.left_behind() == {}


def _server_pid(world: World) -> int:
    return int(json.loads((world.home / "instance" / "instance.json").read_text())["pid"])


def test_a_killed_server_leaves_no_app_and_no_false_success(world: World) -> None:
    """What it took with it is launched again by a resume: it certainly runs no more."""
    started, go = world.folder / "started", world.folder / "go"
    driver = world.start_pipeline(
        f"""
        steps:
          slow: {{app: {{path: ./apps/obey}}, arguments: {{started: {started}, wait_for: {go}}}}}
          after: {{app: {{path: ./apps/obey}}, needs: [slow]}}
        """
    )
    eventually(lambda: started.exists() and bool(started.read_text()), "the app runs")
    app = int(started.read_text())
    began = time.monotonic()
    os.kill(_server_pid(world), signal.SIGKILL)
    eventually(lambda: not Path(f"/proc/{app}").exists(), "the app is gone", 5)
    ended = driver.end()
    assert time.monotonic() - began < 6
    assert ended.code == 5
    assert "has ended" in ended.err
    assert ended.document["exit_code"] == 5
    assert "slyflow resume" in ended.err
    go.touch()
    resumed = world.resume()
    assert resumed.code == 0, resumed.err
    assert resumed.statuses == {"slow": "succeeded", "after": "succeeded"}
    assert "lost" in resumed.err
    assert world.launches() == ["after/1", "slow/1", "slow/2"]
    assert [row["status"] for row in world.sessions()] == ["error", "finished", "finished"]
    assert world.left_behind() == {}


def test_sessions_of_a_killed_run_that_nobody_resumes_are_ended(world: World) -> None:
    started, go = world.folder / "started", world.folder / "go"
    driver = world.start_pipeline(f"""
        steps:
          slow: {{app: {{path: ./apps/obey}}, arguments: {{started: {started}, wait_for: {go}}}}}
        """)
    eventually(started.exists, "the app runs")
    driver.kill()
    eventually(lambda: world.processes() == {}, "everything has ended", 30)
    (session,) = world.sessions()
    assert session["status"] == "error"
    assert "runner lost" in session["problem"]
    go.touch()
    resumed = world.resume()
    assert resumed.code == 0, resumed.err
    assert world.launches() == ["slow/1", "slow/2"]
