"""The newest release of an app, and apps that have none."""

from collections.abc import Callable
from typing import Any

import pytest

from slyflow.client.release import newest_release
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, NotFound
from tests.client.scripted import Script, Scripted, api

Serve = Callable[[Script], Scripted]
Connect = Callable[[Scripted], Transport]


def test_the_highest_version_is_the_newest(serve: Serve, connect: Connect) -> None:
    info = {"id": 9, "meta": {"releases": [{"version": "v2.0.0"}, {"version": "v10.0.0"}]}}
    server = serve(api({"ecosystem.info": lambda _: info}))
    assert newest_release(connect(server), 9) == "v10.0.0"
    assert server.requests[0].json == {"id": 9}


@pytest.mark.parametrize(
    "meta", [None, {}, [], {"releases": []}, {"releases": ["v1"]}, {"releases": [{}, {"version": ""}]}]
)
def test_an_app_without_releases_is_not_found_and_says_what_to_do(
    serve: Serve, connect: Connect, meta: Any
) -> None:
    info = {"id": 9, "slug": "a/b", "meta": meta}
    with pytest.raises(NotFound) as raised:
        newest_release(connect(serve(api({"ecosystem.info": lambda _: info}))), 9)
    assert "name a branch" in str(raised.value.hint)


def test_an_app_that_is_not_there_is_not_found(serve: Serve, connect: Connect) -> None:
    with pytest.raises(NotFound, match="there is no app"):
        newest_release(connect(serve(api({"ecosystem.info": lambda _: None}))), 9)


@pytest.mark.parametrize("info", ["text", [1], {}])
def test_another_shape_is_a_bad_reply(serve: Serve, connect: Connect, info: Any) -> None:
    with pytest.raises(BadReply):
        newest_release(connect(serve(api({"ecosystem.info": lambda _: info}))), 9)
