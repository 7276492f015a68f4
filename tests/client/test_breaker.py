"""An instance that fails all the time is left alone, and tried again now and then."""

from collections.abc import Callable

import pytest

from slyflow.client import Instance
from slyflow.client.breaker import MOST_FAILURES, PROBE_EVERY, Breaker
from slyflow.client.retry import NEVER, READ
from slyflow.client.transport import Transport
from slyflow.errors import NotSent, Rejected, Unavailable
from slyflow.secret import Secret
from tests.client.conftest import TOKEN
from tests.client.scripted import Script, Scripted, in_turn, reply


class Clock:
    """A clock that is set by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def failed(times: int, clock: Clock) -> Breaker:
    breaker = Breaker(clock)
    for _ in range(times):
        assert breaker.wait() == 0.0
        breaker.note(well=False)
    return breaker


def test_a_few_failures_stop_nothing() -> None:
    assert failed(MOST_FAILURES - 1, Clock()).wait() == 0.0


def test_one_request_passes_in_each_interval() -> None:
    clock = Clock()
    breaker = failed(MOST_FAILURES, clock)
    assert breaker.wait() == PROBE_EVERY
    clock.now += PROBE_EVERY
    assert breaker.wait() == 0.0
    assert breaker.wait() == PROBE_EVERY
    breaker.note(well=False)
    assert breaker.wait() == PROBE_EVERY


def test_one_good_answer_ends_it() -> None:
    clock = Clock()
    breaker = failed(MOST_FAILURES, clock)
    clock.now += PROBE_EVERY
    assert breaker.wait() == 0.0
    breaker.note(well=True)
    assert [breaker.wait(), breaker.wait()] == [0.0, 0.0]


def transport_of(server: Scripted, clock: Clock) -> Transport:
    breaker = Breaker(clock)
    return Transport(server.url, Secret(TOKEN), sleep=lambda _: None, random=lambda: 0.5, breaker=breaker)


def test_a_failing_instance_gets_no_more_requests_until_it_is_time(
    serve: Callable[[Script], Scripted],
) -> None:
    clock = Clock()
    server = serve(in_turn(*[reply(b"{}", 503)] * MOST_FAILURES, reply(b'{"a": 1}')))
    transport = transport_of(server, clock)
    for _ in range(2):
        with pytest.raises(Unavailable):
            transport.call("tasks.list", retry=READ)
    with pytest.raises(NotSent, match="failed 10 times in a row") as refused:
        transport.call("tasks.run.app", retry=NEVER)
    assert refused.value.retry_after == PROBE_EVERY
    assert len(server.requests) == MOST_FAILURES
    clock.now += PROBE_EVERY
    assert transport.call("tasks.list", retry=READ) == {"a": 1}
    transport.close()


def test_refusals_are_answers(serve: Callable[[Script], Scripted]) -> None:
    server = serve(in_turn(reply(b"{}", 400)))
    transport = transport_of(server, Clock())
    for _ in range(2 * MOST_FAILURES):
        with pytest.raises(Rejected):
            transport.call("tasks.list", retry=READ)
    transport.close()


def test_an_instance_on_this_machine_is_always_asked(
    serve: Callable[[Script], Scripted], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("slyflow.client.transport.delay", lambda *_: 0.0)
    server = serve(in_turn(reply(b"{}", 503)))
    for is_near, said in ((True, "answered 503"), (False, "failed 10 times in a row")):
        with Instance(server.url, Secret(TOKEN), is_near=is_near) as instance:
            for _ in range(2):
                with pytest.raises(Unavailable):
                    instance.sessions.info(5)
            with pytest.raises(Unavailable, match=said):
                instance.sessions.info(5)
