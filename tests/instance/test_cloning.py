"""Clones of projects over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.instance.dataapi import Api, picture, running

LABEL = {
    "classTitle": "car",
    "geometryType": "rectangle",
    "points": {"exterior": [[1.5, 1.5], [2, 2]], "interior": []},
    "tags": [{"name": "fresh"}],
}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with running(tmp_path_factory.mktemp("instance")) as api:
        yield api


@pytest.fixture(scope="module")
def source(api: Api) -> int:
    """Make a project with a nested dataset, a labelled image and a tagged one; return its id."""
    top = api.dataset("source")
    project_id: int = api("datasets.info", id=top)["projectId"]
    inner = api("datasets.add", projectId=project_id, name="inner", parentId=top, customData={"k": 1})["id"]
    meta = {"classes": [{"title": "car", "shape": "rectangle"}], "tags": [{"name": "fresh"}]}
    api("projects.meta.update", id=project_id, meta=meta)
    image_id = api.image(inner, "a.png", picture(1))
    annotation = {"objects": [LABEL], "tags": [{"name": "fresh"}], "description": "d"}
    api(
        "annotations.bulk.add", datasetId=inner, annotations=[{"imageId": image_id, "annotation": annotation}]
    )
    return project_id


def clone(api: Api, project_id: int, **options: Any) -> Any:
    task_id = api("projects.clone", id=project_id, workspaceId=1, **options)["taskId"]
    task = api("tasks.info", id=task_id)
    assert task["status"] == "finished"
    return api("projects.info", id=task["meta"]["output"]["project"]["id"])


def test_a_clone_holds_everything_under_ids_of_its_own(api: Api, source: int) -> None:
    copy = clone(api, source, name="clone")
    assert (copy["name"], copy["datasetsCount"], copy["imagesCount"]) == ("clone", 2, 1)
    top, inner = api("datasets.list", projectId=copy["id"], recursive=True, extraFields=["customData"])[
        "entities"
    ]
    assert (inner["parentId"], inner["name"], inner["customData"]) == (top["id"], "inner", {"k": 1})
    (image,) = api("images.list", datasetId=inner["id"])["entities"]
    assert api.send("images.download", {"id": image["id"]}).content == picture(1)
    annotation = api("annotations.info", imageId=image["id"])["annotation"]
    (label,) = annotation["objects"]
    meta = api("projects.meta", id=copy["id"])
    assert label["classId"] == meta["classes"][0]["id"]
    assert label["classId"] != api("projects.meta", id=source)["classes"][0]["id"]
    assert label["points"] == LABEL["points"]
    assert [tag["tagId"] for tag in (*label["tags"], *annotation["tags"])] == [meta["tags"][0]["id"]] * 2
    assert annotation["description"] == "d"


def test_a_clone_leaves_out_what_it_is_told_to(api: Api, source: int) -> None:
    copy = clone(api, source, name="no labels", include={"figures": False})
    assert copy["imagesCount"] == 1
    (image,) = api("images.list", projectId=copy["id"])["entities"]
    assert (image["labelsCount"], len(image["tags"])) == (0, 1)
    copy = clone(api, source, name="no datasets", include={"datasets": False, "images": False})
    assert (copy["datasetsCount"], len(api("projects.meta", id=copy["id"])["classes"])) == (0, 1)


def test_a_clone_that_cannot_be_made_leaves_nothing(api: Api, source: int) -> None:
    before = api("projects.list", workspaceId=1)["total"]
    assert (
        api.refused("projects.clone", id=source, workspaceId=1, name="source")[1]["details"][0]["type"]
        == "NONUNIQUE"
    )
    assert api.refused("projects.clone", id=999, workspaceId=1, name="x")[0] == 404
    assert "by their id only" in api.refused("projects.clone", explorePath="/x", workspaceId=1)[1]["error"]
    half = {"classes": False}
    assert (
        "without classes"
        in api.refused("projects.clone", id=source, workspaceId=1, name="y", include=half)[1]["error"]
    )
    assert api("projects.list", workspaceId=1)["total"] == before


def test_clones_do_not_show_up_among_the_apps(api: Api, source: int) -> None:
    clone(api, source, name="hidden")
    listed = api("ecosystem.list", search="")["entities"]
    assert [module["slug"] for module in listed if "clone" in module["slug"]] == []
