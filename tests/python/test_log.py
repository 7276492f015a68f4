"""Whoever follows a log is told everything, in order, whenever it begins."""

import threading

from slyflow.model.run import RunStatus
from slyflow.python.log import Log
from tests.report import events

TOLD = events.recorded(events.succeeded())


def test_followers_in_other_threads_are_told_every_event_until_it_is_closed() -> None:
    log = Log(None)
    heard: list[list[int]] = [[], [], []]

    def follow(index: int) -> None:
        heard[index] += [recorded.number for recorded in log.follow()]

    threads = [threading.Thread(target=follow, args=(index,)) for index in range(3)]
    for thread in threads:
        thread.start()
    for recorded in TOLD:
        log.add(recorded)
    log.close()
    for thread in threads:
        thread.join(timeout=10)
    assert heard == [[recorded.number for recorded in TOLD]] * 3
    assert [recorded.number for recorded in log.follow()] == heard[0]


def test_the_summary_is_that_of_the_events_so_far() -> None:
    log = Log(None, TOLD[:1])
    statuses = [log.summary.status]
    for recorded in TOLD[1:]:
        log.add(recorded)
    assert [*statuses, log.summary.status] == [RunStatus.RUNNING, RunStatus.SUCCEEDED]
    assert log.events == tuple(TOLD)


def test_the_end_is_waited_for_as_long_as_wanted() -> None:
    log = Log(None)
    assert not log.wait_for_end(0.01)
    log.close()
    assert log.wait_for_end()
    assert log.is_closed
