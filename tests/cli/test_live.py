"""The live view draws what the events say, safely, and leaves its last picture."""

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console as Terminal

from slyflow.cli.live import LiveReporter
from slyflow.model.event import Event, StepEnded, StepStarted
from slyflow.model.run import StepResult, StepStatus
from tests.report import events

NOW = datetime(2026, 11, 24, 6, 16, tzinfo=UTC)


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rich asks the environment what the terminal can do."""
    monkeypatch.setenv("TERM", "xterm-256color")


def _live(stream: io.StringIO, *, color: bool = False) -> LiveReporter:
    return LiveReporter(
        stream, None, color=color, redact=lambda text: text.replace("hunter2", "***"), now=lambda: NOW
    )


def _drawn(live: LiveReporter) -> list[str]:
    stream = io.StringIO()
    Terminal(file=stream, width=120, height=25, no_color=True, color_system=None).print(live.picture())
    return [line.rstrip() for line in stream.getvalue().splitlines()]


def _after(told: list[Event]) -> list[str]:
    live = _live(io.StringIO())
    live.recall(events.recorded(told))
    return _drawn(live)


def test_nothing_is_drawn_before_the_run_began() -> None:
    assert _drawn(_live(io.StringIO())) == [""]


def test_a_running_step_shows_its_state_time_and_session() -> None:
    lines = _after(events.succeeded()[:6])
    assert lines[0] == "lemons  20261124-061500-k3f9  running  1m 00s"
    assert lines[1].split() == ["├─", "●", "fetch", "running", "59s", f"{events.URL}/apps/sessions/101"]
    assert lines[2].split() == ["└─", "·", "train", "waiting"]


def test_a_bad_end_shows_its_reasons() -> None:
    text = "\n".join(_after(events.failed()))
    assert "✓ fetch succeeded" in text
    assert "✗ train failed" in text
    assert "exit code 1" in text
    assert 'step "train" failed' in text


def test_another_attempt_is_counted() -> None:
    assert any("launching, attempt 2" in line for line in _after(events.failed()[:18]))


def test_of_many_steps_those_that_matter_are_shown_and_the_rest_is_counted() -> None:
    told: list[Event] = [events.created()]
    for number in range(100):
        told += [StepStarted(f"s{number}"), StepEnded(f"s{number}", StepResult(StepStatus.SUCCEEDED))]
    told.append(StepStarted("late"))
    lines = _after(told)
    assert len(lines) <= 25
    assert any("● late" in line for line in lines)
    assert "more steps: " in lines[-1]
    assert lines[-1].endswith("succeeded")


def test_it_ends_with_the_last_picture_and_warnings_stay_above_it() -> None:
    stream = io.StringIO()
    with _live(stream) as live:
        for entry in events.recorded(events.failed()):
            live.report(entry)
    text = stream.getvalue()
    assert 'warning: fetch: argument "sizze" is not declared' in text
    assert "✗" in text.rsplit("lemons", 1)[1]
    assert "\x1b[?25h" in text, "the cursor is shown again"
    assert "\x1b[31m" not in text, "colour was not allowed"


def test_colour_is_used_where_it_is_allowed() -> None:
    stream = io.StringIO()
    with _live(stream, color=True) as live:
        for entry in events.recorded(events.failed()):
            live.report(entry)
    assert "\x1b[31m" in stream.getvalue()


def test_secrets_and_escapes_do_not_reach_the_terminal() -> None:
    result = StepResult(StepStatus.SKIPPED, reason="\x1b]0;pwn\x07hunter2\rSUCCESS")
    (line,) = [line for line in _after([events.created(), StepEnded("x", result)]) if "skipped" in line]
    assert line.endswith("*** SUCCESS")
