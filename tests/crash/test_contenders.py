"""Many processes that resume one run at the same moment: one of them drives it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from slyflow.model.event import LaunchAccepted, RunResumed
from tests.end_to_end.world import World, eventually, has

CONTENDERS = 20
WON, LOCKED = 0, 6


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    world.write_app("obey")
    try:
        yield world
    finally:
        world.clear()


def _contend(world: World, number: int) -> None:
    go = world.folder / f"go-{number}"
    with world.serving() as served:
        driver = world.start_pipeline(
            f"""
            steps:
              slow: {{app: {{path: ./apps/obey}}, arguments: {{wait_for: {go}}}}}
              after: {{app: {{path: ./apps/obey}}, needs: [slow]}}
            """,
            environ=served.environ,
        )
        driver.until(has(LaunchAccepted))
        driver.kill()
        contenders = [
            world.start("resume", "last", "--quiet", environ=served.environ) for _ in range(CONTENDERS)
        ]
        eventually(
            lambda: sum(one.process.poll() is not None for one in contenders) == CONTENDERS - 1,
            "all but one have given up",
            60.0,
        )
        go.touch()
        codes = sorted(one.end().code for one in contenders)
    assert codes == [WON, *[LOCKED] * (CONTENDERS - 1)]
    assert sum(isinstance(entry.event, RunResumed) for entry in world.journal()) == 1
    run = world.run_folder.name
    launched = [row for row in world.sessions() if f"run={run} " in row["description"]]
    assert len(launched) == 2


def test_one_of_twenty_drives_and_the_others_send_nothing(world: World) -> None:
    _contend(world, 0)


@pytest.mark.slow
def test_so_it_is_fifty_times(world: World) -> None:
    for number in range(50):
        _contend(world, number)
