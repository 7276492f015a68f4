"""Waiting for the end of sessions."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.instance.server import Answer, Server, make_app, running


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[Server]:
    """A server with one slot."""
    with running(tmp_path / "narrow", slots=1) as server:
        yield server


def watch(server: Server, ids: list[int], seconds: float) -> tuple[dict[int, dict[str, object]], float]:
    begun = time.monotonic()
    rows = server.call("embedded.watch", {"ids": ids, "seconds": seconds})
    return {row["id"]: row for row in rows}, time.monotonic() - begun


def test_the_end_of_a_session_is_told_at_once(server: Server, tmp_path: Path) -> None:
    app = server.add_app(make_app(tmp_path / "short", "import time; time.sleep(0.5)"))
    session = server.run(app)
    rows, took = watch(server, [session], 20.0)
    assert rows[session]["status"] == "finished"
    assert rows[session]["meta"]
    assert took < 10.0


def test_what_has_ended_before_is_not_waited_for(server: Server, tmp_path: Path) -> None:
    session = server.run(server.add_app(make_app(tmp_path / "noop", "")))
    server.wait(session)
    rows, took = watch(server, [session, 99999], 20.0)
    assert list(rows) == [session]
    assert took < 5.0


def test_after_the_time_a_running_session_is_told_without_its_meta(server: Server, tmp_path: Path) -> None:
    session = server.run(server.add_app(make_app(tmp_path / "long", "import time; time.sleep(60)")))
    rows, took = watch(server, [session], 0.3)
    assert rows[session].keys() == {"id", "status"}
    assert took >= 0.3


def test_while_others_wait_for_the_slot_an_end_is_no_news(narrow: Server, tmp_path: Path) -> None:
    noop = narrow.add_app(make_app(tmp_path / "noop", ""))
    long = narrow.add_app(make_app(tmp_path / "long", "import time; time.sleep(60)"))
    first = narrow.run(noop)
    narrow.wait(first)
    sessions = [first, narrow.run(long), narrow.run(noop)]
    rows, took = watch(narrow, sessions, 0.5)
    assert took >= 0.5
    assert [rows[session]["status"] for session in (sessions[0], sessions[2])] == ["finished", "queued"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"ids": 7},
        {"ids": ["x"]},
        {"ids": [1], "seconds": -1},
        {"ids": [1], "seconds": 31},
        {"ids": [1], "seconds": "1"},
        {"ids": [1], "seconds": True},
    ],
)
def test_odd_requests_are_refused(server: Server, body: dict[str, object]) -> None:
    with pytest.raises(Answer) as caught:
        server.call("embedded.watch", body)
    assert caught.value.status == 400
