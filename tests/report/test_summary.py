"""A summary says of a run exactly what its events say."""

from slyflow.model.event import Event, RunCancelled, RunClosed, RunInterrupted, RunResumed
from slyflow.model.pipeline import FailureKind
from slyflow.model.run import RunStatus, StepStatus
from slyflow.model.session import Status
from slyflow.report.summary import Fold, summarize
from tests.report import events


def test_a_good_run_is_told_step_by_step() -> None:
    summary = summarize(events.recorded(events.succeeded()))
    assert (summary.status, summary.exit_code, summary.outputs) == (RunStatus.SUCCEEDED, 0, {"map": 0.5})
    assert list(summary.steps) == ["fetch", "train", "best"]
    fetch = summary.steps["fetch"]
    assert (fetch.kind, fetch.app, fetch.status) == ("app", "local/fetch@v1.0.0", StepStatus.SUCCEEDED)
    assert (fetch.session, fetch.attempts, fetch.edges, fetch.failure) == (101, 1, 1, None)
    assert fetch.outputs == {"images": events.PROJECT}
    assert (fetch.started_at, fetch.ended_at) == ("2026-11-24T06:15:01.000Z", "2026-11-24T06:15:09.000Z")
    best = summary.steps["best"]
    assert (best.kind, best.session, best.attempts) == ("values", None, 0)
    assert best.started_at == best.ended_at is not None


def test_a_retried_step_counts_attempts_and_keeps_the_last_session() -> None:
    summary = summarize(events.recorded(events.failed()))
    assert (summary.status, summary.exit_code) == (RunStatus.FAILED, 1)
    train = summary.steps["train"]
    assert (train.attempts, train.session, train.status) == (2, 103, StepStatus.FAILED)
    assert train.failure is not None
    assert train.failure.kind is FailureKind.ERROR
    best = summary.steps["best"]
    assert (best.status, best.reason, best.started_at) == (StepStatus.SKIPPED, 'step "train" failed', None)
    assert summary.warnings == ('argument "sizze" is not declared',)


def test_a_run_in_the_middle_shows_the_session_that_runs() -> None:
    fold = Fold()
    for entry in events.recorded(events.succeeded())[:6]:
        fold.add(entry)
    summary = fold.summary
    assert (summary.status, summary.exit_code, summary.ended_at) == (RunStatus.RUNNING, None, None)
    fetch = summary.steps["fetch"]
    assert (fetch.status, fetch.session_status) == (StepStatus.RUNNING, Status.STARTED)
    assert summary.steps["train"].status is StepStatus.WAITING


def test_the_summary_before_a_failure_is_forgotten_by_the_next_attempt() -> None:
    first = events.recorded(events.failed())[:18]
    train = summarize(first).steps["train"]
    assert (train.attempts, train.session, train.status) == (2, None, StepStatus.RUNNING)


def test_an_interrupted_run_is_running_again_when_it_is_resumed() -> None:
    begun: list[Event] = [events.created(), RunInterrupted("SIGINT")]
    assert summarize(events.recorded(begun)).status is RunStatus.INTERRUPTED
    assert summarize(events.recorded([*begun, RunResumed("0.1.0")])).status is RunStatus.RUNNING


def test_sessions_are_seen_where_the_instance_was_last() -> None:
    resumed = RunResumed("0.1.0", "http://127.0.0.1:9999", 7)
    summary = summarize(events.recorded([events.created(), resumed, RunResumed("0.0.9")]))
    assert summary.session_url(5) == "http://127.0.0.1:9999/apps/sessions/5"


def test_a_cancelled_run_stays_cancelled_when_it_is_closed() -> None:
    summary = summarize(events.recorded([events.created(), RunCancelled("asked"), RunClosed(1)]))
    assert (summary.status, summary.exit_code) == (RunStatus.CANCELLED, 1)


def test_a_snapshot_does_not_change_with_later_events() -> None:
    fold = Fold()
    told = events.recorded(events.succeeded())
    for entry in told[:3]:
        fold.add(entry)
    before = fold.summary
    for entry in told[3:]:
        fold.add(entry)
    assert before.steps["fetch"].status is StepStatus.RUNNING
    assert fold.summary.steps["fetch"].status is StepStatus.SUCCEEDED


def test_addresses_are_made_whole_only_where_they_are_relative() -> None:
    summary = summarize(events.recorded([events.created()]))
    assert summary.session_url(5) == f"{events.URL}/apps/sessions/5"
    assert summary.absolute("/projects/7") == f"{events.URL}/projects/7"
    assert summary.absolute("https://elsewhere/x") == "https://elsewhere/x"
    assert summary.absolute(None) is None
