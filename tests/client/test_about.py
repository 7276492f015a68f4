"""What an instance says of itself."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from slyflow.client.about import About
from slyflow.client.transport import Transport
from slyflow.errors import AuthError, Unavailable
from tests.client.scripted import Script, Scripted, api

Serve = Callable[[Script], Scripted]
Connect = Callable[[Scripted], Transport]


def about(serve: Serve, connect: Connect, answer: Any) -> About:
    return About(connect(serve(api({"instance.version": lambda _: answer}))))


@pytest.mark.parametrize(
    ("answer", "version", "embedded"),
    [
        ({"version": "6.17.8"}, "6.17.8", False),
        ({"version": "6.17.8", "slyflow": "0.1.0"}, "6.17.8", True),
        ({"version": 6}, None, False),
        ([], None, False),
        ((404, {}), None, False),
        ((400, {}), None, False),
    ],
)
def test_the_version_tells_embedded_from_remote(
    serve: Serve, connect: Connect, answer: Any, version: str | None, *, embedded: bool
) -> None:
    found = about(serve, connect, answer)
    assert (found.version, found.embedded) == (version, embedded)


@pytest.mark.parametrize(("status", "kind"), [(401, AuthError), (503, Unavailable)])
def test_no_answer_is_no_version_and_is_asked_again(
    serve: Serve, connect: Connect, status: int, kind: type[Exception]
) -> None:
    answers: Iterator[Any] = iter([(status, {})] * 5)
    found = About(connect(serve(api({"instance.version": lambda _: next(answers, {"version": "6.9.31"})}))))
    with pytest.raises(kind):
        _ = found.version
    list(answers)
    assert found.version == "6.9.31"


def test_it_is_asked_once(serve: Serve, connect: Connect) -> None:
    server = serve(api({"instance.version": lambda _: {"version": "1"}}))
    found = About(connect(server))
    assert [found.version, found.version, found.embedded] == ["1", "1", False]
    assert len(server.requests) == 1
