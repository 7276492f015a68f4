"""Each test gets a world of its own, and leaves no process in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    try:
        yield world
    finally:
        world.clear()
