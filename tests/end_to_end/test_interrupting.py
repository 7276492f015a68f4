"""Leaving a run, stopping it, and going on with it: by signals and from other processes."""

import signal
import time
from pathlib import Path

import pytest

from slyflow.model.event import LaunchIntended, RunInterrupted, RunResumed, StepEnded, StopRequested
from tests.end_to_end.world import Driver, World, eventually, has


def _slow(world: World) -> tuple[str, Path, Path]:
    """Return a pipeline whose first app waits, the file that says it runs, and the one that lets it end."""
    started, go = world.folder / "started", world.folder / "go"
    text = f"""
        steps:
          slow: {{app: {{path: ./apps/obey}}, arguments: {{started: {started}, wait_for: {go}}}}}
          after: {{app: {{path: ./apps/obey}}, needs: [slow]}}
        """
    return text, started, go


def _running(world: World, *flags: str) -> tuple[Driver, Path]:
    text, started, go = _slow(world)
    driver = world.start_pipeline(text, *flags)
    eventually(started.exists, "the app runs")
    return driver, go


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_first_signal_leaves_the_session_running_and_says_how_to_go_on(
    world: World, number: signal.Signals, code: int
) -> None:
    driver, go = _running(world)
    driver.send(number)
    ended = driver.end()
    assert ended.code == code
    assert ended.document["exit_code"] == code
    assert ended.document["status"] != "succeeded"
    assert ended.statuses == {"slow": "running", "after": "waiting"}
    command = f"slyflow resume {ended.document['run']} --home {world.home}"
    assert command in ended.err
    assert [row["status"] for row in world.sessions()] == ["started"]
    time.sleep(1)  # longer than a server without users would stay
    assert [row["status"] for row in world.sessions()] == ["started"]
    go.touch()
    eventually(lambda: [row["status"] for row in world.sessions()] == ["finished"], "the app ended by itself")
    resumed = world.run(*command.split()[1:-2], "--json")
    assert resumed.code == 0, resumed.err
    assert resumed.statuses == {"slow": "succeeded", "after": "succeeded"}
    assert world.launches() == ["after/1", "slow/1"]
    assert world.left_behind() == {}


def test_a_resumed_run_is_shown_where_its_instance_is_now(world: World) -> None:
    driver, go = _running(world)
    before = world.run("show", "last", "--json").document
    driver.kill()
    eventually(lambda: not world.processes(), "the instance is gone")
    go.touch()
    assert world.resume().code == 0
    after = world.run("show", "last").out
    url = next(entry.event.instance_url for entry in world.journal() if isinstance(entry.event, RunResumed))
    assert url is not None
    assert f"{url}/apps/sessions/" in after
    assert str(before["run"]) in after


def test_a_left_session_is_joined_by_a_resume_while_it_runs(world: World) -> None:
    driver, go = _running(world)
    driver.send(signal.SIGINT)
    assert driver.end().code == 130
    resumed = world.start("resume", "last", "--json")
    time.sleep(0.5)
    go.touch()
    ended = resumed.end()
    assert ended.code == 0, ended.err
    assert world.launches() == ["after/1", "slow/1"]
    assert world.left_behind() == {}


def test_an_instance_that_lingers_ends_with_its_last_session(world: World) -> None:
    driver, go = _running(world)
    driver.send(signal.SIGINT)
    assert driver.end().code == 130
    assert world.processes() != {}
    go.touch()
    assert world.left_behind() == {}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_the_sessions_where_that_is_wanted(
    world: World, number: signal.Signals, code: int
) -> None:
    driver, _ = _running(world, "--on-interrupt", "stop")
    driver.send(number)
    ended = driver.end()
    assert ended.code == code
    assert (ended.document["status"], ended.document["exit_code"]) == ("cancelled", 1)
    assert ended.statuses == {"slow": "cancelled", "after": "cancelled"}
    assert [row["status"] for row in world.sessions()] == ["stopped"]
    assert "not over" not in ended.err
    assert world.left_behind() == {}


def test_a_second_signal_leaves_even_where_sessions_are_to_be_stopped(world: World) -> None:
    text, started, _ = _slow(world)
    deaf = text.replace("arguments: {", "arguments: {deaf: true, ", 1)
    driver = world.start_pipeline(deaf, environ={"SLYFLOW_ON_INTERRUPT": "stop"})
    eventually(started.exists, "the app runs")
    driver.send(signal.SIGINT)
    driver.until(has(StopRequested))
    began = time.monotonic()
    driver.send(signal.SIGINT)
    ended = driver.end()
    assert time.monotonic() - began <= 2
    assert ended.code == 130
    assert "slyflow resume" in ended.err


def test_a_second_signal_leaves_at_once(world: World) -> None:
    driver, _ = _running(world)
    driver.send(signal.SIGSTOP)  # both signals are there before it can act on the first
    driver.send(signal.SIGINT)
    driver.send(signal.SIGTERM)
    began = time.monotonic()
    driver.send(signal.SIGCONT)
    ended = driver.end()
    assert time.monotonic() - began <= 2
    assert ended.code in (130, 143)
    assert "slyflow resume" in ended.err


def test_two_interrupts_in_a_row_leave_within_two_seconds(world: World) -> None:
    driver, _ = _running(world)
    began = time.monotonic()
    driver.send(signal.SIGINT)
    driver.send(signal.SIGINT)
    ended = driver.end()
    assert time.monotonic() - began <= 2
    assert ended.code == 130


