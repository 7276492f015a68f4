"""A run, and a pipeline, as HTML for a notebook: tables and a picture, without script or network."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape

from slyflow.model.pipeline import Param, Pipeline
from slyflow.model.run import RunStatus, StepStatus
from slyflow.report.line import one_line
from slyflow.report.listing import output_cells, plain_value
from slyflow.report.stepsummary import StepSummary, elapsed
from slyflow.report.summary import Summary
from slyflow.text import format_duration, plural

# Of a longer run the steps that a person looks for first.
MOST_ROWS = 100
_LONGEST = 500
_GREEN, _RED, _BLUE, _AMBER, _GREY = "#1a7f37", "#cf222e", "#0969da", "#9a6700", "#6e7781"
_STEP_COLORS: Mapping[StepStatus, str] = {
    StepStatus.WAITING: _GREY,
    StepStatus.RUNNING: _BLUE,
    StepStatus.SUCCEEDED: _GREEN,
    StepStatus.FAILED: _RED,
    StepStatus.SKIPPED: _GREY,
    StepStatus.CANCELLED: _AMBER,
}
_RUN_COLORS: Mapping[RunStatus, str] = {
    RunStatus.RUNNING: _BLUE,
    RunStatus.INTERRUPTED: _AMBER,
    RunStatus.SUCCEEDED: _GREEN,
    RunStatus.FAILED: _RED,
    RunStatus.CANCELLED: _AMBER,
}
_URGENCY = (StepStatus.FAILED, StepStatus.RUNNING, StepStatus.CANCELLED)
_CELL = "text-align: left; padding: 2px 12px 2px 0; vertical-align: top"


def run_html(summary: Summary, picture: str, *, now: str, redact: Callable[[str], str] = str) -> str:
    """Return the run as it stands: its picture (SVG, or nothing), a row for each step, what it returned.

    `now` is the wall clock in ISO 8601, for what still runs. `redact` takes secrets out of a text.
    """
    page = _Page(redact)
    length = _length(summary.started_at, summary.ended_at or now)
    head = (
        page.strong(summary.pipeline),
        page.small(f"run {summary.run}"),
        page.colored(summary.status.value, _RUN_COLORS[summary.status]),
        page.small(length if summary.exit_code is None else f"{length}, exit code {summary.exit_code}"),
    )
    shown = _most_urgent(list(summary.steps.values()))
    rows = [page.step(step, summary, now) for step in shown]
    parts = [f"<div>{' '.join(head)}</div>", picture]
    parts.append(page.table(("step", "status", "time", "attempts", "session", ""), rows))
    if len(shown) < len(summary.steps):
        parts.append(f"<div>{page.small(f'and {len(summary.steps) - len(shown)} more steps')}</div>")
    outputs = [(page.text(name), page.text(plain_value(v))) for name, v in summary.outputs.items()]
    if outputs:
        parts.append(page.table(("output", "value"), outputs))
    parts += [f"<div>{page.colored('warning', _AMBER)} {page.text(told)}</div>" for told in summary.warnings]
    return _whole(parts)


def pipeline_html(pipeline: Pipeline, picture: str) -> str:
    """Return what a pipeline takes, its picture (SVG), and what it returns."""
    page = _Page(str)
    about = f"{pipeline.path}, {plural(len(pipeline.all_steps), 'step')}"
    parts = [f"<div>{page.strong(pipeline.name)} {page.small(about)}</div>"]
    if pipeline.description:
        parts.append(f"<div>{page.text(pipeline.description)}</div>")
    parts.append(picture)
    if pipeline.params:
        parts.append(params_table(pipeline.params.values()))
    if pipeline.outputs:
        parts.append(f"<div>{page.small('outputs')} {page.text(', '.join(pipeline.outputs))}</div>")
    return _whole(parts)


def params_table(params: Iterable[Param]) -> str:
    """Return what a pipeline takes, a row for each param."""
    page = _Page(str)
    rows = [
        (
            page.text(param.name),
            page.text(param.type),
            page.text("required" if param.required else plain_value(param.default)),
            page.text(param.description or ""),
        )
        for param in params
    ]
    return page.table(("param", "type", "default", ""), rows)


class _Page:
    """Writes text as HTML, so that no markup, escape or secret of it is left."""

    def __init__(self, redact: Callable[[str], str]) -> None:
        self._redact = redact

    def text(self, text: str) -> str:
        told = one_line(self._redact(text)).encode("utf-8", "replace").decode()
        return escape(told if len(told) <= _LONGEST else told[: _LONGEST - 1] + "…")

    def strong(self, text: str) -> str:
        return f"<b>{self.text(text)}</b>"

    def small(self, text: str) -> str:
        return self.colored(text, _GREY)

    def colored(self, text: str, color: str) -> str:
        return f'<span style="color: {color}">{self.text(text)}</span>'

    def link(self, text: str, url: str) -> str:
        """Return the text as a link where the address is one of the web."""
        if not url.startswith(("http://", "https://")):
            return self.text(text)
        return f'<a href="{self.text(url)}" target="_blank" rel="noopener noreferrer">{self.text(text)}</a>'

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        """Return the table; heads are text, cells are HTML."""
        head = "".join(f'<th style="{_CELL}; color: {_GREY}; font-weight: normal">{h}</th>' for h in heads)
        lines = ["".join(f'<td style="{_CELL}">{cell}</td>' for cell in row) for row in rows]
        body = "".join(f"<tr>{line}</tr>" for line in lines)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def step(self, step: StepSummary, summary: Summary, now: str) -> Sequence[str]:
        """Return the cells of a step's row."""
        until = step.ended_at or (now if step.status is StepStatus.RUNNING else None)
        session = step.session
        return (
            self.strong(step.id),
            self.colored(step.status.value, _STEP_COLORS[step.status]),
            self.text(_length(step.started_at, until)),
            self.text(str(step.attempts) if step.kind == "app" and step.attempts else ""),
            self.link(str(session), summary.session_url(session)) if session is not None else "",
            "<br>".join(self._details(step, summary)),
        )

    def _details(self, step: StepSummary, summary: Summary) -> Iterator[str]:
        """Yield why the step went wrong or what it made, a line each."""
        if step.failure is not None and step.status is not StepStatus.SUCCEEDED:
            yield self.colored(f"{step.failure.kind.value}: {step.failure.message}", _RED)
        elif step.reason:
            yield self.small(step.reason)
        for name, output in sorted(step.outputs.items()):
            kind, value, url = output_cells(output, summary)
            told = f"{kind} {value}".strip()
            yield f"{self.small(name)} {self.link(told, url)}"


def _whole(parts: Sequence[str]) -> str:
    return "\n".join(['<div style="font-size: 13px">', *filter(None, parts), "</div>"])


def _most_urgent(steps: Sequence[StepSummary]) -> Sequence[StepSummary]:
    """Return at most MOST_ROWS steps in their own order, those in trouble and those that run first."""
    if len(steps) <= MOST_ROWS:
        return steps
    rank = {status: place for place, status in enumerate(_URGENCY)}
    ranked = sorted(range(len(steps)), key=lambda i: (rank.get(steps[i].status, len(rank)), i))
    return [steps[index] for index in sorted(ranked[:MOST_ROWS])]


def _length(begin: str | None, end: str | None) -> str:
    length = elapsed(begin, end)
    return "" if length is None else format_duration(length)
