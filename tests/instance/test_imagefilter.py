"""Filters of image lists over HTTP."""

from collections.abc import Iterator
from typing import Any

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


@pytest.fixture(scope="module")
def ids(api: Api) -> dict[str, int]:
    """Make three images: `plain.png`, `one.png` with a car and a red tag, `two.png` with two tagged cars."""
    dataset_id = api.dataset("filtered")
    project_id = api("datasets.info", id=dataset_id)["projectId"]
    classes = [{"title": name, "shape": "rectangle"} for name in ("car", "bus")]
    tags = [{"name": "colour", "value_type": "any_string"}, {"name": "dirty"}]
    meta = api("projects.meta.update", id=project_id, meta={"classes": classes, "tags": tags})
    api.image(dataset_id, "plain.png", picture(1))
    one, two = (api.image(dataset_id, name, picture(1)) for name in ("one.png", "two.png"))
    red = {"objects": [LABEL], "tags": [{"name": "colour", "value": "red"}]}
    cars = {"objects": [{**LABEL, "tags": [{"name": "dirty"}]}] * 2}
    annotations = [{"imageId": one, "annotation": red}, {"imageId": two, "annotation": cars}]
    api("annotations.bulk.add", datasetId=dataset_id, annotations=annotations)
    collection = api("entities-collections.add", projectId=project_id, name="some")
    api("entities-collections.items.bulk.add", collectionId=collection["id"], entityIds=[two])
    return {
        "dataset": dataset_id,
        "car": meta["classes"][0]["id"],
        "bus": meta["classes"][1]["id"],
        "colour": meta["tags"][0]["id"],
        "dirty": meta["tags"][1]["id"],
        "collection": collection["id"],
    }


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("images_filename", {"value": "o"}, ["one.png", "two.png"]),
        ("images_filename", {"value": "%"}, []),
        ("images_tag", {"tagId": "colour", "value": "red"}, ["one.png"]),
        ("images_tag", {"tagId": "colour", "value": "blue"}, []),
        ("images_tag", {"tagId": "colour", "include": False}, ["plain.png", "two.png"]),
        ("images_tag", {"tagId": "dirty"}, []),
        ("objects_tag", {"tagId": "dirty", "from": 1, "to": 9999}, ["two.png"]),
        ("objects_class", {"classId": None, "from": 1, "to": 9999, "include": True}, ["one.png", "two.png"]),
        ("objects_class", {"classId": "car", "from": 2, "to": 2}, ["two.png"]),
        ("objects_class", {"classId": "car", "from": 0, "to": 1}, ["plain.png", "one.png"]),
        ("objects_class", {"classId": "bus"}, []),
        ("entities_collection", {"collectionId": "collection", "include": True}, ["two.png"]),
        ("entities_collection", {"collectionId": "collection", "include": False}, ["plain.png", "one.png"]),
    ],
)
def test_each_filter_finds_its_images(
    api: Api, ids: dict[str, int], kind: str, data: dict[str, Any], expected: list[str]
) -> None:
    known = {key: ids.get(value, value) if key.endswith("Id") else value for key, value in data.items()}
    page = api("images.list", datasetId=ids["dataset"], filter=[], filters=[{"type": kind, "data": known}])
    assert [entity["name"] for entity in page["entities"]] == expected
    assert page["total"] == len(expected)


def test_filters_narrow_each_other(api: Api, ids: dict[str, int]) -> None:
    filters = [
        {"type": "images_filename", "data": {"value": "t"}},
        {"type": "objects_class", "data": {"classId": ids["car"]}},
    ]
    plain = [{"field": "name", "operator": "!=", "value": "one.png"}]
    page = api("images.list", datasetId=ids["dataset"], filters=filters, filter=plain)
    assert [entity["name"] for entity in page["entities"]] == ["two.png"]


def test_an_unknown_filter_is_refused_with_the_known_ones(api: Api, ids: dict[str, int]) -> None:
    filters = [{"type": "issues_count", "data": {}}]
    error = api.refused("images.list", datasetId=ids["dataset"], filters=filters)[1]["error"]
    assert "issues_count" in error
    assert "images_tag" in error
