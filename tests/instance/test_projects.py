"""Projects over HTTP."""

from collections.abc import Iterator

import pytest

from tests.instance.dataapi import Api, picture, running


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with running(tmp_path_factory.mktemp("instance")) as api:
        yield api


def test_a_new_project_is_shown_whole(api: Api) -> None:
    made = api(
        "projects.add", workspaceId="1", name="whole", description="d", readme="r", customData={"a": [1]}
    )
    shown = api("projects.info", id=str(made["id"]))
    assert shown == made
    expected = {
        "name": "whole",
        "type": "images",
        "description": "d",
        "readme": "r",
        "customData": {"a": [1]},
        "workspaceId": 1,
        "teamId": 1,
        "imagesCount": 0,
        "datasetsCount": 0,
        "size": "0",
        "createdBy": 1,
        "version": None,
    }
    assert expected.items() <= shown.items()
    assert shown["createdAt"] == shown["updatedAt"]


def test_counts_follow_what_the_project_holds(api: Api) -> None:
    dataset_id = api.dataset("counted")
    content = picture(1)
    api.image(dataset_id, "a.png", content)
    api.image(dataset_id, "b.png", content)
    project_id = api("datasets.info", id=dataset_id)["projectId"]
    shown = api("projects.info", id=project_id)
    assert (shown["imagesCount"], shown["datasetsCount"], shown["size"]) == (2, 1, str(2 * len(content)))


def test_a_taken_name_is_refused_with_the_one_that_has_it(api: Api) -> None:
    project_id = api.project("taken")
    status, error = api.refused("projects.add", workspaceId=1, name="taken")
    assert status == 400
    assert error["details"][0]["type"] == "NONUNIQUE"
    assert error["details"][0]["errors"][0].items() >= {"id": project_id, "name": "taken"}.items()
    other = api.project("other")
    assert api.refused("projects.editInfo", id=other, name="taken")[1]["details"][0]["type"] == "NONUNIQUE"


def test_a_list_is_filtered_sorted_and_paged(api: Api) -> None:
    ids = [api.project(f"page{number}") for number in range(5)]
    chosen = [{"field": "id", "operator": "in", "value": ids}]
    pages = [
        api(
            "projects.list",
            workspaceId=1,
            filter=chosen,
            sort="name",
            sort_order="desc",
            per_page=2,
            page=page,
        )
        for page in (1, 2, 3)
    ]
    assert [page["total"] for page in pages] == [5, 5, 5]
    assert [page["pagesCount"] for page in pages] == [3, 3, 3]
    assert [entity["id"] for page in pages for entity in page["entities"]] == ids[::-1]
    named = [{"field": "name", "operator": "=", "value": "page3"}]
    assert [entity["id"] for entity in api("projects.list", groupId=1, filter=named)["entities"]] == [ids[3]]
    assert api("projects.list.all", filter=named)["total"] == 1


def test_a_list_needs_a_workspace_and_known_fields(api: Api) -> None:
    assert "workspaceId" in api.refused("projects.list")[1]["error"]
    strange = [{"field": "colour", "operator": "=", "value": 1}]
    assert "colour" in api.refused("projects.list", workspaceId=1, filter=strange)[1]["error"]


def test_edits_change_only_what_they_name(api: Api) -> None:
    project_id = api("projects.add", workspaceId=1, name="edited", description="old", customData={"a": 1})[
        "id"
    ]
    shown = api("projects.editInfo", id=project_id, description="new", silent=True)
    assert (shown["name"], shown["description"], shown["customData"]) == ("edited", "new", {"a": 1})
    shown = api("projects.editInfo", id=project_id, customData={"b": 2})
    assert shown["customData"] == {"b": 2}
    api("projects.settings.update", id=project_id, settings={"groupImages": True})
    assert api("projects.info", id=project_id)["settings"] == {"groupImages": True}


def test_a_removed_project_takes_everything_with_it(api: Api) -> None:
    dataset_id = api.dataset("removed")
    image_id = api.image(dataset_id, "a.png", picture(2))
    project_id = api("datasets.info", id=dataset_id)["projectId"]
    api("projects.archive", id=project_id)
    for method, item in (
        ("projects.info", project_id),
        ("datasets.info", dataset_id),
        ("images.info", image_id),
    ):
        assert api.refused(method, id=item)[0] == 404
    assert api.project("removed") > project_id


def test_bad_requests_are_refused_with_a_reason(api: Api) -> None:
    assert "name" in api.refused("projects.add", workspaceId=1)[1]["error"]
    assert "paintings" in api.refused("projects.add", workspaceId=1, name="x", type="paintings")[1]["error"]
    assert api.refused("projects.add", workspaceId=77, name="x")[0] == 404
    assert "customData" in api.refused("projects.add", workspaceId=1, name="x", customData=[1])[1]["error"]
    assert api.refused("projects.info", id="1 OR 1=1")[0] == 400
    assert api.refused("projects.remove", id=999)[0] == 404


def test_values_that_no_record_can_hold_are_refused(api: Api) -> None:
    for body in (
        {"workspaceId": 1, "name": "half \ud800"},
        {"workspaceId": 1, "filter": [{"field": "id", "operator": "=", "value": 2**70}]},
    ):
        method = "projects.list" if "filter" in body else "projects.add"
        status, error = api.refused(method, **body)
        assert status == 400
        assert "cannot be stored" in error["error"]
