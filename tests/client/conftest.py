"""What the client's tests share."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from slyflow.client.transport import Transport
from slyflow.secret import Secret
from tests.client.scripted import Script, Scripted, api

TOKEN = "token-0123456789abcdef"
Lasting = tuple[Transport, dict[str, Callable[[Any], Any]]]


@pytest.fixture
def serve() -> Iterator[Callable[[Script], Scripted]]:
    """Start scripted servers that end with the test."""
    started: list[Scripted] = []

    def start(script: Script) -> Scripted:
        started.append(Scripted(script).__enter__())
        return started[-1]

    yield start
    for server in started:
        server.__exit__(None, None, None)


@pytest.fixture
def connect() -> Iterator[Callable[[Scripted], Transport]]:
    """Open transports that never really sleep and are closed with the test."""
    opened: list[Transport] = []

    def start(server: Scripted) -> Transport:
        opened.append(Transport(server.url, Secret(TOKEN), sleep=lambda _: None, random=lambda: 0.5))
        return opened[-1]

    yield start
    for transport in opened:
        transport.close()


@pytest.fixture(scope="module")
def lasting() -> Iterator[Lasting]:
    """Return one connection for all examples of a property, and the answers it gets, to be changed."""
    answers: dict[str, Callable[[Any], Any]] = {}
    with Scripted(api(answers)) as server:
        transport = Transport(server.url, Secret(TOKEN))
        yield transport, answers
        transport.close()
