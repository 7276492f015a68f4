"""Every kind of edge, written by the official SDK and by our client: the same row each time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from slyflow.client import Instance
from slyflow.model.artifact import Kind
from slyflow.model.node import Direction, NodeSettings
from slyflow.secret import Secret
from tests.conformance.judge import Judge

sly: Any = pytest.importorskip("supervisely")
pytestmark = pytest.mark.conformance
NODE = {
    "title": "Import",
    "description": "New lemons",
    "icon": "cloud-upload",
    "icon_color": "#ffffff",
    "icon_bg_color": "#2196f3",
    "url": "/app/start",
    "url_title": "Open",
}
CARD = {"title": "Lemons", "icon": "image", "icon_color": "#000000", "icon_bg_color": "#eeeeee"}
Write = Callable[..., Any]
# The SDK's method, what it is told, and the kind and id of the edge that this is.
CASES = [
    ("add_input_project", {"project": 11}, "input", Kind.PROJECT, 11),
    ("add_input_project", {"version_id": 12}, "input", Kind.PROJECT_VERSION, 12),
    ("add_input_dataset", {"dataset": 13}, "input", Kind.DATASET, 13),
    ("add_input_file", {"file": 14}, "input", Kind.FILE, 14),
    ("add_input_file", {"file": 15, "model_weight": True}, "input", Kind.MODEL_WEIGHT, 15),
    ("add_input_folder", {"path": "data/in"}, "input", Kind.FOLDER, "/data/in"),
    ("add_input_task", {"input_task_id": 16}, "input", Kind.TASK, 16),
    ("add_input_job", {"id": 17}, "input", Kind.JOB, 17),
    ("add_output_project", {"project": 21}, "output", Kind.PROJECT, 21),
    ("add_output_project", {"project": 21, "version_id": 22}, "output", Kind.PROJECT_VERSION, 22),
    ("add_output_dataset", {"dataset": 23}, "output", Kind.DATASET, 23),
    ("add_output_file", {"file": 24}, "output", Kind.FILE, 24),
    ("add_output_file", {"file": 25, "model_weight": True}, "output", Kind.MODEL_WEIGHT, 25),
    ("add_output_folder", {"path": "/data/out"}, "output", Kind.FOLDER, "/data/out"),
    ("add_output_task", {"output_task_id": 26}, "output", Kind.TASK, 26),
    ("add_output_job", {"id": 27}, "output", Kind.JOB, 27),
    ("add_output_app", {}, "output", Kind.APP_SESSION, None),
]


@pytest.fixture(scope="module")
def sessions(judge: Judge) -> tuple[int, int]:
    """Run two sessions: one gets the SDK's edges, the other ours."""
    return judge.run("patient", {}), judge.run("patient", {})


@pytest.mark.parametrize(
    ("method", "told", "direction", "kind", "data_id"), CASES, ids=lambda case: str(case)
)
@pytest.mark.parametrize(
    ("node", "card"), [(None, None), (NODE, None), (NODE, CARD)], ids=["plain", "node", "card"]
)
def test_our_edge_is_the_sdk_s_edge(
    judge: Judge,
    sessions: tuple[int, int],
    method: str,
    told: dict[str, Any],
    direction: Direction,
    kind: Kind,
    data_id: int | str | None,
    node: dict[str, str] | None,
    card: dict[str, str] | None,
) -> None:
    theirs, ours = sessions
    reply = getattr(judge.api.app.workflow, method)(**told, task_id=theirs, meta=sdk_meta(node, card))
    assert reply == {"success": True}
    with Instance(judge.url, Secret(judge.token)) as instance:
        add: Write = instance.workflow.add_input if direction == "input" else instance.workflow.add_output
        edge = add(ours, kind, told.get("path", data_id), node=settings(node), card=settings(card))
    assert edge is not None
    assert edge.data_id == (ours if data_id is None else data_id)
    their_row = row(judge, theirs, direction, kind, theirs if data_id is None else data_id)
    our_row = row(judge, ours, direction, kind, ours if data_id is None else data_id)
    assert our_row["node"] == {"type": "task", "id": ours}
    assert same(our_row, ours) == same(their_row, theirs)
    assert (our_row["meta"] or {}).keys() >= {"customNodeSettings"} if node else True


def sdk_meta(node: dict[str, str] | None, card: dict[str, str] | None) -> Any:
    if node is None:
        return None
    relation = sly.WorkflowSettings(**card) if card else None
    return sly.WorkflowMeta(relation_settings=relation, node_settings=sly.WorkflowSettings(**node))


def settings(look: dict[str, str] | None) -> NodeSettings | None:
    return NodeSettings(**look) if look else None


def row(judge: Judge, task_id: int, direction: str, kind: str, data_id: int | str) -> dict[str, Any]:
    """Return the one stored edge of this key."""
    edges = judge.own("embedded.edges", taskId=task_id)
    key = (direction, kind, data_id)
    (found,) = [edge for edge in edges if (edge["direction"], edge["type"], edge["id"]) == key]
    assert isinstance(found, dict)
    return found


def same(edge: dict[str, Any], task_id: int) -> dict[str, Any]:
    """Return an edge with the session's own id, wherever it stands, replaced by a word."""
    shown = {**edge, "taskId": "session", "node": {**edge["node"], "id": "session"}}
    return {**shown, "id": "session"} if edge["id"] == task_id and edge["type"] == "app_session" else shown


def test_an_edge_written_twice_is_one(judge: Judge, sessions: tuple[int, int]) -> None:
    theirs, _ = sessions
    for _ in range(2):
        judge.api.app.workflow.add_output_dataset(99, task_id=theirs)
    assert row(judge, theirs, "output", "dataset", 99)["meta"] is None


def test_a_version_is_named_by_its_number(judge: Judge, sessions: tuple[int, int]) -> None:
    theirs, ours = sessions
    project = judge.api.project.create(1, "numbered", change_name_if_conflict=True)
    version_id = judge.api.project.version.create(project.id, "first")
    judge.api.app.workflow.add_input_project(project.id, version_num=1, task_id=theirs)
    assert row(judge, theirs, "input", "project_version", version_id)["teamId"] == 1
    with Instance(judge.url, Secret(judge.token)) as instance:
        edge = instance.workflow.add_input(ours, Kind.PROJECT, project.id, version=1)
    assert edge is not None
    assert (edge.kind, edge.data_id) == (Kind.PROJECT_VERSION, version_id)
    assert row(judge, ours, "input", "project_version", version_id)["teamId"] == 1


def test_a_file_is_named_by_its_path(
    judge: Judge, sessions: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs, ours = sessions
    (tmp_path / "best.pt").write_bytes(b"weights")
    file = judge.api.file.upload(1, str(tmp_path / "best.pt"), "/models/best.pt")
    monkeypatch.setenv("TEAM_ID", "1")
    judge.api.app.workflow.add_input_file("/models/best.pt", model_weight=True, task_id=theirs)
    with Instance(judge.url, Secret(judge.token)) as instance:
        edge = instance.workflow.add_input(ours, Kind.MODEL_WEIGHT, "/models/best.pt")
    assert edge is not None
    assert edge.data_id == file.id
    rows = [row(judge, session, "input", "model_weight", file.id) for session in sessions]
    assert same(rows[0], theirs) == same(rows[1], ours)
