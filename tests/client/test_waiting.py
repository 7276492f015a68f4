"""Waiting for sessions on a server whose sessions move on as time passes."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slyflow.client.sessions import Sessions
from slyflow.client.transport import Transport
from slyflow.client.waited import How, Limits, Phase
from slyflow.client.waiting import MISSES, Pace, Waiting
from slyflow.errors import AuthError, Gone, Rejected, Unavailable, UsageError
from slyflow.model.session import Status
from slyflow.secret import Secret
from tests.client.clock import Clock
from tests.client.conftest import TOKEN
from tests.client.scripted import Scripted, api
from tests.client.tasklist import Tasks

GONE = "gone"
Life = list[tuple[float, str]]
"""From which second on a session has which status; "gone" is none at all."""


class World:
    """A server whose sessions live by a clock; what it was asked is counted."""

    def __init__(self) -> None:
        self.clock = Clock(0.0)
        self.lives: dict[int, Life] = {}
        self.refusal: tuple[int, dict[str, str]] | None = None
        self.asked: list[str] = []
        self.most_per_page = 1000
        self.filters = True
        # What a request takes: sessions move on between the pages of a list.
        self.delay = 0.0

    def rows(self) -> list[dict[str, Any]]:
        found = []
        for session_id, life in self.lives.items():
            status = [status for since, status in life if since <= self.clock.now][-1:]
            if status and status != [GONE]:
                found.append({"id": session_id, "status": status[0], "workspaceId": 4, "meta": {}})
        return found

    def info(self, body: Any) -> Any:
        self.asked.append("tasks.info")
        found = [row for row in self.rows() if row["id"] == body["id"]]
        return self.refusal or (found[0] if found else (404, {}))

    def list(self, body: Any) -> Any:
        self.asked.append("tasks.list")
        self.clock.now += self.delay
        tasks = Tasks(self.rows(), filters=self.filters, most_per_page=self.most_per_page)
        return self.refusal or tasks(body)


@pytest.fixture(scope="module")
def lasting() -> Iterator[tuple[dict[str, Callable[[Any], Any]], Transport]]:
    """One server for all worlds, for the sake of the properties' examples."""
    methods: dict[str, Callable[[Any], Any]] = {}
    with Scripted(api(methods)) as server:
        transport = Transport(server.url, Secret(TOKEN), sleep=lambda _: None, random=lambda: 0.5)
        yield methods, transport
        transport.close()


Enter = Callable[[dict[int, Life]], tuple[World, Waiting]]


@pytest.fixture(scope="module")
def enter(lasting: tuple[dict[str, Callable[[Any], Any]], Transport]) -> Enter:
    methods, transport = lasting

    def start(lives: dict[int, Life]) -> tuple[World, Waiting]:
        world = World()
        world.lives = lives
        methods.update({"tasks.info": world.info, "tasks.list": world.list})
        return world, Waiting(Sessions(transport), clock=world.clock, sleep=world.clock.sleep)

    return start


def test_a_session_is_waited_for_to_its_end(enter: Enter) -> None:
    world, waiting = enter({5: [(0, "queued"), (2, "started"), (7, "finished")]})
    waited = waiting.one(5)
    assert (waited.how, waited.status, waited.is_good) == (How.FINISHED, Status.FINISHED, True)
    assert waited.seconds == 7.0
    assert set(world.asked) == {"tasks.info"}


@pytest.mark.parametrize(
    ("life", "how"),
    [
        ([(0, "started"), (3, "error")], How.ERROR),
        ([(0, "started"), (3, "terminating"), (5, "stopped")], How.STOPPED),
        ([(0, "resting"), (3, "finished")], How.FINISHED),
        ([(0, "started"), (3, GONE)], How.LOST),
        ([(0, "started"), (3, GONE), (8, "finished")], How.FINISHED),
        ([(0, GONE)], How.LOST),
    ],
)
def test_every_end_is_a_value(enter: Enter, life: Life, how: How) -> None:
    assert enter({5: life})[1].one(5).how is how


def test_one_that_vanished_is_lost_only_after_a_while(enter: Enter) -> None:
    world, waiting = enter({5: [(0, "started"), (3, GONE)]})
    waited = waiting.one(5, pace=Pace(lost_after=60.0))
    assert waited.session is not None
    assert 60.0 <= world.clock.now - 3.0 <= 70.0
    world, waiting = enter({5: [(0, GONE)]})
    assert waiting.one(5).session is None
    assert len(world.asked) == MISSES


@pytest.mark.parametrize(
    ("limits", "phase", "at"),
    [
        (Limits(queue=2.5), Phase.QUEUE, 2.5),
        (Limits(queue=11, start=3), Phase.START, 13.0),
        (Limits(run=4), Phase.RUN, 24.0),
        (Limits(queue=11, start=11, run=0.5), Phase.RUN, 20.5),
    ],
)
def test_each_phase_is_late_by_its_own_limit(enter: Enter, limits: Limits, phase: Phase, at: float) -> None:
    world, waiting = enter({5: [(0, "queued"), (10, "consumed"), (20, "started")]})
    waited = waiting.one(5, limits=limits)
    assert (waited.how, waited.phase, waited.is_good) == (How.LATE, phase, False)
    assert at <= world.clock.now <= at + 1.0
    assert waited.session is not None


