"""What a session's end means, and how it is told."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.client.waited import How, Limits, Phase, Waited, phase_of, verdict
from slyflow.model.session import Session, Status

SOFT = {
    "meta": {"output": {"general": {"isError": True, "title": "It broke", "description": "badly\n\x1b[2J"}}}
}


def session(status: Status, info: Any = None) -> Session:
    return Session(5, status, info=info or {})


@pytest.mark.parametrize(
    ("status", "info", "how"),
    [
        (Status.FINISHED, {}, How.FINISHED),
        (Status.FINISHED, SOFT, How.FAILED),
        (Status.FINISHED, {"meta": {"output": {"general": {"isError": False}}}}, How.FINISHED),
        (Status.FINISHED, {"meta": "x"}, How.FINISHED),
        (Status.ERROR, {}, How.ERROR),
        (Status.STOPPED, {}, How.STOPPED),
        (Status.TERMINATING, {}, None),
        (Status.STARTED, SOFT, None),
        (Status.DEPLOYED, {}, None),
        (Status.UNKNOWN, {}, None),
    ],
)
def test_a_stopped_session_is_no_success_and_an_unknown_status_goes_on(
    status: Status, info: Any, how: How | None
) -> None:
    assert verdict(session(status, info), None) is how


@pytest.mark.parametrize(
    ("until", "status", "how"),
    [
        (Status.CONSUMED, Status.QUEUED, None),
        (Status.CONSUMED, Status.CONSUMED, How.REACHED),
        (Status.STARTED, Status.CONSUMED, None),
        (Status.STARTED, Status.DEPLOYED, How.REACHED),
        (Status.STARTED, Status.UNKNOWN, None),
        (Status.STARTED, Status.ERROR, How.ERROR),
        (Status.STARTED, Status.FINISHED, How.FINISHED),
        (Status.STOPPED, Status.STOPPED, How.REACHED),
        (Status.STOPPED, Status.FINISHED, How.FINISHED),
        (Status.TERMINATING, Status.TERMINATING, How.REACHED),
        (Status.FINISHED, Status.FINISHED, How.FINISHED),
        (Status.FINISHED, Status.DEPLOYED, None),
    ],
)
def test_a_status_is_reached_at_it_or_past_it(until: Status, status: Status, how: How | None) -> None:
    assert verdict(session(status), until) is how


def test_a_session_that_failed_in_order_is_no_success_even_when_its_end_was_waited_for() -> None:
    assert verdict(session(Status.FINISHED, SOFT), Status.FINISHED) is How.FAILED


@given(st.sampled_from(Status), st.none() | st.sampled_from(Status))
def test_whatever_has_ended_is_waited_for_no_longer(status: Status, until: Status | None) -> None:
    assert verdict(session(status), until) is not None or not status.is_terminal


def test_each_phase_has_its_limit() -> None:
    limits = Limits(queue=1.0, start=2.0, run=3.0)
    statuses = (Status.QUEUED, Status.CONSUMED, Status.STARTED, Status.TERMINATING, Status.UNKNOWN)
    assert [limits.of(phase_of(status)) for status in statuses] == [1.0, 2.0, 3.0, 3.0, 3.0]


@pytest.mark.parametrize("how", list(How))
def test_every_outcome_is_told_with_the_session(how: How) -> None:
    waited = Waited(5, how, session(Status.FINISHED, SOFT), Phase.QUEUE, 90.0)
    assert "session 5" in waited.message
    assert "\x1b" not in waited.message
    assert waited.is_good is (how in (How.FINISHED, How.REACHED))


def test_the_app_s_own_words_are_told() -> None:
    assert Waited(5, How.FAILED, session(Status.FINISHED, SOFT)).message.endswith(": It broke: badly")
    said = {"meta": {"error": {"message": "exit code 3"}}}
    assert Waited(5, How.ERROR, session(Status.ERROR, said)).message.endswith(": exit code 3")
    assert Waited(5, How.ERROR, session(Status.ERROR)).message == "session 5 ended with an error"
    late = Waited(5, How.LATE, session(Status.QUEUED), Phase.QUEUE, 90.0)
    assert late.message == "session 5 has been queued for 1m 30s, longer than its limit"


def test_one_never_seen_has_an_unknown_status() -> None:
    assert Waited(5, How.LOST).status is Status.UNKNOWN
