"""Each test gets a world of its own, and leaves no process in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Give an empty world with the obedient app."""
    place = World(tmp_path)
    place.write_app("obey")
    try:
        yield place
    finally:
        place.clear()
