"""A run is listed in one row, or shown whole."""

from slyflow.report.line import columns, draw
from slyflow.report.listing import run_cells, run_lines
from slyflow.report.summary import summarize
from tests.report import events


def test_a_row_says_which_run_how_it_ended_and_how_far_it_got() -> None:
    rows = [run_cells(summarize(events.recorded(told))) for told in (events.succeeded(), events.failed())]
    assert [draw(line, color=False).rstrip() for line in columns(rows)] == [
        "20261124-061500-k3f9  lemons  succeeded  3/3 steps  20s",
        "20261124-061500-k3f9  lemons  failed     1/3 steps  25s",
    ]


def test_a_good_run_is_shown_with_its_outputs() -> None:
    lines = [
        draw(line, color=False).rstrip() for line in run_lines(summarize(events.recorded(events.succeeded())))
    ]
    assert lines == [
        "run       20261124-061500-k3f9",
        "pipeline  lemons (pipelines/lemons.yaml)",
        "status    succeeded, exit code 0",
        f"instance  {events.URL}",
        "started   2026-11-24T06:15:00.000Z",
        "ended     2026-11-24T06:15:20.000Z",
        "",
        "steps",
        f"  fetch  succeeded  8.0s    {events.URL}/apps/sessions/101",
        f"    images  project  7 Lemons  {events.URL}/projects/7/datasets",
        f"  train  succeeded  8.0s    {events.URL}/apps/sessions/102",
        "    weights  none",
        "  best   succeeded  0.0s",
        "    map  value  0.5",
        "",
        "outputs",
        "  map  0.5",
    ]


def test_a_bad_run_is_shown_with_its_reasons_and_warnings() -> None:
    text = "\n".join(
        draw(line, color=False) for line in run_lines(summarize(events.recorded(events.failed())))
    )
    assert "status    failed, exit code 1" in text
    assert "    error: exit code 1" in text
    assert '    step "train" failed' in text
    assert "attempt 2" in text
    assert 'warning: argument "sizze" is not declared' in text


def test_a_run_that_goes_on_has_not_ended() -> None:
    lines = [draw(line, color=False) for line in run_lines(summarize(events.recorded([events.created()])))]
    assert "ended     not yet" in lines
    assert "status    running" in lines
