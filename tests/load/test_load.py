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
AT_ONCE = 1000


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


def _pipeline(sessions: int) -> str:
    """Half of the steps have no needs, and half need one of those."""
    half = sessions // 2
    first = (f"  s{n}: {{app: org/app@v1.0.0, arguments: {{seconds: 2}}}}\n" for n in range(half))
    then = (f"  t{n}: {{app: org/app@v1.0.0, needs: [s{n}]}}\n" for n in range(half))
    return "steps:\n" + "".join([*first, *then])


def _run(world: World, sessions: int) -> tuple[Remote, Peak]:
    world.write_pipeline(_pipeline(sessions))
    peak = Peak()
    with serving() as served:
        driver = world.start(
            *("run", "pipeline.yaml", "--quiet", "--max-sessions", str(AT_ONCE)), environ=served.environ
        )
        watch = threading.Thread(target=peak.watch, args=(driver,))
        watch.start()
        ended = driver.end(timeout=900)
        watch.join()
        assert ended.code == 0, ended.err
        return served.remote, peak


def _check(world: World, sessions: int) -> None:
    remote, peak = _run(world, sessions)
    launched = remote.launches()
    assert len(launched) == len(set(launched)) == sessions
    assert remote.asked["tasks.run.app"] == sessions
    # Each session is read once, when it has ended; all that run are polled together, a page at a time.
    assert remote.asked["tasks.info"] <= sessions
    assert remote.first_at is not None
    seconds = remote.last_at - remote.first_at
    assert remote.asked["tasks.list"] / seconds <= MOST_POLLS_A_SECOND
    assert min(AT_ONCE, sessions // 2, PAGE) * 0.5 <= remote.most_listed <= PAGE
    assert 0 < peak.megabytes <= MOST_MEGABYTES
    events = [entry.event for entry in world.journal()]
    assert sum(isinstance(event, StepEnded) for event in events) == sessions
    assert isinstance(events[-1], RunClosed)
    size = (world.run_folder / "journal.sqlite").stat().st_size
    assert size <= sessions * 10_000


def test_a_thousand_sessions_are_polled_together_and_launched_once(world: World) -> None:
    _check(world, 1000)


@pytest.mark.slow
def test_ten_thousand_sessions_are_polled_together_and_launched_once(world: World) -> None:
    _check(world, 10_000)
