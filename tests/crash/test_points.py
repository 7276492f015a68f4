"""kill -9 at every point of a run at which the world outside may change, each followed by a resume."""

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from slyflow.engine.journal import read
from slyflow.model.event import EdgeWritten, RunClosed, StepEnded
from tests.crash.pipelines import PIPELINES, WAITING, Expected
from tests.end_to_end.world import REPOSITORY, Served, World

NEVER = 0
SHORT = {"SLYFLOW_LAUNCH_WINDOW": "0.5"}
# So many tests share the points of one pipeline; every other one is kept for `make crash`.
SHARES = 6


@dataclass(frozen=True)
class Ended:
    """How a forked slyflow ended; `code` is -9 for one that was killed."""

    code: int
    points: list[str]
    out: str
    err: str
    left: float


class Killer:
    """The process that forks slyflows, and the world they run in."""

    def __init__(self, world: World, served: Served) -> None:
        self.world = world
        self._served = served
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.killer"],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def new_home(self) -> Path:
        """Return a folder in which there has been no run yet."""
        return Path(tempfile.mkdtemp(prefix="home-", dir=self.world.folder))

    def slyflow(
        self, *argv: str, home: Path, kill_at: int = NEVER, signals: Sequence[tuple[int, int]] = ()
    ) -> Ended:
        """Run one command, killed at its n-th point, and sent a signal at other ones."""
        environ = self.world.environ() | SHORT | dict(self._served.environ)
        order = {
            "argv": [*argv, "--home", str(home)],
            "environ": environ,
            "cwd": str(self.world.folder),
            "kill_at": kill_at,
            "signals": signals,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Ended(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        self._process.communicate(timeout=30)


@pytest.fixture(scope="module")
def killer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killer]:
    world = World(tmp_path_factory.mktemp("crash"))
    world.write_app("obey")
    for name, (text, _) in PIPELINES.items():
        world.write_pipeline(text.replace("FOLDER", str(world.folder)), f"{name}.yaml")
    world.write_pipeline(WAITING, "waiting.yaml")
    try:
        with world.serving("--slots", "4") as served:
            killer = Killer(world, served)
            try:
                yield killer
            finally:
                killer.close()
    finally:
        world.clear()


def _runs(home: Path) -> list[Path]:
    return sorted((home / "runs").glob("*")) if (home / "runs").is_dir() else []


def _sessions(world: World, run: str) -> list[dict[str, Any]]:
    return [row for row in world.sessions() if f"run={run} " in row["description"]]


def _check(world: World, home: Path, expected: Expected, where: str) -> None:
    """Hold the instance's own tables to what the run promises."""
    (folder,) = _runs(home)
    sessions = _sessions(world, folder.name)
    launched = sorted(row["description"].split("step=")[1].split()[0] for row in sessions)
    assert launched == sorted(expected.steps), where
    statuses = sorted(row["status"] for row in sessions)
    failures, count = expected.failures, len(sessions)
    assert statuses == ["error"] * failures + ["finished"] * (count - failures), where
    ids = ", ".join(str(row["id"]) for row in sessions)
    edges = world.records(f"SELECT task_id, direction, type, data_id FROM edge WHERE task_id IN ({ids})")
    assert len(edges) == expected.edges, where
    assert len({tuple(row.values()) for row in edges}) == expected.edges, where
    events = [entry.event for entry in read(folder)]
    assert sorted(event.step for event in events if isinstance(event, StepEnded)) == sorted(expected.ends)
    written = [event.key for event in events if isinstance(event, EdgeWritten)]
    assert len(written) == len(set(written)) == expected.edges, where
    assert [event.exit_code for event in events if isinstance(event, RunClosed)] == [0], where


def _kill_and_resume(killer: Killer, name: str, kill_at: int) -> bool:
    """Kill one run at a point and resume it; False when the run ended before it came so far."""
    home = killer.new_home()
    file = str(killer.world.folder / f"{name}.yaml")
    ended = killer.slyflow("run", file, "--quiet", home=home, kill_at=kill_at)
    if ended.code != -9:
        assert ended.code == 0, ended.err
        return False
    where = f"killed at point {kill_at}, {ended.points[-1]}"
    resumed = killer.slyflow("resume", "last", "--quiet", home=home)
    last = next(iter(_runs(home)), None)
    if resumed.code != 0 and (last is None or not _has_begun(last)):
        # Killed before its first event was committed: there was no run yet, and there is no session.
        assert last is None or _sessions(killer.world, last.name) == [], where
        assert resumed.code in (2, 7), (where, resumed.err)
        return True
    assert resumed.code == 0, (where, resumed.err)
    _check(killer.world, home, PIPELINES[name][1], where)
    return True


def _has_begun(folder: Path) -> bool:
    return (folder / "journal.sqlite").is_file() and read(folder) != ()


def _count(killer: Killer, name: str) -> list[str]:
    """Return the points of a run that nobody kills."""
    home = killer.new_home()
    ended = killer.slyflow("run", str(killer.world.folder / f"{name}.yaml"), "--quiet", home=home)
    assert ended.code == 0, ended.err
    _check(killer.world, home, PIPELINES[name][1], "not killed")
    return ended.points


@pytest.mark.parametrize(
    "share", [pytest.param(share, marks=[pytest.mark.slow] if share % 2 else []) for share in range(SHARES)]
)
def test_a_chain_killed_at_any_point_is_resumed_and_launches_each_step_once(
    killer: Killer, share: int
) -> None:
    points = _count(killer, "chain")
    for what in ("before commit", "after commit", "before request", "sent request", "after request"):
        assert what in points
    for kill_at in range(1 + share, len(points) + 1, SHARES):
        _kill_and_resume(killer, "chain", kill_at)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["diamond", "fan", "retry"])
