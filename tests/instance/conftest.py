"""What the embedded instance's tests share: one server for all that need no server of their own."""

from collections.abc import Iterator

import pytest

from tests.instance.server import Server, running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running instance with four slots, shared by the module's tests."""
    with running(tmp_path_factory.mktemp("instance") / "home") as started:
        yield started
