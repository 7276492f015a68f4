"""Tests of slyflow.report.forecast and plandocument: what is known of a run before it begins."""

import json

from slyflow.catalog.lock import Lock
from slyflow.graph.dag import from_needs
from slyflow.graph.resolve import resolve
from slyflow.model.interface import Interface
from slyflow.report.forecast import Forecast, forecast
from slyflow.report.plandocument import plan_document
from slyflow.syntax.load import load_source
from tests.catalog.locks import LOCK

SOURCE = """\
slyflow: 1
name: lemons
params:
  folder: {type: string}
  count: {type: integer, default: 5}
secrets: [KEY]
steps:
  names: {values: {suffix: "-${{ run.id }}"}}
  export:
    app: me/export
    target: {project: 7}
    arguments: {count: "${{ params.count }}", filter: "x${{ steps.names.outputs.suffix }}", more: 1}
    timeout: {run: 1h}
    outputs: {archive: file}
  train:
    app: me/train@v1.0
    needs: export
    arguments: "${{ {'folder': params.folder} }}"
    timeout: {queue: 5m}
finally:
  tell: {app: me/unlocked@v1, arguments: {text: {from_file: note.txt, as: text}}}
"""


def seen(source: str = SOURCE, lock: Lock | None = LOCK, **history: float) -> Forecast:
    pipeline = load_source(source, "p.yaml", {"note.txt": "done"}).pipeline
    assert pipeline is not None
    dag = resolve(pipeline).dag
    assert dag is not None
    return forecast(pipeline, dag, lock, history)


def test_steps_stand_in_waves_with_final_ones_apart() -> None:
    found = seen()
    assert [[one.step.id for one in wave] for wave in found.waves] == [["names"], ["export"], ["train"]]
    assert [one.step.id for one in found.final] == ["tell"]
    assert [one.wave for one in found.steps[:3]] == [1, 2, 3]


def test_arguments_are_marked_by_where_they_come_from() -> None:
    export = seen().waves[1][0]
    assert export.arguments is not None
    assert {one.name: one.origin for one in export.arguments} == {
        "filter": "expression",
        "count": "expression",
        "any": "default",
        "deep": "default",
        "more": "given",
        "slyProjectId": "target",
    }
    assert seen().waves[2][0].arguments is None, "one expression gives all of them"
    (text,) = seen().final[0].arguments or ()
    assert text.origin == "file"


def test_without_a_lock_defaults_are_not_known() -> None:
    export = seen(lock=None).waves[1][0]
    assert export.app is None
    assert [one.name for one in export.arguments or ()] == ["count", "filter", "more", "slyProjectId"]


def test_defaults_that_are_not_sent_are_no_arguments() -> None:
    source = SOURCE.replace("    timeout: {run: 1h}\n", "    merge_defaults: false\n")
    assert [one.origin for one in seen(source).waves[1][0].arguments or ()] == [
        "expression",
        "expression",
        "given",
        "target",
    ]


def test_what_only_a_run_tells_is_listed_once() -> None:
    assert [one.unknown for one in seen().steps] == [
        ("run.id",),
        ("steps.names.outputs.suffix",),
        ("params.folder",),
        (),
    ]


def test_lengths_come_from_history_then_from_limits() -> None:
    found = seen(export=20.0, tell=4.0)
    assert [(one.seconds, one.basis) for one in found.steps] == [
        (0.0, "instant"),
        (20.0, "history"),
        (None, "unknown"),
        (4.0, "history"),
    ]
    assert (found.critical, found.seconds) == (("names", "export", "train", "tell"), 24.0)
    assert seen().seconds == 3600.0
    assert seen(SOURCE.replace("    timeout: {run: 1h}\n", "")).seconds is None


def test_the_document_says_all_of_it_as_json() -> None:
    document = json.loads(json.dumps(plan_document(seen(export=20.0))))
    assert list(document) == ["pipeline", "path", "lock", "params", "steps", "outputs", "critical_path"]
    assert document["params"]["count"] == {"type": "integer", "required": False, "default": 5}
    export = document["steps"]["export"]
    assert export["arguments"]["any"] == {"value": "null", "from": "default"}
    assert export["arguments"]["count"] == {"value": "${{ params.count }}", "from": "expression"}
    assert export["locked"]["module_id"] == 7
    assert export["edges"] == [
        {"direction": "input", "name": "project", "kind": "project", "value": "7"},
        {"direction": "output", "name": "archive", "kind": "file", "value": None},
    ]
    assert (export["wave"], export["seconds"], export["seconds_by"]) == (2, 20.0, "history")
    assert document["steps"]["train"]["arguments"] is None
    assert document["steps"]["train"]["target"] is None
    assert document["steps"]["train"]["timeout"] == {
        "queue": 300.0,
        "start": None,
        "run": None,
        "output": 30.0,
        "silent": None,
    }
    assert document["steps"]["tell"]["wave"] is None
    assert document["steps"]["tell"]["locked"] is None
    assert document["steps"]["names"]["values"] == {"suffix": "-${{ run.id }}"}
    assert document["critical_path"]["steps"] == ["names", "export", "train", "tell"]


def test_defaults_of_an_app_in_a_folder_are_those_of_its_config() -> None:
    source = "slyflow: 1\nsteps:\n  a: {app: {path: ./x}, arguments: {size: 2}}\n"
    pipeline = load_source(source, "p.yaml", {}).pipeline
    assert pipeline is not None
    folders = {"./x": Interface((), {"size": 1, "word": "hi"}, from_ecosystem=True, headless=True)}
    (one,) = forecast(pipeline, from_needs({"a": ()}), None, {}, folders).steps
    assert [(a.name, a.value, a.origin) for a in one.arguments or ()] == [
        ("size", 2, "given"),
        ("word", "hi", "default"),
    ]
