"""One line for each event that a person waits for, for logs and for terminals that cannot redraw."""

from collections.abc import Callable, Iterable, Mapping
from typing import assert_never

from slyflow.model.event import (
    AttemptFailed,
    DuplicateEnded,
    DuplicateFound,
    EdgeFailed,
    EdgeIntended,
    EdgeWritten,
    LaunchAccepted,
    LaunchIntended,
    LaunchNotSent,
    LaunchResolved,
    LaunchSent,
    OutputsFound,
    Recorded,
    RunCancelled,
    RunClosed,
    RunCreated,
    RunInterrupted,
    RunResumed,
    SessionChanged,
    SessionEnded,
    SessionRecovered,
    StepEnded,
    StepStarted,
    StopRequested,
    Warned,
)
from slyflow.model.pipeline import Pipeline
from slyflow.model.run import StepStatus
from slyflow.model.session import Status
from slyflow.report.line import Line, Part, Style
from slyflow.report.stepsummary import StepSummary, elapsed
from slyflow.report.summary import Fold, Summary
from slyflow.text import format_duration, plural

STYLES: Mapping[StepStatus, Style] = {
    StepStatus.WAITING: "dim",
    StepStatus.RUNNING: "active",
    StepStatus.SUCCEEDED: "good",
    StepStatus.FAILED: "bad",
    StepStatus.SKIPPED: "dim",
    StepStatus.CANCELLED: "warn",
}
# Of a session's changes only these are news; the others follow from what is said anyway.
_NEWS: Mapping[Status, str] = {Status.STARTED: "started", Status.TERMINATING: "is being stopped"}


class PlainReporter:
    """Writes lines as events come; `write` is given each line without its end."""

    def __init__(self, write: Callable[[Line], None], pipeline: Pipeline | None = None) -> None:
        self._write = write
        self._fold = Fold(pipeline)

    def recall(self, recorded: Iterable[Recorded]) -> None:
        """Take note of earlier events without a word."""
        for entry in recorded:
            self._fold.add(entry)

    def report(self, recorded: Recorded) -> None:
        """Write the line of one event, if it is worth one."""
        self._fold.add(recorded)
        line = _line(recorded, self._fold)
        if line is not None:
            self._write((Part(_time(recorded.at), "dim"), "  ", *line))


def _time(at: str) -> str:
    """Return the wall-clock time of an ISO 8601 instant, in UTC as it stands there."""
    return at[11:19]


def _line(recorded: Recorded, fold: Fold) -> Line | None:
    match recorded.event:
        case RunCreated() | RunResumed() | RunCancelled() | RunInterrupted() | RunClosed() as event:
            return _run_line(event, fold)
        case Warned() as event:
            where = f"{event.step}: " if event.step else ""
            return (Part("warning: ", "warn"), f"{where}{event.message}")
        case StepEnded() as event:
            return ended_line(fold.step(event.step))
        case (
            StepStarted()
            | LaunchAccepted()
            | LaunchNotSent()
            | LaunchResolved()
            | SessionChanged()
            | SessionRecovered() as event
        ):
            return _progress_line(event, fold)
        case StopRequested() | AttemptFailed() | EdgeFailed() | DuplicateEnded() as event:
            return _trouble_line(event)
        case (
            LaunchIntended()
            | LaunchSent()
            | DuplicateFound()
            | SessionEnded()
            | OutputsFound()
            | EdgeIntended()
            | EdgeWritten()
        ):
            return None
        case _:
            assert_never(recorded.event)


def _run_line(event: RunCreated | RunResumed | RunCancelled | RunInterrupted | RunClosed, fold: Fold) -> Line:
    head = fold.head
    match event:
        case RunCreated():
            return (Part(head.pipeline, "strong"), f"  run {head.run} on {head.instance_url}")
        case RunResumed():
            taken = f", taken over from {event.taken_from}" if event.taken_from is not None else ""
            return (Part(head.pipeline, "strong"), f"  run {head.run} goes on{taken}")
        case RunCancelled():
            return (Part("cancelled: ", "warn"), event.reason)
        case RunInterrupted():
            return (Part("interrupted: ", "warn"), event.reason)
        case RunClosed():
            return closing_line(fold.summary)
        case _:
            assert_never(event)


def _progress_line(
    event: StepStarted | LaunchAccepted | LaunchNotSent | LaunchResolved | SessionChanged | SessionRecovered,
    fold: Fold,
) -> Line | None:
    name = Part(event.step, "strong")
    match event:
        case StepStarted():
            step = fold.step(event.step)
            return (name, f" attempt {step.attempts}") if step.attempts > 1 else None
        case LaunchNotSent():
            return (name, Part(" not launched yet: ", "warn"), event.reason)
        case LaunchAccepted():
            found = " (found again)" if event.how == "adopted" else ""
            return (name, f" launched{found}  ", Part(fold.head.session_url(event.session_id), "dim"))
        case LaunchResolved():
            said = (
                "launched again" if event.session_id is None else f"goes on with session {event.session_id}"
            )
            return (name, f" {said}, as was asked for")
        case SessionRecovered():
            url = fold.head.session_url(event.session_id)
            return (name, f" attempt {event.attempt} found again  ", Part(url, "dim"))
        case SessionChanged():
            news = _NEWS.get(event.status)
            return (name, f" {news}") if news else None
        case _:
            assert_never(event)


def _trouble_line(event: StopRequested | AttemptFailed | EdgeFailed | DuplicateEnded) -> Line:
    name = Part(event.step, "strong")
    match event:
        case StopRequested():
            return (name, Part(" stopping: ", "warn"), event.failure.message)
        case AttemptFailed():
            message = f"{event.failure.message}; again in {format_duration(event.delay)}"
            return (name, Part(f" attempt {event.attempt} failed: ", "warn"), message)
        case DuplicateEnded():
            return (name, f" duplicate session {event.session_id} has ended: {event.status}")
        case EdgeFailed():
            return (name, Part(" edge not written: ", "warn"), event.message)
        case _:
            assert_never(event)


def ended_line(step: StepSummary) -> Line:
    """Return how a step ended: status, time taken, and why when it did not succeed."""
    line: list[str | Part] = [Part(step.id, "strong"), " ", Part(step.status.value, STYLES[step.status])]
    length = elapsed(step.started_at, step.ended_at)
    if length is not None and step.kind == "app":
        line.append(Part(f" in {format_duration(length)}", "dim"))
    if step.failure is not None and step.status is not StepStatus.SUCCEEDED:
        line.append(f": {step.failure.message} ({step.failure.kind.value})")
    elif step.reason:
        line.append(f": {step.reason}")
    return line


def closing_line(summary: Summary) -> Line:
    """Return how a run ended: status, steps by status, time taken, exit code."""
    counts = dict.fromkeys(StepStatus, 0)
    for step in summary.steps.values():
        counts[step.status] += 1
    told = ", ".join(f"{count} {status.value}" for status, count in counts.items() if count)
    length = elapsed(summary.started_at, summary.ended_at)
    took = f" in {format_duration(length)}" if length is not None else ""
    style: Style = "good" if summary.exit_code == 0 else "bad"
    return (
        Part(summary.pipeline, "strong"),
        " ",
        Part(summary.status.value, style),
        f"{took}: {plural(len(summary.steps), 'step')} ({told})",
        "" if summary.exit_code == 0 else f", exit code {summary.exit_code}",
    )
