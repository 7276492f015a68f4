"""The quickstart is the real thing: its apps, its document, its edges, on both kinds of instance."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.end_to_end.world import REPOSITORY, Outcome, World

QUICKSTART = REPOSITORY / "pipelines" / "quickstart.yaml"
KEYS = [
    *("run", "pipeline", "status", "exit_code", "instance", "started_at", "ended_at", "steps", "outputs"),
    *("warnings", "driver"),
]
STEP_KEYS = [
    *("status", "kind", "app", "session", "attempts", "outputs", "started_at", "ended_at", "failure"),
    "reason",
]
OUTPUTS = {
    "names": ["exports", "report", "suffix"],
    "fetch": ["images", "session"],
    "resize": ["images", "session"],
    "split": ["images", "session", "train", "val"],
    "export_resized": ["archive", "session"],
    "export_split": ["archive", "session"],
    "report": ["folder", "page", "session", "sheet", "summary"],
    "verdict": ["text"],
}
# (step, direction, type, what the id must be: a step's output)
EDGES = [
    ("fetch", "output", "project", "fetch.images"),
    ("resize", "input", "project", "fetch.images"),
    ("resize", "output", "project", "resize.images"),
    ("split", "input", "project", "fetch.images"),
    ("split", "output", "project", "split.images"),
    ("split", "output", "dataset", "split.train"),
    ("split", "output", "dataset", "split.val"),
    ("export_resized", "input", "project", "resize.images"),
    ("export_resized", "output", "file", "export_resized.archive"),
    ("export_split", "input", "project", "split.images"),
    ("export_split", "output", "file", "export_split.archive"),
    ("report", "input", "project", "resize.images"),
    ("report", "input", "project", "split.images"),
    ("report", "output", "file", "report.page"),
    ("report", "output", "file", "report.sheet"),
    ("report", "output", "folder", "report.folder"),
]


@dataclass(frozen=True)
class Ran:
    """A quickstart that was run once for several tests."""

    world: World
    ended: Outcome

    def artifact(self, name: str) -> dict[str, Any]:
        step, _, output = name.partition(".")
        found: dict[str, Any] = self.ended.step(step)["outputs"][output]
        return found

    def edge_id(self, name: str) -> str:
        artifact = self.artifact(name)
        return str(artifact["path"] if artifact["kind"] == "folder" else artifact["id"])

    def edges(self) -> list[dict[str, Any]]:
        return self.world.records("SELECT * FROM edge ORDER BY id")


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    world = World(tmp_path_factory.mktemp("embedded"))
    try:
        yield Ran(world, world.run("run", str(QUICKSTART), "--json"))
    finally:
        world.clear()


@pytest.fixture(scope="module")
def remote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """The server has a home of its own; the run's home is another one."""
    server = World(tmp_path_factory.mktemp("server"))
    client = World(tmp_path_factory.mktemp("client"))
    try:
        with server.serving() as served:
            flags = ("--json", "--instance", "remote")
            ended = client.run("run", str(QUICKSTART), *flags, environ=served.environ)
            yield Ran(server, ended)
    finally:
        client.clear()
        server.clear()


def test_it_succeeds(embedded: Ran) -> None:
    assert embedded.ended.code == 0, embedded.ended.err


def test_the_document_has_exactly_its_keys(embedded: Ran) -> None:
    document = embedded.ended.document
    assert list(document) == KEYS
    assert {tuple(step) for step in document["steps"].values()} == {tuple(STEP_KEYS)}


def test_the_document_names_every_step_and_output(embedded: Ran) -> None:
    document = embedded.ended.document
    assert (document["pipeline"], document["status"], document["exit_code"]) == ("quickstart", "succeeded", 0)
    assert {name: list(step["outputs"]) for name, step in document["steps"].items()} == OUTPUTS
    assert list(document["outputs"]) == [
        "imported",
        "resized",
        "train",
        "val",
        "archives",
        "report",
        "folder",
    ]
    assert document["outputs"]["imported"] == embedded.artifact("fetch.images")["id"]
    assert document["outputs"]["archives"] == [
        embedded.artifact(f"{step}.archive")["path"] for step in ("export_resized", "export_split")
    ]
    assert document["outputs"]["folder"] == embedded.artifact("report.folder")["path"]


def test_everything_but_the_document_goes_to_standard_error(embedded: Ran) -> None:
    assert embedded.ended.out.endswith("}\n")
    json.loads(embedded.ended.out)
    for step in OUTPUTS:
        assert f"{step} succeeded" in embedded.ended.err


def test_each_app_step_was_launched_once_and_finished(embedded: Ran) -> None:
    apps = sorted(step for step, names in OUTPUTS.items() if "session" in names)
    assert embedded.world.launches() == [f"{step}/1" for step in apps]
    assert {row["status"] for row in embedded.world.sessions()} == {"finished"}


def test_every_declared_input_and_output_is_exactly_one_edge(embedded: Ran) -> None:
    _check_edges(embedded)


