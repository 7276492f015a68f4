"""Collections of images over HTTP."""

from collections.abc import Iterator

import pytest

from tests.instance.dataapi import Api, picture, running


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with running(tmp_path_factory.mktemp("instance")) as api:
        yield api


def test_a_collection_lives_from_adding_to_removing(api: Api) -> None:
    project_id = api.project("lives")
    made = api("entities-collections.add", projectId=project_id, name="best", description="d")
    assert (made["name"], made["projectId"], made["teamId"], made["type"]) == (
        "best",
        project_id,
        1,
        "default",
    )
    assert api("entities-collections.info", id=made["id"])["name"] == "best"
    assert api.refused("entities-collections.add", projectId=project_id, name="best")[0] == 400
    edited = api("entities-collections.editInfo", id=made["id"], name="worst")
    assert (edited["name"], edited["description"]) == ("worst", "d")
    assert [
        entity["id"] for entity in api("entities-collections.list", projectId=project_id)["entities"]
    ] == [made["id"]]
    assert api("entities-collections.list", projectId=project_id, type="aiSearch")["total"] == 0
    api("entities-collections.remove", id=made["id"])
    assert api.refused("entities-collections.info", id=made["id"])[0] == 404


def test_meta_is_shown_only_when_it_is_asked_for(api: Api) -> None:
    project_id = api.project("meta")
    key = {"aiSearchKey": "k"}
    made = api("entities-collections.add", projectId=project_id, name="found", type="aiSearch", meta=key)
    assert "meta" not in api("entities-collections.list", projectId=project_id, type="all")["entities"][0]
    shown = api("entities-collections.info", id=made["id"], extraFields=["meta"])
    assert shown["meta"] == key


def test_items_are_added_once_and_strangers_are_named(api: Api) -> None:
    dataset_id = api.dataset("items")
    project_id = api("datasets.info", id=dataset_id)["projectId"]
    mine = api.image(dataset_id, "a.png", picture(1))
    foreign = api.image(api.dataset("foreign"), "a.png", picture(1))
    collection = api("entities-collections.add", projectId=project_id, name="some")["id"]
    items = [{"entityId": mine, "meta": {"score": 0.5}}, {"entityId": foreign}]
    for _ in range(2):
        reply = api("entities-collections.items.bulk.add", collectionId=collection, entityItems=items)
        assert [item["id"] for item in reply["items"]] == [mine]
        assert reply["missing"] == [{"id": foreign}]
    chosen = [{"type": "entities_collection", "data": {"collectionId": collection, "include": True}}]
    assert [
        image["id"] for image in api("images.list", projectId=project_id, filters=chosen)["entities"]
    ] == [mine]
    reply = api("entities-collections.items.bulk.remove", collectionId=collection, entityIds=[mine, foreign])
    assert reply == {"items": [{"id": mine}], "missing": [{"id": foreign}]}
    assert api("images.list", projectId=project_id, filters=chosen)["total"] == 0
