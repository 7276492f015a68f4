"""What the official SDK sends for each function of its workflow, and that our client sends the same."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from slyflow.client.instance import Instance
from slyflow.model.artifact import Kind
from slyflow.model.node import NodeSettings
from tests.conformance.differences import EVERYWHERE, WORKFLOW
from tests.conformance.recorder import Both, Case, Found, Recorder, unlisted, unseen, untold

sly: Any = pytest.importorskip("supervisely")
pytestmark = pytest.mark.conformance

PATH = "/models/best.pt"
REPLIES: Mapping[str, Any] = {
    "instance.version": {"version": "6.17.8"},
    "tasks.info": {"id": 7, "status": "started", "teamId": 3},
    "workflow.node.add-input": {"success": True},
    "workflow.node.add-output": {"success": True},
    "projects.versions.list": {
        "total": 1,
        "perPage": 500,
        "pagesCount": 1,
        "entities": [
            {
                "id": 77,
                "projectId": 11,
                "version": 2,
                "name": "v",
                "description": "",
                "createdBy": 2,
                "createdAt": "2026-01-01T00:00:00.000Z",
                "updatedAt": "2026-01-01T00:00:00.000Z",
                "projectUpdatedAt": "2026-01-01T00:00:00.000Z",
                "teamId": 3,
                "teamFileId": 1,
                "previewProjectId": None,
                "status": "enabled",
            }
        ],
    },
    "file-storage.list": [
        {
            "id": 55,
            "teamId": 3,
            "userId": 2,
            "name": "best.pt",
            "path": PATH,
            "storagePath": "/x",
            "hash": "x",
            "meta": {"size": 3},
            "createdAt": "2026-01-01T00:00:00.000Z",
            "updatedAt": "2026-01-01T00:00:00.000Z",
            "isDir": False,
        }
    ],
}
NODE = {
    "title": "Import",
    "icon": "cloud-upload",
    "icon_color": "#ffffff",
    "icon_bg_color": "#2196f3",
    "url": "/apps/1",
    "url_title": "Open",
    "description": "New lemons",
}
CARD = {"title": "Lemons", "icon": "image", "icon_color": "#000000", "icon_bg_color": "#eeeeee"}
Look = tuple[NodeSettings | None, NodeSettings | None]
LOOKS: list[tuple[Any, Look]] = [
    (None, (None, None)),
    (sly.WorkflowMeta(node_settings=sly.WorkflowSettings(**NODE)), (NodeSettings(**NODE), None)),
    (sly.WorkflowMeta(relation_settings=sly.WorkflowSettings(**CARD)), (None, NodeSettings(**CARD))),
    (
        sly.WorkflowMeta(sly.WorkflowSettings(**CARD), sly.WorkflowSettings(**NODE)),
        (NodeSettings(**NODE), NodeSettings(**CARD)),
    ),
    (
        {"customNodeSettings": {"title": "<h4>Import</h4>", "mainLink": {"url": "/apps/1", "title": "Open"}}},
        (NodeSettings(title="Import", url="/apps/1", url_title="Open"), None),
    ),
    (
        sly.WorkflowMeta(node_settings=sly.WorkflowSettings(title="<b> & 'c'", url="/a", url_title="<i>")),
        (NodeSettings(title="<b> & 'c'", url="/a", url_title="<i>"), None),
    ),
    (
        sly.WorkflowMeta(node_settings=sly.WorkflowSettings(description="<script>")),
        (NodeSettings(description="<script>"), None),
    ),
]
INPUTS: list[tuple[str, dict[str, Any], Kind, int | str, int | None]] = [
    ("add_input_project", {"project": 11}, Kind.PROJECT, 11, None),
    ("add_input_project", {"version_id": 12}, Kind.PROJECT_VERSION, 12, None),
    ("add_input_project", {"project": 11, "version_id": 12}, Kind.PROJECT_VERSION, 12, None),
    ("add_input_project", {"project": 11, "version_num": 2}, Kind.PROJECT, 11, 2),
    ("add_input_dataset", {"dataset": 13}, Kind.DATASET, 13, None),
    ("add_input_file", {"file": 14}, Kind.FILE, 14, None),
    ("add_input_file", {"file": PATH}, Kind.FILE, PATH, None),
    ("add_input_file", {"file": 14, "model_weight": True}, Kind.MODEL_WEIGHT, 14, None),
    ("add_input_file", {"file": PATH, "model_weight": True}, Kind.MODEL_WEIGHT, PATH, None),
    ("add_input_folder", {"path": "/data/in"}, Kind.FOLDER, "/data/in", None),
    ("add_input_folder", {"path": "data/in/"}, Kind.FOLDER, "data/in/", None),
    ("add_input_task", {"input_task_id": 16}, Kind.TASK, 16, None),
    ("add_input_job", {"id": 17}, Kind.JOB, 17, None),
]
OUTPUTS: list[tuple[str, dict[str, Any], Kind, int | str | None]] = [
    ("add_output_project", {"project": 21}, Kind.PROJECT, 21),
    ("add_output_project", {"project": 21, "version_id": 22}, Kind.PROJECT_VERSION, 22),
    ("add_output_dataset", {"dataset": 23}, Kind.DATASET, 23),
    ("add_output_file", {"file": 24}, Kind.FILE, 24),
    ("add_output_file", {"file": 24, "model_weight": True}, Kind.MODEL_WEIGHT, 24),
    ("add_output_folder", {"path": "/data/out"}, Kind.FOLDER, "/data/out"),
    ("add_output_task", {"output_task_id": 26}, Kind.TASK, 26),
    ("add_output_job", {"id": 27}, Kind.JOB, 27),
    ("add_output_app", {}, Kind.APP_SESSION, None),
]


def cases() -> Iterator[Case]:
    plain, *others = LOOKS
    for meta, look in (plain, others[2]):
        for method, told, kind, data, version in INPUTS:
            yield Case(
                f"app.workflow.{method}",
                {**told, "task_id": 7, "meta": meta},
                use(kind, data, version, look),
            )
        for method, told, kind, made in OUTPUTS:
            yield Case(f"app.workflow.{method}", {**told, "task_id": 7, "meta": meta}, make(kind, made, look))
    for meta, look in others:
        told = {"dataset": 13, "task_id": 7, "meta": meta}
        yield Case("app.workflow.add_input_dataset", told, use(Kind.DATASET, 13, None, look))
        yield Case("app.workflow.add_output_dataset", told, make(Kind.DATASET, 13, look))


def use(kind: Kind, data: int | str, version: int | None, look: Look) -> Callable[[Instance], object]:
    node, card = look
    return lambda instance: instance.workflow.add_input(7, kind, data, version=version, node=node, card=card)


def make(kind: Kind, data: int | str | None, look: Look) -> Callable[[Instance], object]:
    node, card = look
    return lambda instance: instance.workflow.add_output(7, kind, data, node=node, card=card)


CASES = list(cases())


@pytest.fixture(scope="module")
def recorder(record: Callable[[Any], Recorder]) -> Iterator[Recorder]:
    with pytest.MonkeyPatch.context() as environment:
        # Where the SDK looks for the team of a path.
        environment.setenv("TEAM_ID", "3")
        yield record(REPLIES)


@pytest.fixture(scope="module")
def recorded(recorder: Recorder, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Case], Both]:
    """Let both sides do each case once."""
    done: dict[int, Both] = {}

    def both(case: Case) -> Both:
        if id(case) not in done:
            done[id(case)] = recorder.both(case, tmp_path_factory.getbasetemp())
        return done[id(case)]

    return both


@pytest.mark.parametrize("case", CASES, ids=str)
def test_ours_sends_what_theirs_sends(recorded: Callable[[Case], Both], case: Case) -> None:
    both = recorded(case)
    assert both.their_result == {"success": True}, "the SDK swallows its errors"
    assert not isinstance(both.our_result, Exception), both.our_result
    assert unlisted(both.differences(), [*EVERYWHERE, *WORKFLOW]) == []
    # The list allows for another order; nothing may be sent more often, or not at all.
    theirs, ours = (
        sorted(one.method for one in side if one.method != "instance.version")
        for side in (both.theirs, both.ours)
    )
    assert ours == theirs


def test_every_listed_difference_is_there(recorded: Callable[[Case], Both]) -> None:
    found: list[Found] = [one for case in CASES for one in recorded(case).differences()]
    assert unseen(found, WORKFLOW) == []


def test_every_option_of_every_function_is_told(recorder: Recorder) -> None:
    assert untold(sly.Api(recorder.url, "x"), CASES) == set()
