"""The live view: a tree of steps that is drawn again as events come; the only home of rich."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console as Terminal
from rich.console import Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from slyflow.model.event import Recorded, Warned
from slyflow.model.pipeline import Pipeline
from slyflow.model.run import StepStatus
from slyflow.model.session import Status
from slyflow.report.line import one_line
from slyflow.report.stepsummary import StepSummary, elapsed
from slyflow.report.summary import Fold, Summary
from slyflow.text import format_duration, plural

REFRESHES_PER_SECOND = 8
# Lines of the terminal that no step may take: head, heading of `finally`, hidden steps, cursor.
_RESERVED_LINES = 4
_LOOKS: Mapping[StepStatus, tuple[str, str]] = {
    StepStatus.WAITING: ("·", "dim"),
    StepStatus.RUNNING: ("●", "cyan"),
    StepStatus.SUCCEEDED: ("✓", "green"),
    StepStatus.FAILED: ("✗", "red"),
    StepStatus.SKIPPED: ("-", "dim"),
    StepStatus.CANCELLED: ("■", "yellow"),
}
# Which steps are shown first when not all fit.
_URGENCY = (
    StepStatus.RUNNING,
    StepStatus.FAILED,
    StepStatus.CANCELLED,
    StepStatus.WAITING,
    StepStatus.SUCCEEDED,
    StepStatus.SKIPPED,
)


class LiveReporter:
    """Draws a run on a terminal while it is open; the last picture stays.

    `now` is the wall clock in UTC: events carry its time, and what is shown is for people only.
    """

    def __init__(
        self,
        stream: TextIO,
        pipeline: Pipeline | None,
        *,
        color: bool,
        redact: Callable[[str], str],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._fold = Fold(pipeline)
        self._redact = redact
        self._now = now
        self._terminal = Terminal(
            file=stream, force_terminal=True, no_color=not color, highlight=False, markup=False, emoji=False
        )
        self._live = Live(
            console=self._terminal,
            refresh_per_second=REFRESHES_PER_SECOND,
            get_renderable=self.picture,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def recall(self, recorded: Iterable[Recorded]) -> None:
        """Take note of earlier events without a word."""
        for entry in recorded:
            self._fold.add(entry)

    def report(self, recorded: Recorded) -> None:
        """Take note of one event; a warning is printed above the tree and stays."""
        self._fold.add(recorded)
        if isinstance(recorded.event, Warned):
            where = f"{recorded.event.step}: " if recorded.event.step else ""
            self._terminal.print(self._text(f"warning: {where}{recorded.event.message}", "yellow"))

    def picture(self) -> RenderableType:
        """Return the run as it stands; also called by rich's own thread."""
        if not self._fold.has_begun:
            return Text("")
        summary = self._fold.summary
        room = max(1, self._terminal.height - _RESERVED_LINES)
        shown = _most_urgent(list(summary.steps.values()), room)
        parts: list[RenderableType] = [self._head(summary), self._tree(shown, summary)]
        hidden = Counter(step.status for step in summary.steps.values())
        hidden.subtract(step.status for step in shown)
        if hidden.total():
            told = ", ".join(f"{count} {status.value}" for status, count in hidden.items() if count)
            parts.append(self._text(f"   and {plural(hidden.total(), 'more step')}: {told}", "dim"))
        return Group(*parts)

    def _head(self, summary: Summary) -> Text:
        length = self._elapsed(summary.started_at, summary.ended_at)
        head = self._text(summary.pipeline, "bold")
        return head.append(self._text(f"  {summary.run}  {summary.status.value}  {length}", "dim"))

    def _tree(self, steps: Sequence[StepSummary], summary: Summary) -> Table:
        """Return one row for each step: branch, state, name, what it does, time taken, session."""
        table = Table.grid(padding=(0, 1))
        for ratio in (None, None, None, None, 1):
            table.add_column(no_wrap=True, overflow="ellipsis", ratio=ratio)
        last = len(steps) - 1
        for index, step in enumerate(steps):
            mark, style = _LOOKS[step.status]
            branch = "└─" if index == last else "├─"
            link = summary.session_url(step.session) if step.session is not None else ""
            table.add_row(
                Text(f"{branch} ").append(mark, style),
                self._text(step.id, "bold" if step.status is StepStatus.RUNNING else style),
                self._text(_state(step), style),
                self._text(self._elapsed(step.started_at, step.ended_at), "dim"),
                self._text(_why(step) or link, "" if _why(step) else "dim"),
            )
        return table

    def _elapsed(self, begin: str | None, end: str | None) -> str:
        length = elapsed(begin, end or self._now().isoformat())
        return "" if length is None else format_duration(length)

    def _text(self, text: str, style: str) -> Text:
        return Text(self._redact(one_line(text)), style)


def _state(step: StepSummary) -> str:
    """Return the step's state, for a running one the session's."""
    if step.status is not StepStatus.RUNNING or step.kind != "app":
        return step.status.value
    status = step.session_status
    state = "launching" if status is None else "running" if status is Status.STARTED else status.value
    return state if step.attempts <= 1 else f"{state}, attempt {step.attempts}"


def _why(step: StepSummary) -> str:
    """Return why a step ended otherwise than it should."""
    if step.status in (StepStatus.FAILED, StepStatus.CANCELLED) and step.failure is not None:
        return step.failure.message
    return step.reason or ""


def _most_urgent(steps: Sequence[StepSummary], room: int) -> Sequence[StepSummary]:
    """Return at most `room` steps in their own order, those that a person looks for first."""
    if len(steps) <= room:
        return steps
    ranked = sorted(range(len(steps)), key=lambda index: (_URGENCY.index(steps[index].status), index))
    return [steps[index] for index in sorted(ranked[:room])]
