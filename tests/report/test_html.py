"""Notebooks show a run and a pipeline as tables: everything escaped, secrets taken out, no script."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from slyflow.model.artifact import Artifact, Kind
from slyflow.model.pipeline import FailureKind
from slyflow.model.run import Failure, StepStatus
from slyflow.report.html import MOST_ROWS, pipeline_html, run_html
from slyflow.report.stepsummary import StepSummary
from slyflow.report.summary import Summary, summarize
from tests.graph.build import app, param, pipeline
from tests.report import events

NOW = "2026-11-24T06:16:00.000Z"
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


class _Reader(HTMLParser):
    """Reads rows of cells, tags and links, and minds that every tag is closed."""

    VOID = ("br",)

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


def _summary(**changes: object) -> Summary:
    step = StepSummary("one", "app", status=StepStatus.RUNNING, started_at="2026-11-24T06:15:00.000Z")
    steps = {"one": replace(step, **changes)}  # type: ignore[arg-type]  # any of the fields
    return replace(summarize(events.recorded([events.created()])), steps=steps)


def test_a_run_is_a_row_for_each_step() -> None:
    page = _Reader(run_html(summarize(events.recorded(events.succeeded())), "", now=NOW))
    assert page.rows[:4] == [
        ["step", "status", "time", "attempts", "session", ""],
        ["fetch", "succeeded", "8.0s", "1", "101", "images project 7 Lemons"],
        ["train", "succeeded", "8.0s", "1", "102", "weights none"],
        ["best", "succeeded", "0.0s", "", "", "map value 0.5"],
    ]
    assert page.rows[4:] == [["output", "value"], ["map", "0.5"]]
    assert f"{events.URL}/apps/sessions/101" in page.links
    assert "lemons run 20261124-061500-k3f9 succeeded 20s, exit code 0" in page.text


def test_failures_reasons_and_warnings_are_told() -> None:
    page = _Reader(run_html(summarize(events.recorded(events.failed())), "", now=NOW))
    told = [row[-1] for row in page.rows]
    assert any(cell.startswith("error: exit code 1") for cell in told)
    assert 'step "train" failed' in told
    assert 'warning argument "sizze" is not declared' in page.text


def test_what_still_runs_has_taken_until_now() -> None:
    page = _Reader(run_html(_summary(), "", now=NOW))
    assert page.rows[1][:3] == ["one", "running", "1m 00s"]


@pytest.mark.parametrize("text", [HOSTILE, "\x1b[31mred\u202e", "\ud800"])
def test_foreign_text_stays_text(text: str) -> None:
    summary = _summary(
        status=StepStatus.FAILED,
        failure=Failure(FailureKind.ERROR, text),
        outputs={text: Artifact(Kind.FILE, path=text, name=text, url=text)},
    )
    summary = replace(summary, pipeline=text, warnings=(text,), outputs={text: text})
    html = run_html(summary, "", now=NOW)
    html.encode()
    page = _Reader(html)
    assert page.tags <= {"div", "b", "span", "table", "thead", "tbody", "tr", "th", "td", "br"}
    assert page.links == []
    assert not {"\x1b", "\u202e"} & set(page.text)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//elsewhere"])
def test_only_addresses_of_the_web_are_links(url: str) -> None:
    summary = replace(_summary(session=7), instance_url=url)
    assert _Reader(run_html(summary, "", now=NOW)).links == []


def test_secrets_are_taken_out() -> None:
    summary = replace(_summary(), warnings=("the word is swordfish",), outputs={"said": "swordfish"})
    html = run_html(summary, "", now=NOW, redact=lambda text: text.replace("swordfish", "***"))
    assert "swordfish" not in html
    assert "the word is ***" in html


def test_a_long_text_is_cut() -> None:
    html = run_html(replace(_summary(), outputs={"much": "x" * 10_000}), "", now=NOW)
    assert "x" * 499 + "…" in html
    assert "x" * 500 not in html


def test_of_a_long_run_the_steps_in_trouble_are_shown() -> None:
    steps = {f"s{index}": StepSummary(f"s{index}", "values") for index in range(MOST_ROWS + 50)}
    last = f"s{MOST_ROWS + 49}"
    steps[last] = replace(steps[last], status=StepStatus.FAILED)
    page = _Reader(run_html(replace(_summary(), steps=steps), "", now=NOW))
    assert [row[0] for row in page.rows[1:]] == [*(f"s{i}" for i in range(MOST_ROWS - 1)), last]
    assert "and 50 more steps" in page.text


def test_a_pipeline_says_what_it_takes_and_returns() -> None:
    word = replace(param("word", "string"), description="what is said <loudly>")
    made = pipeline(app("say"), params=[word], outputs={"told": 1})
    page = _Reader(pipeline_html(made, "<svg></svg>"))
    assert page.rows == [["param", "type", "default", ""], ["word", "string", "required", word.description]]
    assert "p p.yaml, 1 step" in page.text
    assert "outputs told" in page.text
    assert "svg" in page.tags
