"""Datasets over HTTP."""

from collections.abc import Iterator

import pytest

from tests.instance.dataapi import Api, picture, running


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with running(tmp_path_factory.mktemp("instance")) as api:
        yield api


def test_a_plain_list_shows_the_top_and_a_recursive_one_all(api: Api) -> None:
    project_id = api.project("nested")
    top = api("datasets.add", projectId=project_id, name="a")["id"]
    inner = api("datasets.add", projectId=project_id, name="a", parentId=top)
    assert inner["parentId"] == top
    shown = api("datasets.list", projectId=project_id)["entities"]
    assert [entity["id"] for entity in shown] == [top]
    shown = api("datasets.list", projectId=project_id, recursive=True)["entities"]
    assert [entity["id"] for entity in shown] == [top, inner["id"]]
    below = [{"field": "parentId", "operator": "=", "value": top}]
    shown = api("datasets.list", projectId=project_id, recursive=True, filter=below)["entities"]
    assert [entity["id"] for entity in shown] == [inner["id"]]


def test_custom_data_is_listed_only_when_it_is_asked_for(api: Api) -> None:
    project_id = api.project("custom")
    made = api("datasets.add", projectId=project_id, name="a", customData={"k": 1})
    assert made["customData"] == {"k": 1}
    assert "customData" not in api("datasets.list", projectId=project_id)["entities"][0]
    shown = api("datasets.list", projectId=project_id, extraFields=["customData"])["entities"][0]
    assert shown["customData"] == {"k": 1}


def test_a_name_is_taken_only_at_its_own_place(api: Api) -> None:
    project_id = api.project("names")
    top = api("datasets.add", projectId=project_id, name="a")["id"]
    other = api("datasets.add", projectId=project_id, name="b")["id"]
    status, error = api.refused("datasets.add", projectId=project_id, name="a")
    assert (status, error["details"][0]["type"]) == (400, "NONUNIQUE")
    assert error["details"][0]["errors"][0]["id"] == top
    api("datasets.add", projectId=project_id, name="a", parentId=other)
    assert api.refused("datasets.editInfo", id=other, name="a")[1]["details"][0]["type"] == "NONUNIQUE"


def test_edits_and_images_are_counted(api: Api) -> None:
    dataset_id = api.dataset("edited")
    api.image(dataset_id, "a.png", picture(3))
    api("datasets.editInfo", id=dataset_id, description="new")
    shown = api("datasets.info", id=dataset_id)
    assert (shown["name"], shown["description"], shown["imagesCount"]) == ("edited", "new", 1)
    assert (shown["workspaceId"], shown["teamId"]) == (1, 1)


def test_a_dataset_moves_into_another_but_never_into_itself(api: Api) -> None:
    project_id = api.project("moves")
    a = api("datasets.add", projectId=project_id, name="a")["id"]
    b = api("datasets.add", projectId=project_id, name="b")["id"]
    api("datasets.move", srcId=a, destId=b)
    assert api("datasets.info", id=a)["parentId"] == b
    assert "into itself" in api.refused("datasets.move", srcId=b, destId=a)[1]["error"]
    assert "into itself" in api.refused("datasets.move", srcId=b, destId=b)[1]["error"]
    assert "another project" in api.refused("datasets.move", srcId=a, destId=api.dataset("far"))[1]["error"]


def test_removing_a_dataset_removes_what_lies_inside(api: Api) -> None:
    project_id = api.project("inside")
    top = api("datasets.add", projectId=project_id, name="a")["id"]
    inner = api("datasets.add", projectId=project_id, name="b", parentId=top)["id"]
    image_id = api.image(inner, "a.png", picture(4))
    api("datasets.archive", id=top)
    assert api.refused("datasets.info", id=inner)[0] == 404
    assert api.refused("images.info", id=image_id)[0] == 404


def test_parents_and_projects_must_exist(api: Api) -> None:
    project_id = api.project("exist")
    assert api.refused("datasets.add", projectId=999, name="a")[0] == 404
    assert api.refused("datasets.add", projectId=project_id, name="a", parentId=999)[0] == 404
    foreign = api.dataset("foreign")
    refused = api.refused("datasets.add", projectId=project_id, name="a", parentId=foreign)
    assert "another project" in refused[1]["error"]
