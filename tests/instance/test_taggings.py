"""Tags put on images and figures, over HTTP."""

from collections.abc import Iterator

import pytest

from tests.instance.dataapi import Api, picture, running

LABEL = {
    "classTitle": "car",
    "geometryType": "rectangle",
    "points": {"exterior": [[1, 1], [2, 2]], "interior": []},
}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with running(tmp_path_factory.mktemp("instance")) as api:
        yield api


@pytest.fixture
def here(api: Api, request: pytest.FixtureRequest) -> dict[str, int]:
    """Make a project with a class, two tags, two images and a figure; give their ids."""
    dataset_id = api.dataset(request.node.name)
    project_id = api("datasets.info", id=dataset_id)["projectId"]
    tags = [{"name": "fresh"}, {"name": "count", "value_type": "any_number"}]
    classes = [{"title": "car", "shape": "rectangle"}]
    meta = api("projects.meta.update", id=project_id, meta={"classes": classes, "tags": tags})
    a, b = (api.image(dataset_id, name, picture(1)) for name in ("a.png", "b.png"))
    figure = api("figures.bulk.add", entityId=a, figures=[LABEL])[0]["id"]
    fresh, count = (tag["id"] for tag in meta["tags"])
    return {"project": project_id, "a": a, "b": b, "figure": figure, "fresh": fresh, "count": count}


def values(api: Api, image_id: int) -> list[tuple[str, object]]:
    return [(tag["name"], tag["value"]) for tag in api("images.info", id=image_id)["tags"]]


def test_a_tag_is_put_on_many_images_once(api: Api, here: dict[str, int]) -> None:
    for _ in range(2):
        api("image-tags.bulk.add-to-image", tagId=here["count"], value=5, ids=[here["a"], here["b"]])
    assert values(api, here["a"]) == values(api, here["b"]) == [("count", 5)]


def test_each_entity_gets_its_own_value(api: Api, here: dict[str, int]) -> None:
    tags = [
        {"entityId": here[key], "tagId": here["count"], "value": number} for number, key in enumerate("ab")
    ]
    added = api("tags.entities.bulk.add", projectId=here["project"], tags=tags)
    assert [tag["entityId"] for tag in added] == [here["a"], here["b"]]
    assert (values(api, here["a"]), values(api, here["b"])) == ([("count", 0)], [("count", 1)])


def test_a_value_and_its_custom_data_change(api: Api, here: dict[str, int]) -> None:
    tag = {"entityId": here["a"], "tagId": here["count"], "value": 1}
    tag_id = api("tags.entities.bulk.add", projectId=here["project"], tags=[tag])[0]["id"]
    assert api("image-tags.update-tag-value", id=tag_id, value=7)["value"] == 7
    api("image-tags.custom-data.update", id=tag_id, customData={"a": 1})
    merged = api("image-tags.custom-data.update", id=tag_id, customData={"b": 2})
    assert merged["customData"] == {"a": 1, "b": 2}
    replaced = api("image-tags.custom-data.update", id=tag_id, customData={"c": 3}, updateStrategy="replace")
    assert (replaced["customData"], replaced["value"]) == ({"c": 3}, 7)


def test_tags_of_figures_are_their_own(api: Api, here: dict[str, int]) -> None:
    api("image-tags.bulk.add-to-image", tagId=here["fresh"], ids=[here["a"]])
    tags = [{"tagId": here["count"], "figureId": here["figure"], "value": 2}]
    added = api("figures.tags.bulk.add", projectId=here["project"], tags=tags)
    assert added[0].items() >= tags[0].items()
    one = api("object-tags.add-to-object", tagId=here["fresh"], figureId=here["figure"])
    shown = api("figures.tags.list", id=here["figure"])
    assert [(tag["name"], tag["value"]) for tag in shown] == [("count", 2), ("fresh", None)]
    assert values(api, here["a"]) == [("fresh", None)]
    api("object-tags.remove-from-figure", tagId=here["fresh"], figureId=here["figure"], id=one["id"])
    assert [tag["name"] for tag in api("figures.tags.list", id=here["figure"])] == ["count"]


def test_tags_are_taken_off_images_and_stay_on_their_figures(api: Api, here: dict[str, int]) -> None:
    api("image-tags.bulk.add-to-image", tagId=here["fresh"], ids=[here["a"], here["b"]])
    api("object-tags.add-to-object", tagId=here["fresh"], figureId=here["figure"])
    api("image-tags.bulk.remove-from-images", tagIds=[here["fresh"]], ids=[here["a"]])
    assert (values(api, here["a"]), values(api, here["b"])) == ([], [("fresh", None)])
    assert len(api("figures.tags.list", id=here["figure"])) == 1
    tag_id = api("images.info", id=here["b"])["tags"][0]["id"]
    api("image-tags.remove-from-image", tagId=here["fresh"], imageId=here["b"], id=tag_id)
    assert values(api, here["b"]) == []
    assert api.refused("image-tags.remove-from-image", id=tag_id)[0] == 404


def test_tags_and_images_of_different_projects_do_not_mix(api: Api, here: dict[str, int]) -> None:
    foreign = api.image(api.dataset("foreign"), "a.png", picture(1))
    assert (
        api.refused("image-tags.bulk.add-to-image", tagId=here["fresh"], ids=[here["a"], foreign])[0] == 404
    )
    assert values(api, here["a"]) == []
    tag = {"entityId": foreign, "tagId": here["fresh"]}
    assert api.refused("tags.entities.bulk.add", projectId=here["project"], tags=[tag])[0] == 404
    tag = {"figureId": here["figure"], "tagId": here["fresh"]}
    project_id = api.project("another")
    assert api.refused("figures.tags.bulk.add", projectId=project_id, tags=[tag])[0] == 404
