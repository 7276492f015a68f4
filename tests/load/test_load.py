"""Many sessions in one run, over HTTP against an instance in memory: counted, not timed."""

import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from slyflow.model.event import RunClosed, StepEnded
from tests.end_to_end.world import Driver, World
from tests.remote.instance import Remote
from tests.remote.served import serving

PAGE = 500
MOST_MEGABYTES = 300
MOST_POLLS_A_SECOND = 5.0
SECONDS = 2.0


@dataclass
class Peak:
    """The most memory that a process was seen to have, in MB."""

    megabytes: float = 0.0

    def watch(self, driver: Driver) -> None:
        status = Path(f"/proc/{driver.process.pid}/status")
        while driver.process.poll() is None:
            try:
                line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
            except (OSError, StopIteration):
                return
            self.megabytes = max(self.megabytes, int(line.split()[1]) / 1024)
            time.sleep(0.1)


def _run(world: World, sessions: int, at_once: int) -> tuple[Remote, Peak]:
    steps = "".join(f"  s{n}: {{app: org/app@v1.0.0}}\n" for n in range(sessions))
    world.write_pipeline(f"steps:\n{steps}")
    peak = Peak()
    with serving(lambda: Remote(least_seconds=SECONDS)) as served:
        driver = world.start(
            *("run", "pipeline.yaml", "--quiet", "--max-sessions", str(at_once)), environ=served.environ
        )
        watch = threading.Thread(target=peak.watch, args=(driver,))
        watch.start()
        ended = driver.end(timeout=900)
        watch.join()
        assert ended.code == 0, ended.err
        return served.remote, peak


def _check(world: World, sessions: int, at_once: int) -> None:
    remote, peak = _run(world, sessions, at_once)
    launched = remote.launches()
    assert len(launched) == len(set(launched)) == sessions
    assert remote.asked["tasks.run.app"] == sessions
    # Each session is read once, when it has ended; all that run are polled together, a page at a time.
    assert remote.asked["tasks.info"] <= sessions
    assert remote.first_at is not None
    seconds = remote.last_at - remote.first_at
    assert remote.asked["tasks.list"] / seconds <= MOST_POLLS_A_SECOND
    assert min(at_once, PAGE) / 2 <= remote.most_listed <= PAGE
    assert 0 < peak.megabytes <= MOST_MEGABYTES
    events = [entry.event for entry in world.journal()]
    assert sum(isinstance(event, StepEnded) for event in events) == sessions
    assert isinstance(events[-1], RunClosed)
    size = (world.run_folder / "journal.sqlite").stat().st_size
    assert size <= sessions * 10_000


def test_a_thousand_sessions_are_polled_together_and_launched_once(world: World) -> None:
    _check(world, 1000, at_once=500)


@pytest.mark.slow
def test_ten_thousand_sessions_are_polled_together_and_launched_once(world: World) -> None:
    _check(world, 10_000, at_once=1000)
