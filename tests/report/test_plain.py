"""Plain lines tell a run in the order in which it happened."""

from slyflow.model.event import (
    EdgeFailed,
    Event,
    LaunchNotSent,
    RunInterrupted,
    RunResumed,
    StopRequested,
    Warned,
)
from slyflow.model.pipeline import FailureKind
from slyflow.model.run import Failure
from slyflow.report.line import Line, draw
from slyflow.report.plain import PlainReporter
from tests.report import events


def _told(*told: Event) -> list[str]:
    lines: list[Line] = []
    reporter = PlainReporter(lines.append)
    for entry in events.recorded(told):
        reporter.report(entry)
    return [draw(line, color=False) for line in lines]


def test_a_good_run_is_told_in_a_line_for_each_thing_that_matters() -> None:
    assert _told(*events.succeeded()) == [
        f"06:15:00  lemons  run 20261124-061500-k3f9 on {events.URL}",
        f"06:15:04  fetch launched  {events.URL}/apps/sessions/101",
        "06:15:05  fetch started",
        "06:15:09  fetch succeeded in 8.0s",
        f"06:15:13  train launched  {events.URL}/apps/sessions/102",
        "06:15:14  train started",
        "06:15:18  train succeeded in 8.0s",
        "06:15:19  best succeeded",
        "06:15:20  lemons succeeded in 20s: 3 steps (3 succeeded)",
    ]


def test_a_bad_run_says_why() -> None:
    lines = "\n".join(_told(*events.failed()))
    assert 'warning: fetch: argument "sizze" is not declared' in lines
    assert "train attempt 1 failed: session 102 is no longer on the instance; again in 1m 00s" in lines
    assert "train attempt 2\n" in lines
    assert "train failed in 12s: exit code 1 (error)" in lines
    assert 'best skipped: step "train" failed' in lines
    assert "lemons failed in 25s: 3 steps (1 succeeded, 1 failed, 1 skipped), exit code 1" in lines


def test_troubles_on_the_way_are_told() -> None:
    lines = _told(
        events.created(),
        *events.launched("fetch", 1, 101)[:3],
        LaunchNotSent("fetch", 1, "connection refused"),
        EdgeFailed("fetch", 1, (101, "output", "project", "7"), "HTTP 500"),
        StopRequested("fetch", 1, Failure(FailureKind.RUN_TIMEOUT, "it ran for 1m 00s")),
        RunInterrupted("SIGINT"),
        RunResumed("0.1.0"),
    )
    assert [line[10:] for line in lines[1:]] == [
        "fetch not launched yet: connection refused",
        "fetch edge not written: HTTP 500",
        "fetch stopping: it ran for 1m 00s",
        "interrupted: SIGINT",
        "lemons  run 20261124-061500-k3f9 goes on",
    ]


def test_earlier_events_are_known_but_not_told_again() -> None:
    lines: list[Line] = []
    reporter = PlainReporter(lines.append)
    told = events.recorded(events.succeeded())
    reporter.recall(told[:-1])
    reporter.report(told[-1])
    assert [draw(line, color=False) for line in lines] == [
        "06:15:20  lemons succeeded in 20s: 3 steps (3 succeeded)"
    ]


def test_a_message_from_the_instance_cannot_fake_another_line() -> None:
    (_, line) = _told(events.created(), Warned("bad\n06:15:01  train succeeded\x1b[2J"))
    assert line == "06:15:01  warning: bad 06:15:01  train succeeded"
