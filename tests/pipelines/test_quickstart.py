"""The quickstart from the command line to the workflow graph: `slyflow run`, real processes, real data."""

import io
import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from slyflow.client import Instance
from slyflow.instance.process import ensure
from tests.pipelines.loading import PIPELINES

FILE = PIPELINES / "quickstart.yaml"
# What the file declares: every input and output once, by step, direction and kind.
EDGES = {
    ("fetch", "output", "project"): 1,
    ("resize", "input", "project"): 1,
    ("resize", "output", "project"): 1,
    ("split", "input", "project"): 1,
    ("split", "output", "project"): 1,
    ("split", "output", "dataset"): 2,
    ("export_resized", "input", "project"): 1,
    ("export_resized", "output", "file"): 1,
    ("export_split", "input", "project"): 1,
    ("export_split", "output", "file"): 1,
    ("report", "input", "project"): 2,
    ("report", "output", "file"): 2,
    ("report", "output", "folder"): 1,
}


@dataclass(frozen=True)
class Run:
    """One run: its document, what it said beside, and the instance it ran on."""

    document: dict[str, Any]
    said: str
    home: Path
    instance: Instance

    def read(self, path: str) -> bytes:
        return self.instance.files.read(1, path, 1 << 26)

    def edges(self) -> list[dict[str, Any]]:
        """Return the rows of the edge table."""
        database = sqlite3.connect(f"file:{self.home / 'instance' / 'instance.db'}?mode=ro", uri=True)
        try:
            rows = database.execute("SELECT task_id, direction, type, data_id, meta FROM edge ORDER BY id")
            names = [column[0] for column in rows.description]
            return [dict(zip(names, row, strict=True)) for row in rows]
        finally:
            database.close()