def test_a_larger_run_killed_at_any_point_is_resumed(killer: Killer, name: str) -> None:
    points = _count(killer, name)
    for kill_at in range(1, len(points) + 1):
        if not _kill_and_resume(killer, name, kill_at):
            break


@pytest.mark.parametrize("step", range(0, 40, 8))
def test_a_resume_killed_again_is_resumed_again(killer: Killer, step: int) -> None:
    points = _count(killer, "chain")
    home = killer.new_home()
    file = str(killer.world.folder / "chain.yaml")
    middle = len(points) // 3
    assert killer.slyflow("run", file, "--quiet", home=home, kill_at=middle).code == -9
    for more in (step + 1, step + 5, step + 9):
        killer.slyflow("resume", "last", "--quiet", home=home, kill_at=more)
    assert killer.slyflow("resume", "last", "--quiet", home=home).code == 0
    _check(killer.world, home, PIPELINES["chain"][1], f"killed again at {step}")


@pytest.fixture(scope="module")
def length(killer: Killer) -> int:
    """Return how many points a chain has."""
    return len(_count(killer, "chain"))


INT, TERM, HUP, PIPE = (
    int(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE)
)
ONCE, TWICE = 1, 2
# A second signal waits for nothing: two seconds, and what a busy machine adds.
LEAVING = 4.0


def _signal_and_resume(killer: Killer, at: int, number: int, times: int) -> None:
    """Send a run a signal at a point, and another one shortly after, and resume what is left of it."""
    home = killer.new_home()
    file = str(killer.world.folder / "chain.yaml")
    signals = [(at + 2 * more, number) for more in range(times)]
    ended = killer.slyflow("run", file, "--quiet", home=home, signals=signals)
    where = f"{times} times signal {number} at {at}: {ended.points[at - 1 : at]}"
    # One that arrives before anybody listens ends the process, one that arrives last changes nothing.
    assert ended.code in ((0,) if number == PIPE else (0, 128 + number, -number)), (where, ended.err)
    if times == TWICE and ended.code == 128 + number:
        assert ended.left < LEAVING, where
    last = next(iter(_runs(home)), None)
    if last is None or not _has_begun(last):
        return
    resumed = killer.slyflow("resume", "last", "--quiet", home=home)
    assert resumed.code == 0, (where, resumed.err)
    _check(killer.world, home, PIPELINES["chain"][1], where)


@pytest.mark.parametrize(("number", "times"), [(INT, ONCE), (TERM, TWICE), (HUP, ONCE)])
def test_a_signal_in_the_middle_loses_nothing(killer: Killer, length: int, number: int, times: int) -> None:
    _signal_and_resume(killer, length // 2, number, times)


@pytest.mark.slow
@pytest.mark.parametrize("times", [ONCE, TWICE])
@pytest.mark.parametrize("number", [INT, TERM, HUP, PIPE])
def test_a_signal_at_any_point_loses_nothing(killer: Killer, length: int, number: int, times: int) -> None:
    for share in range(20):
        _signal_and_resume(killer, 1 + share * length // 20, number, times)


def _stop(killer: Killer, home: Path, kill_at: int) -> Ended:
    """Run what never ends, ask it to stop its sessions at some point, and kill it at a later one."""
    file = str(killer.world.folder / "waiting.yaml")
    argv = ("run", file, "--quiet", "--on-interrupt", "stop")
    return killer.slyflow(*argv, home=home, kill_at=kill_at, signals=[(STOPPED_AT, INT)])


STOPPED_AT = 60


@pytest.mark.slow
def test_a_stop_killed_at_any_point_leaves_no_session_running(killer: Killer) -> None:
    whole = _stop(killer, killer.new_home(), NEVER)
    assert whole.code == 128 + INT, whole.err
    assert len(whole.points) > STOPPED_AT + 5  # commits, requests and answers of the stop
    for kill_at in range(STOPPED_AT + 1, len(whole.points) + 1):
        home = killer.new_home()
        if _stop(killer, home, kill_at).code != -9:
            break
        stopped = killer.slyflow("stop", "last", home=home)
        assert stopped.code == 0, (kill_at, stopped.err)
        (folder,) = _runs(home)
        sessions = _sessions(killer.world, folder.name)
        assert [row["status"] for row in sessions] == ["stopped"], kill_at
        closed = [event for entry in read(folder) if isinstance(event := entry.event, RunClosed)]
        assert [event.exit_code for event in closed] == [1], kill_at
