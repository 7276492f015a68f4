"""Annotations over HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.instance.dataapi import Api, picture, running

CLASSES = [{"title": "car", "shape": "rectangle"}, {"title": "tree", "shape": "polygon"}]
TAGS = [{"name": "fresh"}, {"name": "count", "value_type": "any_number"}]
TREE = {"exterior": [[0.5, 0.25], [7.125, 0.5], [3.3333333333, 6.0625]], "interior": []}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with running(tmp_path_factory.mktemp("instance")) as api:
        yield api


@dataclass(frozen=True)
class Place:
    """A project with classes and tags, and a dataset with two images."""

    project: int
    dataset: int
    images: list[int]
    meta: Any


def place(api: Api, name: str) -> Place:
    dataset_id = api.dataset(name)
    project_id = api("datasets.info", id=dataset_id)["projectId"]
    meta = api("projects.meta.update", id=project_id, meta={"classes": CLASSES, "tags": TAGS})
    images = [api.image(dataset_id, image, picture(1)) for image in ("a.png", "b.png")]
    return Place(project_id, dataset_id, images, meta)


def write(api: Api, where: Place, image_id: int, annotation: Any) -> Any:
    entry = {"imageId": image_id, "annotation": annotation}
    return api("annotations.bulk.add", datasetId=where.dataset, annotations=[entry])


def test_an_annotation_comes_back_to_the_last_digit_with_ids(api: Api) -> None:
    where = place(api, "digits")
    label = {
        "id": 4711,
        "classId": 4712,
        "classTitle": "tree",
        "description": "old oak",
        "geometryType": "polygon",
        "tags": [{"name": "count", "value": 3, "tagId": 4713}],
        "points": TREE,
        "instance": "k1",
        "nnCreated": True,
    }
    write(
        api,
        where,
        where.images[0],
        {
            "description": "a yard",
            "size": {"height": 1, "width": 1},
            "tags": [{"name": "fresh", "value": None}],
            "objects": [label],
            "customBigData": {"big": True},
        },
    )
    shown = api("annotations.info", imageId=where.images[0], integerCoords=False)
    assert (shown["imageId"], shown["imageName"], shown["datasetId"]) == (
        where.images[0],
        "a.png",
        where.dataset,
    )
    annotation = shown["annotation"]
    assert annotation["description"] == "a yard"
    assert annotation["size"] == {"height": 8, "width": 12}
    assert "customBigData" not in annotation
    (tree,) = annotation["objects"]
    assert tree["points"] == TREE
    assert tree["classId"] == where.meta["classes"][1]["id"]
    assert tree["id"] != 4711
    assert (tree["classTitle"], tree["description"], tree["instance"]) == ("tree", "old oak", "k1")
    assert (tree["nnCreated"], tree["nnUpdated"], tree["labelerLogin"]) == (True, False, "admin")
    (count,) = tree["tags"]
    assert (count["name"], count["value"], count["tagId"]) == ("count", 3, where.meta["tags"][1]["id"])
    (fresh,) = annotation["tags"]
    assert (fresh["name"], fresh["value"], fresh["tagId"]) == ("fresh", None, where.meta["tags"][0]["id"])
    assert fresh["id"] != count["id"]
    custom = api("annotations.info", imageId=where.images[0], withCustomBigData=True)
    assert custom["annotation"]["customBigData"] == {"big": True}


def test_a_new_annotation_replaces_the_old_one_and_is_counted(api: Api) -> None:
    where = place(api, "replaced")
    car = {
        "classTitle": "car",
        "geometryType": "rectangle",
        "points": {"exterior": [[1, 1], [5, 5]], "interior": []},
    }
    write(api, where, where.images[0], {"objects": [car, car], "tags": [{"name": "fresh"}]})
    assert api("images.info", id=where.images[0])["labelsCount"] == 2
    write(api, where, where.images[0], {"objects": [car], "tags": []})
    shown = api("images.info", id=where.images[0])
    assert (shown["labelsCount"], shown["tags"]) == (1, [])
    write(api, where, where.images[0], {})
    assert api("images.info", id=where.images[0])["labelsCount"] == 0


def test_whole_pixels_come_only_when_they_are_asked_for(api: Api) -> None:
    where = place(api, "whole")
    car = {
        "classTitle": "car",
        "geometryType": "rectangle",
        "points": {"exterior": [[1, 2], [6, 7]], "interior": []},
    }
    tree = {"classTitle": "tree", "geometryType": "polygon", "points": TREE}
    write(api, where, where.images[0], {"objects": [car, tree]})

    def points(**options: Any) -> list[Any]:
        annotation = api("annotations.info", imageId=where.images[0], **options)["annotation"]
        return [label["points"]["exterior"] for label in annotation["objects"]]

    assert points() == [[[1, 2], [6, 7]], TREE["exterior"]]
    assert points(integerCoords=True) == [[[1, 2], [5, 6]], [[0, 0], [7, 0], [3, 6]]]


def test_many_come_in_the_order_asked_for(api: Api) -> None:
    where = place(api, "many")
    order = where.images[::-1]
    shown = api("annotations.bulk.info", datasetId=where.dataset, imageIds=order)
    assert [entry["imageId"] for entry in shown] == order
    assert shown[0]["annotation"]["objects"] == []
    refused = api.refused("annotations.bulk.info", datasetId=where.dataset, imageIds=[*order, 999])
    assert refused[0] == 404
    assert api.refused("annotations.bulk.info", datasetId=api.dataset("elsewhere"), imageIds=order)[0] == 404


def test_lists_page_by_token(api: Api) -> None:
    where = place(api, "listed")
    page = api("annotations.list", datasetId=where.dataset, pagination_mode="token", per_page=1)
    assert (page["total"], [entry["imageId"] for entry in page["entities"]]) == (2, where.images[:1])
    rest = api(
        "annotations.list", datasetId=where.dataset, pagination_mode="token", per_page=1, after=page["after"]
    )
    assert ([entry["imageId"] for entry in rest["entities"]], rest["after"]) == (where.images[1:], None)


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        ({"objects": [{"classTitle": "plane", "geometryType": "rectangle"}]}, 'class "plane"'),
        ({"objects": [{"classId": 9999, "geometryType": "rectangle"}]}, "class 9999"),
        ({"objects": [{"geometryType": "rectangle"}]}, "classId"),
        ({"tags": [{"name": "stale"}]}, 'tag "stale"'),
        ({"tags": [{"tagId": 9999}]}, "tag 9999"),
        ({"objects": {}}, "objects"),
        ({"objects": [{"classTitle": "car", "tags": [{"name": "stale"}]}]}, 'tag "stale"'),
    ],
)
def test_what_the_meta_does_not_know_is_refused_and_nothing_is_lost(
    api: Api, annotation: Any, words: str
) -> None:
    where = place(api, f"lost {annotation}")
    write(api, where, where.images[0], {"description": "before"})
    good = {"imageId": where.images[0], "annotation": {"description": "after"}}
    entries = [good, {"imageId": where.images[1], "annotation": annotation}]
    status, error = api.refused("annotations.bulk.add", datasetId=where.dataset, annotations=entries)
    assert status == 400
    assert words in error["error"]
    assert api("annotations.info", imageId=where.images[0])["annotation"]["description"] == "before"


def test_copies_find_classes_by_name_in_the_other_project(api: Api) -> None:
    source, target = place(api, "copied from"), place(api, "copied to")
    tree = {"classTitle": "tree", "geometryType": "polygon", "points": TREE, "tags": [{"name": "fresh"}]}
    write(api, source, source.images[0], {"objects": [tree], "tags": [{"name": "count", "value": 1}]})
    api("annotations.bulk.copy", srcImageIds=source.images[:1], destImageIds=target.images[:1])
    copy = api("annotations.info", imageId=target.images[0])["annotation"]
    assert copy["objects"][0]["classId"] == target.meta["classes"][1]["id"]
    assert copy["objects"][0]["points"] == TREE
    assert copy["objects"][0]["tags"][0]["tagId"] == target.meta["tags"][0]["id"]
    assert copy["tags"][0]["value"] == 1
    refused = api.refused("annotations.bulk.copy", srcImageIds=source.images, destImageIds=target.images[:1])
    assert "do not pair up" in refused[1]["error"]
