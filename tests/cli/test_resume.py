"""A run that was interrupted goes on, one that is stopped ends: with real signals and real sessions."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from slyflow.errors import StoreError, UsageError
from slyflow.model.event import LaunchAccepted
from slyflow.model.run import RunStatus, StepStatus
from slyflow.model.session import Status
from slyflow.running.journaled import find
from tests.cli import command


@contextmanager
def _waiting_run(project: Path) -> Iterator["subprocess.Popen[str]"]:
    """Start a run whose session waits for the file `gate`, and wait until that session has started."""
    with subprocess.Popen(
        [sys.executable, "-m", "slyflow", "run", "good.yaml", "-p", f"gate={project / 'gate'}"],
        cwd=project,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        try:
            _until(lambda: _session_status(project) is Status.STARTED)
            yield run
        finally:
            (project / "gate").touch()
            if run.poll() is None:
                run.kill()


def _session_status(project: Path) -> Status | None:
    try:
        return find(project / ".slyflow", "last").summary.steps["say"].session_status
    except (UsageError, StoreError):
        return None  # the run is not there yet, or being created at this moment


def _until(holds: Callable[[], bool], patience: float = 30.0) -> None:
    deadline = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def _launches(project: Path) -> int:
    return sum(isinstance(entry.event, LaunchAccepted) for entry in find(project / ".slyflow", "last").events)


def test_an_interrupted_run_leaves_its_session_and_goes_on(project: Path) -> None:
    with _waiting_run(project) as run:
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=30)
        assert run.returncode == 130
        name = find(project / ".slyflow", "last").created.run_id
        assert f"slyflow resume {name}" in err
        assert find(project / ".slyflow", "last").summary.status is RunStatus.INTERRUPTED
        (project / "gate").touch()
        resumed = command.slyflow("resume", name[-4:], "--json", cwd=project)
        assert resumed.returncode == 0, resumed.stderr
        document = json.loads(resumed.stdout)
        assert (document["run"], document["outputs"]) == (name, {"told": "hello"})
        assert _launches(project) == 1
    again = command.slyflow("resume", "last", "--json", cwd=project)
    assert again.returncode == 0
    assert f"the run {name} is over" in again.stderr
    assert json.loads(again.stdout)["steps"] == document["steps"]
    assert _launches(project) == 1


def test_a_second_signal_leaves_at_once(project: Path) -> None:
    with _waiting_run(project) as run:
        os.kill(run.pid, signal.SIGTERM)
        os.kill(run.pid, signal.SIGTERM)
        run.communicate(timeout=10)
        assert run.returncode == 143
        assert find(project / ".slyflow", "last").summary.exit_code is None


def test_a_run_that_is_driven_cannot_be_resumed_by_another_process(project: Path) -> None:
    with _waiting_run(project) as run:
        ended = command.slyflow("resume", "last", cwd=project)
        assert (ended.returncode, ended.stdout) == (6, "")
        assert "another process drives the run" in ended.stderr
        assert f": process {run.pid} on {os.uname().nodename}" in ended.stderr
        assert f"process {run.pid} on" in command.slyflow("show", "last", cwd=project).stdout
        (project / "gate").touch()
        run.communicate(timeout=30)
        assert run.returncode == 0


def test_stop_ends_a_run_that_another_process_drives(project: Path) -> None:
    with _waiting_run(project) as run:
        stopped = command.slyflow("stop", "last", cwd=project)
        assert stopped.returncode == 0, stopped.stderr
        assert "cancelled" in stopped.stdout
        run.communicate(timeout=30)
        assert run.returncode == 1
    summary = find(project / ".slyflow", "last").summary
    assert summary.status is RunStatus.CANCELLED
    assert summary.steps["say"].status is StepStatus.CANCELLED


def test_stop_ends_a_run_that_nobody_drives(project: Path) -> None:
    with _waiting_run(project) as run:
        run.kill()
        run.communicate(timeout=30)
        stopped = command.slyflow("stop", "last", cwd=project)
        assert stopped.returncode == 0, stopped.stderr
    summary = find(project / ".slyflow", "last").summary
    assert summary.status is RunStatus.CANCELLED
    assert summary.exit_code == 1
    once_more = command.slyflow("stop", "last", cwd=project)
    assert once_more.returncode == 0
    assert "cancelled" in once_more.stdout


def test_an_unknown_run_is_named_with_what_there_is(project: Path) -> None:
    ended = command.slyflow("resume", "2026", cwd=project)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert 'there is no run "2026"' in ended.stderr


@pytest.mark.parametrize("flags", [(), ("--adopt", "7", "--relaunch")])
def test_a_launch_is_resolved_in_one_way(tmp_path: Path, flags: tuple[str, ...]) -> None:
    ended = command.slyflow("resolve", "last", "one", *flags, cwd=tmp_path)
    assert ended.returncode == 2
    assert "either --adopt ID or --relaunch" in ended.stderr