def test_reaching_a_status_is_enough_when_it_was_asked_for(enter: Enter) -> None:
    _, waiting = enter({5: [(0, "queued"), (3, "started")]})
    waited = waiting.one(5, until=Status.STARTED)
    assert (waited.how, waited.status, waited.seconds) == (How.REACHED, Status.STARTED, 3.0)
    with pytest.raises(UsageError):
        waiting.one(5, until=Status.UNKNOWN)


def test_each_is_told_when_it_ends_and_all_are_told_in_order(enter: Enter) -> None:
    lives: dict[int, Life] = {
        1: [(0, "started"), (9, "finished")],
        2: [(0, "started"), (2, "error")],
        3: [(0, GONE)],
    }
    _, waiting = enter(lives)
    assert [one.id for one in waiting.each([1, 2, 3])] == [2, 3, 1]
    _, waiting = enter(lives)
    assert list(waiting.all([3, 1, 1, 2])) == [3, 1, 2]
    assert list(waiting.each([])) == []


def test_an_instance_out_of_order_is_forgiven_for_a_while_and_then_raised(enter: Enter) -> None:
    world, waiting = enter({5: [(0, "started"), (7, "finished")]})

    def recover(now: float) -> None:
        world.refusal = (500, {}) if 2.0 < now < 20.0 else None

    world.clock.wakes.append(recover)
    assert waiting.one(5).how is How.FINISHED
    world, waiting = enter({5: [(0, "started")]})
    world.refusal = (500, {})
    with pytest.raises(Unavailable):
        waiting.one(5, pace=Pace(unreachable=30.0))
    assert 30.0 <= world.clock.now <= 40.0


@pytest.mark.parametrize(("status", "kind"), [(401, AuthError), (400, Rejected)])
def test_a_refusal_is_raised_at_once(enter: Enter, status: int, kind: type[Exception]) -> None:
    world, waiting = enter({5: [(0, "started")]})
    world.refusal = (status, {"error": "no"})
    with pytest.raises(kind):
        waiting.one(5)


def test_a_limit_says_nothing_while_the_instance_does_not_answer(enter: Enter) -> None:
    world, waiting = enter({5: [(0, "queued"), (3, "finished")]})

    def fail(now: float) -> None:
        world.refusal = (500, {}) if 0.0 < now < 9.0 else None

    world.clock.wakes.append(fail)
    assert waiting.one(5, limits=Limits(queue=2.0)).how is How.FINISHED


def test_a_thousand_sessions_cost_at_most_2_percent_of_the_requests_of_one_each(enter: Enter) -> None:
    """The SDK's wait asks once a second for each session until it has ended; pages are small here."""
    lives: dict[int, Life] = {
        n: [(0, "queued"), (n % 10, "started"), (10 + n % 30, "finished")] for n in range(1, 1001)
    }
    world, waiting = enter(lives)
    world.most_per_page = 100
    waited = waiting.all(list(lives))
    assert [one.how for one in waited.values()] == [How.FINISHED] * 1000
    theirs = sum(1 + int(life[-1][0]) for life in lives.values())
    assert len(world.asked) <= theirs * 0.02
    # No end was noticed much later than by looking once a second.
    assert max(waited[n].seconds - lives[n][-1][0] for n in lives) <= 3.0


STATUSES = st.sampled_from(["queued", "consumed", "started", "resting", "terminating", GONE])
ENDS = st.sampled_from(["finished", "error", "stopped"])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(st.tuples(st.floats(1, 30), STATUSES), max_size=4), st.floats(30, 60), ENDS),
        max_size=8,
    ),
    st.sampled_from([1, 2, 3, 1000]),
    st.booleans(),
)
def test_whatever_sessions_do_on_the_way_each_is_told_once_with_its_end(
    enter: Enter,
    drawn: list[tuple[list[tuple[float, str]], float, str]],
    most_per_page: int,
    filters: bool,  # noqa: FBT001 - drawn
) -> None:
    """Pages shift: sessions come and go while a list is read, which may be in pages of one row."""
    lives: dict[int, Life] = {
        n: [(0.0, "queued"), *sorted(way, key=lambda one: one[0]), (end, status)]
        for n, (way, end, status) in enumerate(drawn, 1)
    }
    world, waiting = enter(lives)
    world.most_per_page, world.filters, world.delay = most_per_page, filters, 0.1
    told = [
        (one.id, one.status.value) for one in waiting.each(list(lives), pace=Pace(every=3.0, lost_after=60.0))
    ]
    assert sorted(told) == sorted((n, life[-1][1]) for n, life in lives.items())


def test_an_embedded_instance_that_has_ended_is_not_waited_for() -> None:
    transport = Transport("http://127.0.0.1:1", Secret(TOKEN), is_gone=lambda: True)
    clock = Clock()
    with pytest.raises(Gone):
        Waiting(Sessions(transport), clock=clock, sleep=clock.sleep).one(5)
    assert clock.slept == []
