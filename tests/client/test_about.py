"""What an instance says of itself."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from slyflow.client.about import WORKFLOW, WORKFLOW_JOBS, About, Support
from slyflow.client.transport import Transport
from slyflow.errors import AuthError, Unavailable, Unsupported, UsageError
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


@pytest.mark.parametrize(
    ("version", "workflow", "jobs"),
    [
        ("6.9.30", Support.NO, Support.NO),
        ("6.9.31", Support.YES, Support.NO),
        ("6.11.11", Support.YES, Support.YES),
        ("6.100.0", Support.YES, Support.YES),
        ("unknown", Support.UNKNOWN, Support.UNKNOWN),
        (None, Support.UNKNOWN, Support.UNKNOWN),
    ],
)
def test_support_is_told_by_the_version_or_not_known(
    serve: Serve, connect: Connect, version: str | None, workflow: Support, jobs: Support
) -> None:
    found = about(serve, connect, {"version": version})
    assert (found.support(WORKFLOW), found.support(WORKFLOW_JOBS)) == (workflow, jobs)


def test_what_an_old_instance_cannot_do_is_unsupported(serve: Serve, connect: Connect) -> None:
    with pytest.raises(Unsupported, match=r"has version 6\.9\.31; edges of jobs would need 6\.11\.11"):
        about(serve, connect, {"version": "6.9.31"}).require(WORKFLOW_JOBS, "edges of jobs")
    about(serve, connect, {"version": "6.9.31"}).require(WORKFLOW, "edges")
    about(serve, connect, {}).require(WORKFLOW_JOBS, "edges of jobs")


def test_a_minimum_that_is_no_version_is_refused(serve: Serve, connect: Connect) -> None:
    with pytest.raises(UsageError, match='"newest" is no version'):
        about(serve, connect, {"version": "6.9.31"}).support("newest")


def test_two_instances_do_not_share_what_they_know(serve: Serve, connect: Connect) -> None:
    old, new = about(serve, connect, {"version": "6.9.0"}), about(serve, connect, {"version": "6.17.8"})
    assert (old.support(WORKFLOW), new.support(WORKFLOW)) == (Support.NO, Support.YES)
