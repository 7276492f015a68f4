"""A run whose folder was copied to another machine: driven there when a person says so, and never twice."""

import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

import slyflow
from slyflow.engine.journalfile import FILE
from slyflow.errors import Locked
from slyflow.model.event import LaunchAccepted, RunResumed
from tests.end_to_end.world import Driver, Served, World, has

TEXT = """
    steps:
      slow: {{app: {{path: ./apps/obey}}, arguments: {{wait_for: {go}}}}}
      after: {{app: {{path: ./apps/obey}}, needs: [slow]}}
    """


def _killed(world: World, served: Served, go: Path) -> Driver:
    driver = world.start_pipeline(TEXT.format(go=go), environ=served.environ)
    driver.until(has(LaunchAccepted))
    driver.kill()
    return driver


def _copy(world: World, name: str) -> World:
    """Copy the home as another machine would find it: the journal names a machine that is not this one."""
    home = world.folder / name
    shutil.copytree(world.home / "runs", home / "runs")
    home.chmod(0o700)
    copied = World(world.folder, home=home)
    with closing(sqlite3.connect(copied.run_folder / FILE)) as journal:
        journal.executescript(
            "DROP TRIGGER event_is_append_only;"
            "UPDATE event SET data = json_set(data, '$.driver.machine', 'another', '$.driver.host', 'far')"
            " WHERE kind = 'RunCreated';"
        )
    return copied


def test_another_machines_run_is_taken_over_when_a_person_says_so(world: World) -> None:
    go = world.folder / "go"
    with world.serving() as served:
        driver = _killed(world, served, go)
        copied = _copy(world, "copied")
        shown = copied.run("show", "last", "--json").document
        assert shown["driver"] == {"host": "far", "pid": driver.process.pid}
        assert "which has not let go of it" in copied.run("show", "last").out
        for command in (("resume", "last"), ("stop", "last")):
            begun = time.monotonic()
            refused = copied.run(*command, environ=served.environ)
            took = time.monotonic() - begun
            assert refused.code == 6, refused.err
            assert f"process {driver.process.pid} on far, another machine" in refused.err
            assert "--take-over" in refused.err
            assert took < 5
        assert not has(RunResumed)([entry.event for entry in copied.journal()])
        # Meanwhile the machine it was copied from goes on, and launches what the copy knows nothing of.
        go.touch()
        assert world.resume(environ=served.environ).code == 0
        taken = copied.run("resume", "last", "--take-over", "--json", environ=served.environ)
        assert taken.code == 0, taken.err
        assert f"taken over from process {driver.process.pid} on far" in taken.err
        assert taken.statuses == {"slow": "succeeded", "after": "succeeded"}
    assert world.launches() == ["after/1", "slow/1"]
    events = [entry.event for entry in copied.journal()]
    (resumed,) = (event for event in events if isinstance(event, RunResumed))
    assert resumed.taken_from is not None
    assert (resumed.taken_from.host, resumed.taken_from.pid) == ("far", driver.process.pid)
    assert [event.how for event in events if isinstance(event, LaunchAccepted)] == ["reply", "adopted"]


def test_a_program_is_refused_and_may_take_over_too(world: World) -> None:
    go = world.folder / "go"
    with world.serving() as served:
        _killed(world, served, go)
        copied = _copy(world, "copied")
        with slyflow.Instance.from_environment(served.environ) as instance:
            with pytest.raises(Locked, match="far, another machine"):
                slyflow.resume(home=copied.home, instance=instance)
            go.touch()
            assert slyflow.resume(home=copied.home, instance=instance, take_over=True).check().exit_code == 0
    assert world.launches() == ["after/1", "slow/1"]