def test_an_interrupt_is_journalled(world: World) -> None:
    driver, _ = _running(world)
    driver.send(signal.SIGINT)
    driver.end()
    assert isinstance(world.journal()[-1].event, RunInterrupted)


def test_stop_from_another_process_stops_the_session_and_fails_the_run(world: World) -> None:
    driver, _ = _running(world)
    stopped = world.run("stop", "last")
    ended = driver.end()
    assert stopped.code == 0, stopped.err
    assert ended.code == 1
    assert ended.document["status"] == "cancelled"
    assert ended.statuses == {"slow": "cancelled", "after": "cancelled"}
    assert [row["status"] for row in world.sessions()] == ["stopped"]
    assert world.left_behind() == {}


def test_stop_of_a_run_that_was_left_stops_its_session(world: World) -> None:
    driver, _ = _running(world)
    driver.send(signal.SIGINT)
    assert driver.end().code == 130
    stopped = world.run("stop", "last")
    assert stopped.code == 0, stopped.err
    assert [row["status"] for row in world.sessions()] == ["stopped"]
    shown = world.run("show", "last", "--json")
    assert shown.document["exit_code"] == 1
    assert world.left_behind() == {}


def test_a_stop_that_is_interrupted_does_not_claim_to_have_stopped(world: World) -> None:
    text, started, _ = _slow(world)
    driver = world.start_pipeline(text.replace("arguments: {", "arguments: {deaf: true, ", 1))
    eventually(started.exists, "the app runs")
    driver.send(signal.SIGINT)
    assert driver.end().code == 130
    stopping = world.start("stop", "last")
    stopping.until(has(StopRequested))
    stopping.send(signal.SIGINT)
    ended = stopping.end()
    assert ended.code == 130
    assert "slyflow resume" in ended.err
    assert [row["status"] for row in world.sessions()] != ["stopped"]


def test_stop_runs_finally(world: World) -> None:
    text, started, _ = _slow(world)
    driver = world.start_pipeline(text + "finally:\n          sweep: {app: {path: ./apps/obey}}\n")
    eventually(started.exists, "the app runs")
    assert world.run("stop", "last").code == 0
    ended = driver.end()
    assert ended.code == 1
    assert ended.statuses["sweep"] == "succeeded"


@pytest.mark.parametrize("code", [0, 1])
def test_resume_of_a_run_that_is_over_runs_nothing(world: World, code: int) -> None:
    first = world.run_pipeline(f"""
        steps:
          one: {{app: {{path: ./apps/obey}}, arguments: {{code: {code}}}}}
        """)
    assert first.code == code
    before = len(world.journal())
    again = world.resume()
    assert again.code == code
    assert again.document == first.document
    assert len(world.journal()) == before
    assert world.launches() == ["one/1"]


def test_a_second_driver_of_one_run_is_refused(world: World) -> None:
    driver, go = _running(world)
    began = time.monotonic()
    second = world.run("resume", "last")
    took = time.monotonic() - began
    assert second.code == 6
    assert took < 5  # most of it is the interpreter's start
    assert "drives" in second.err
    go.touch()
    ended = driver.end()
    assert ended.code == 0
    assert world.launches() == ["after/1", "slow/1"]


def test_a_run_goes_on_with_the_file_it_began_with(world: World) -> None:
    driver, go = _running(world)
    driver.send(signal.SIGINT)
    assert driver.end().code == 130
    (world.folder / "pipeline.yaml").write_text("no pipeline at all")
    go.touch()
    ended = world.resume()
    assert ended.code == 0, ended.err
    assert ended.statuses == {"slow": "succeeded", "after": "succeeded"}


def test_nothing_is_begun_after_an_interrupt(world: World) -> None:
    driver, go = _running(world)
    driver.send(signal.SIGSTOP)
    go.touch()
    eventually(lambda: [row["status"] for row in world.sessions()] == ["finished"], "the app ended")
    driver.send(signal.SIGINT)
    driver.send(signal.SIGCONT)
    assert driver.end().code == 130
    events = [entry.event for entry in world.journal()]
    assert not any(isinstance(event, LaunchIntended) and event.step == "after" for event in events)
    assert not any(isinstance(event, StepEnded) and event.step == "after" for event in events)


def test_of_many_that_resume_at_once_one_drives(world: World) -> None:
    driver, go = _running(world)
    driver.kill()
    drivers = [world.start("resume", "last", "--json") for _ in range(4)]
    eventually(lambda: sum(one.process.poll() is None for one in drivers) == 1, "the others left")
    go.touch()
    codes = sorted(one.end().code for one in drivers)
    assert codes == [0, 6, 6, 6]
    assert world.launches() == ["after/1", "slow/1"]
    assert world.left_behind() == {}


def test_a_reader_that_goes_away_ends_no_run(world: World) -> None:
    text, started, go = _slow(world)
    driver = world.start("run", str(world.write_pipeline(text)))
    eventually(started.exists, "the app runs")
    assert driver.process.stdout is not None
    driver.process.stdout.close()
    go.touch()
    assert driver.process.wait(timeout=30) == 0
    assert world.launches() == ["after/1", "slow/1"]
    assert world.run("show", "last", "--json").statuses == {"slow": "succeeded", "after": "succeeded"}
    assert driver.process.stderr is not None
    driver.process.stderr.close()