def slyflow(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command line, with `settings` added to the environment."""
    return subprocess.run(
        [sys.executable, "-m", "slyflow", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, **settings},
    )


def run(home: Path, *arguments: str, **settings: str) -> tuple[int, dict[str, Any], str]:
    """Run the quickstart in `home` and return its exit code, its document, and the rest it said."""
    done = slyflow("run", str(FILE), "--json", "--home", str(home), *arguments, **settings)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout), done.stderr


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The quickstart as it is, on an instance that is still there afterwards."""
    home = tmp_path_factory.mktemp("quickstart")
    with ensure(home / "instance", slots=2) as running:
        code, document, said = run(home)
        assert code == 0, said
        instance = Instance(running.url, running.token)
        yield Run(document, said, home, instance)
        instance.close()


def test_the_file_is_valid_without_a_warning() -> None:
    done = slyflow("validate", "--strict", str(FILE))
    assert (done.returncode, done.stderr) == (0, "")


def test_every_step_succeeds_and_every_output_is_named(quickstart: Run) -> None:
    document = quickstart.document
    assert (document["status"], document["exit_code"], document["warnings"]) == ("succeeded", 0, [])
    assert {step["status"] for step in document["steps"].values()} == {"succeeded"}
    kinds = {
        f"{name}.{output}": found["kind"]
        for name, step in document["steps"].items()
        for output, found in step["outputs"].items()
        if output != "session" and step["kind"] == "app"
    }
    assert kinds == {
        "fetch.images": "project",
        "resize.images": "project",
        "split.images": "project",
        "split.train": "dataset",
        "split.val": "dataset",
        "export_resized.archive": "file",
        "export_split.archive": "file",
        "report.page": "file",
        "report.sheet": "file",
        "report.folder": "folder",
        "report.summary": "value",
    }
    assert None not in document["outputs"].values()


def test_the_graph_has_one_edge_for_each_declared_input_and_output(quickstart: Run) -> None:
    steps = {step["session"]: name for name, step in quickstart.document["steps"].items() if step["session"]}
    counted: dict[tuple[str, str, str], int] = {}
    for edge in quickstart.edges():
        if edge["task_id"] not in steps:
            continue
        key = steps[edge["task_id"]], edge["direction"], edge["type"]
        counted[key] = counted.get(key, 0) + 1
    assert counted == EDGES


def test_edges_lead_from_what_a_step_made_to_who_used_it(quickstart: Run) -> None:
    steps = quickstart.document["steps"]
    edges = {(edge["task_id"], edge["direction"], edge["data_id"]) for edge in quickstart.edges()}
    for maker, user in (("fetch", "resize"), ("fetch", "split"), ("resize", "report"), ("split", "report")):
        project = str(steps[maker]["outputs"]["images"]["id"])
        assert (steps[maker]["session"], "output", project) in edges
        assert (steps[user]["session"], "input", project) in edges


def test_nodes_and_cards_look_as_the_file_says(quickstart: Run) -> None:
    report = quickstart.document["steps"]["report"]
    page = str(report["outputs"]["page"]["id"])
    (edge,) = [
        edge
        for edge in quickstart.edges()
        if (edge["task_id"], edge["type"], edge["data_id"]) == (report["session"], "file", page)
    ]
    icon = {"color": "#ffffff", "backgroundColor": "#455a64"}
    assert json.loads(edge["meta"]) == {
        "customNodeSettings": {
            "title": "<h4>Report</h4>",
            "description": "<small>Contact sheet and HTML page</small>",
            "icon": {"icon": "zmdi-collection-image", **icon},
        },
        "customRelationSettings": {
            "title": "<h4>Report</h4>",
            "description": "<small>Counts by dataset and class, with pictures</small>",
            "icon": {"icon": "zmdi-receipt", **icon},
        },
    }


def test_what_the_run_names_is_really_there(quickstart: Run) -> None:
    outputs = quickstart.document["outputs"]
    images = quickstart.instance.images
    assert (len(images.list(outputs["train"])), len(images.list(outputs["val"]))) == (9, 3)
    for path in outputs["archives"]:
        with zipfile.ZipFile(io.BytesIO(quickstart.read(path))) as archive:
            assert archive.testzip() is None
            documents = [
                json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")
            ]
        assert sum(len(document["images"]) for document in documents) == 12
        assert sum(len(document["annotations"]) for document in documents) == 35
    assert quickstart.read(outputs["report"]).startswith(b"<!doctype html>")
    with Image.open(io.BytesIO(quickstart.read(f"{outputs['folder']}/contact-sheet.png"))) as sheet:
        sheet.load()


def test_an_instance_of_another_process_gives_the_same_result(quickstart: Run, tmp_path: Path) -> None:
    instance = json.loads((quickstart.home / "instance" / "instance.json").read_text())
    settings = {"SERVER_ADDRESS": instance["url"], "API_TOKEN": instance["token"]}
    before = len(quickstart.edges())
    code, document, said = run(tmp_path, "--instance", "remote", **settings)
    assert code == 0, said
    assert instance["token"] not in json.dumps(document) + said
    assert not (tmp_path / "instance").exists()
    for name, step in quickstart.document["steps"].items():
        again = document["steps"][name]
        assert (again["status"], again["outputs"].keys()) == ("succeeded", step["outputs"].keys())
    assert len(quickstart.edges()) - before == sum(EDGES.values())


def test_without_the_report_its_outputs_are_null_and_the_run_succeeds(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for number in range(2):
        Image.new("RGB", (80, 60), (number * 90, 40, 40)).save(pictures / f"{number}.jpg")
    code, document, said = run(tmp_path / "home", "-p", f"folder={pictures}", "-p", "report=false")
    assert code == 0, said
    assert document["steps"]["report"]["status"] == "skipped"
    assert (document["outputs"]["report"], document["outputs"]["folder"]) == (None, None)
    assert document["outputs"]["archives"][0].endswith("/resized.zip")


def test_a_relative_folder_is_refused_before_anything_starts(tmp_path: Path) -> None:
    done = slyflow("run", str(FILE), "--home", str(tmp_path / "home"), "-p", "folder=photos")
    assert done.returncode == 2
    assert "folder" in done.stderr
    assert not (tmp_path / "home" / "instance").exists()


def test_a_folder_without_images_fails_the_run_and_says_why(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    code, document, _ = run(tmp_path / "home", "-p", f"folder={empty}")
    assert (code, document["status"]) == (1, "failed")
    failure = document["steps"]["fetch"]["failure"]
    assert failure["kind"] == "error"
    assert 'no JPEG or PNG in "empty"' in failure["message"]
    assert document["steps"]["report"]["status"] == "skipped"
