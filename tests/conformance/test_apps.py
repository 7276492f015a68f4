"""An app written with the official SDK, as the ecosystem writes them, runs as a session."""

from typing import Any

import pytest

from tests.conformance.judge import Judge

sly: Any = pytest.importorskip("supervisely")
np: Any = pytest.importorskip("numpy")
pytestmark = pytest.mark.conformance


def test_an_sdk_app_derives_a_project_and_tells_what_it_made(judge: Judge) -> None:
    api = judge.api
    meta = sly.ProjectMeta([sly.ObjClass("box", sly.Rectangle)])
    project = api.project.create(1, "source", change_name_if_conflict=True)
    api.project.update_meta(project.id, meta)
    dataset = api.dataset.create(project.id, "ds")
    image = api.image.upload_np(dataset.id, "0.png", np.zeros((20, 30, 3), np.uint8))
    label = sly.Label(sly.Rectangle(1, 2, 3, 4), meta.get_obj_class("box"))
    api.annotation.upload_ann(image.id, sly.Annotation((20, 30), [label]))

    session_id = judge.run("derive", {"slyProjectId": project.id, "suffix": "copy"})

    output = api.task.get_info_by_id(session_id)["meta"]["output"]
    copy = api.project.get_info_by_id(output["project"]["id"])
    assert copy.name == f"{project.name} copy"
    assert copy.custom_data["import_history"]["tasks"][0]["task_id"] == session_id
    (copied,) = api.image.get_list(project_id=copy.id)
    assert (copied.labels_count, copied.hash) == (1, image.hash)
    file_id = int(output["general"]["titleUrl"].removeprefix("/files/"))
    assert api.file.get_info_by_id(file_id).path == f"/reports/{session_id}/report.txt"

    traces = judge.own("embedded.traces", taskId=session_id)
    assert traces["created"]["projects"] == [copy.id]
    assert traces["created"]["datasets"] == [copied.dataset_id]
    assert traces["created"]["files"] == [file_id]
    assert traces["written"] == [{"type": "project", "id": copy.id}, {"type": "file", "id": file_id}]
    edges = judge.own("embedded.edges", taskId=session_id)
    assert [(edge["direction"], edge["type"], edge["id"]) for edge in edges] == [
        ("input", "project", project.id),
        ("output", "project", copy.id),
        ("output", "file", file_id),
    ]
    assert {edge["writtenBy"] for edge in edges} == {session_id}
    assert edges[2]["meta"]["customNodeSettings"]["title"] == "<h4>Derived</h4>"
    assert any(line["message"] == "progress" for line in api.task.get_logs(session_id))