def test_edges_carry_the_settings_of_the_file(embedded: Ran) -> None:
    """In the shape the official SDK sends them; the conformance tests hold the shape against the SDK."""
    split, export = (embedded.ended.step(step)["session"] for step in ("split", "export_split"))
    edges = embedded.edges()
    nodes = [json.loads(edge["node"]) for edge in edges if edge["task_id"] == split]
    assert nodes == [{"type": "task", "id": split}] * 4
    metas = [json.loads(edge["meta"]) for edge in edges if edge["task_id"] == split]
    node = {
        "title": "<h4>Split</h4>",
        "description": "<small>Into train and val</small>",
        "icon": {"icon": "zmdi-arrow-split", "color": "#ffffff", "backgroundColor": "#00897b"},
    }
    assert metas == [{"customNodeSettings": node}] * 4
    (written,) = (
        json.loads(edge["meta"])
        for edge in edges
        if (edge["task_id"], edge["direction"]) == (export, "output")
    )
    assert written["customRelationSettings"] == {
        "title": "<h4>COCO archive</h4>",
        "description": "<small>Images and annotations of every dataset</small>",
        "icon": {"icon": "zmdi-archive", "color": "#ffffff", "backgroundColor": "#ef6c00"},
    }


def test_the_archives_and_the_report_are_in_team_files(embedded: Ran) -> None:
    paths = {row["path"]: row["size"] for row in embedded.world.records("SELECT path, size FROM file")}
    for name in ("export_resized.archive", "export_split.archive", "report.page", "report.sheet"):
        assert paths[embedded.artifact(name)["path"]] > 500


def test_no_process_is_left(embedded: Ran) -> None:
    assert embedded.world.left_behind() == {}


def test_a_remote_instance_gives_the_same_result(embedded: Ran, remote: Ran) -> None:
    assert remote.ended.code == 0, remote.ended.err
    assert remote.ended.statuses == embedded.ended.statuses
    assert _shape(remote) == _shape(embedded)
    assert list(remote.ended.document["outputs"]) == list(embedded.ended.document["outputs"])
    assert remote.world.launches() == embedded.world.launches()


def test_a_remote_instance_gets_the_same_edges(embedded: Ran, remote: Ran) -> None:
    _check_edges(remote)
    assert _told(remote) == _told(embedded)


def test_other_pictures_without_labels_work_too(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    (photos / "nested folder").mkdir(parents=True)
    for index in range(5):
        color = (40 * index, 255 - 40 * index, 90)
        name = f"bild {index}.jpg" if index % 2 else f"nested folder/pic-{index}.png"
        Image.new("RGB", (320 + index, 200), color).save(photos / name)
    Image.new("L", (50, 70), 128).save(photos / "grey.png")
    Image.new("RGBA", (60, 40), (1, 2, 3, 128)).save(photos / "clear.png")
    world = World(tmp_path / "world", home=tmp_path / "world" / "home")
    world.folder.mkdir()
    try:
        ended = world.run("run", str(QUICKSTART), "--json", "-p", f"folder={photos}", "-p", "longest_side=64")
        assert ended.code == 0, ended.err
        summary = ended.step("report")["outputs"]["summary"]["value"]
        assert [project["images"] for project in summary["projects"]] == [7, 7]
        assert summary["objects"] == 0
        _check_edges(Ran(world, ended))
    finally:
        world.clear()


def test_a_false_condition_skips_the_report_and_its_edges(embedded: Ran) -> None:
    """The instance of the first run is used again: what it made does not get in the way."""
    ended = embedded.world.run("run", str(QUICKSTART), "--json", "-p", "report=false")
    assert ended.code == 0, ended.err
    assert ended.statuses["report"] == "skipped"
    assert ended.step("report")["session"] is None
    assert ended.document["outputs"]["report"] is None
    assert ended.document["outputs"]["resized"] != embedded.ended.document["outputs"]["resized"]


def _check_edges(ran: Ran) -> None:
    wanted = [
        (ran.ended.step(step)["session"], direction, kind, ran.edge_id(output))
        for step, direction, kind, output in EDGES
    ]
    found = [(row["task_id"], row["direction"], row["type"], row["data_id"]) for row in ran.edges()]
    assert sorted(found) == sorted(wanted)


def _shape(ran: Ran) -> dict[str, dict[str, Any]]:
    """Every output's kind by step and name; ids and run names differ."""
    return {
        name: {output: value["kind"] for output, value in step["outputs"].items()}
        for name, step in ran.ended.document["steps"].items()
    }


def _told(ran: Ran) -> list[tuple[str, ...]]:
    """The settings of all edges, without what differs between two runs."""
    by_step = {ran.ended.step(step)["session"]: step for step in OUTPUTS}
    run = ran.ended.document["run"]
    told = []
    for row in ran.edges():
        node = json.loads(row["node"])
        node.pop("id")
        texts = (json.dumps(node, sort_keys=True), row["meta"] or "")
        told.append(
            (
                by_step[row["task_id"]],
                row["direction"],
                row["type"],
                *(text.replace(run, "RUN") for text in texts),
            )
        )
    return sorted(told)
