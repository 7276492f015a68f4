"""The JSON documents have the shape that scripts rely on."""

import json

from slyflow.report.document import run_document, run_row
from slyflow.report.summary import summarize
from tests.report import events


def test_the_document_of_a_run_names_every_step_and_output() -> None:
    document = run_document(summarize(events.recorded(events.succeeded())))
    text = json.loads(json.dumps(document))
    assert {"run", "pipeline", "status", "exit_code", "steps", "outputs"} <= set(text)
    assert (text["run"], text["pipeline"]) == ("20261124-061500-k3f9", "lemons")
    assert (text["status"], text["exit_code"], text["outputs"]) == ("succeeded", 0, {"map": 0.5})
    fetch = text["steps"]["fetch"]
    assert {
        "status", "kind", "session", "attempts", "outputs", "started_at", "ended_at", "failure",
    } <= set(fetch)  # fmt: skip
    assert (fetch["status"], fetch["kind"], fetch["session"], fetch["attempts"]) == (
        "succeeded",
        "app",
        101,
        1,
    )
    assert fetch["outputs"]["images"] == {
        "kind": "project",
        "id": 7,
        "path": None,
        "name": "Lemons",
        "url": f"{events.URL}/projects/7/datasets",
        "value": 7,
    }
    assert text["steps"]["train"]["outputs"] == {"weights": None}
    assert text["steps"]["best"]["outputs"]["map"] == {"kind": "value", "value": 0.5}


def test_a_failure_is_told_with_its_kind() -> None:
    document = json.loads(json.dumps(run_document(summarize(events.recorded(events.failed())))))
    assert document["steps"]["train"]["failure"] == {"kind": "error", "message": "exit code 1"}
    assert document["steps"]["best"]["reason"] == 'step "train" failed'
    assert (document["status"], document["exit_code"]) == ("failed", 1)


def test_a_run_that_is_not_over_has_the_exit_code_of_its_process_only_if_given() -> None:
    summary = summarize(events.recorded([events.created()]))
    assert run_document(summary)["exit_code"] is None
    assert run_document(summary, exit_code=130)["exit_code"] == 130
    over = summarize(events.recorded(events.failed()))
    assert run_document(over, exit_code=130)["exit_code"] == 1


def test_a_row_counts_steps_by_status() -> None:
    row = run_row(summarize(events.recorded(events.failed())))
    assert row["steps"] == {"failed": 1, "skipped": 1, "succeeded": 1}
    assert row["path"] == "pipelines/lemons.yaml"
