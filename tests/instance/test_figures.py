"""Figures over HTTP."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.instance.dataapi import Api, picture, running
from tests.instance.test_images import parts

CLASSES = [{"title": "car", "shape": "rectangle"}, {"title": "mask", "shape": "alpha_mask"}]
SQUARE = {"points": {"exterior": [[1.5, 2.5], [6.5, 7.5]], "interior": []}}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with running(tmp_path_factory.mktemp("instance")) as api:
        yield api


@pytest.fixture
def here(api: Api, request: pytest.FixtureRequest) -> dict[str, int]:
    """Make a project with two classes, a tag, a dataset and two images; give their ids."""
    dataset_id = api.dataset(request.node.name)
    project_id = api("datasets.info", id=dataset_id)["projectId"]
    meta = api("projects.meta.update", id=project_id, meta={"classes": CLASSES, "tags": [{"name": "fresh"}]})
    a, b = (api.image(dataset_id, name, picture(1)) for name in ("a.png", "b.png"))
    car, mask = (item["id"] for item in meta["classes"])
    fresh = meta["tags"][0]["id"]
    return {
        "project": project_id,
        "dataset": dataset_id,
        "a": a,
        "b": b,
        "car": car,
        "mask": mask,
        "tag": fresh,
    }


def test_figures_are_added_to_one_image_or_each_to_its_own(api: Api, here: dict[str, int]) -> None:
    figure = {
        "classId": here["car"],
        "geometryType": "rectangle",
        "geometry": {**SQUARE, "labelerLogin": "x"},
    }
    one = api("figures.bulk.add", entityId=here["a"], figures=[figure])
    two = api("figures.bulk.add", datasetId=here["dataset"], figures=[{**figure, "entityId": here["b"]}])
    assert api("images.info", id=here["a"])["labelsCount"] == 1
    page = api("figures.list", datasetId=here["dataset"], filter=[])
    assert [(row["id"], row["entityId"]) for row in page["entities"]] == [
        (one[0]["id"], here["a"]),
        (two[0]["id"], here["b"]),
    ]
    row = page["entities"][0]
    expected = {
        "classId": here["car"],
        "projectId": here["project"],
        "datasetId": here["dataset"],
        "geometryType": "rectangle",
        "geometry": SQUARE,
        "geometryMeta": {"bbox": [2.5, 1.5, 7.5, 6.5]},
        "area": "25.0",
        "tags": [],
    }
    assert expected.items() <= row.items()
    chosen = [{"field": "entityId", "operator": "in", "value": [here["b"]]}]
    page = api("figures.list", datasetId=here["dataset"], filter=chosen, integerCoords=True)
    assert [row["id"] for row in page["entities"]] == [two[0]["id"]]
    assert page["entities"][0]["geometry"]["points"]["exterior"] == [[2, 3], [6, 7]]
    assert api("figures.info", id=one[0]["id"])["geometry"] == SQUARE


def test_an_alpha_mask_travels_apart_from_its_figure(api: Api, here: dict[str, int]) -> None:
    figure = {"entityId": here["a"], "classId": here["mask"], "geometryType": "alpha_mask", "tags": []}
    figure_id = api("figures.bulk.add", datasetId=here["dataset"], figures=[figure])[0]["id"]
    mask = {"origin": [1, 2], "data": "AAAA"}
    form = [
        ("figureId", (None, str(figure_id))),
        ("geometry", (str(figure_id), json.dumps(mask), "application/octet-stream")),
    ]
    api.send("figures.bulk.upload.geometry", files=form).raise_for_status()
    reply = api.send("figures.bulk.download.geometry", {"ids": [figure_id]})
    assert {name: json.loads(content) for name, content in parts(reply).items()} == {str(figure_id): mask}
    (label,) = api("annotations.info", imageId=here["a"])["annotation"]["objects"]
    assert label["bitmap"] == mask


def test_broken_geometry_is_refused(api: Api, here: dict[str, int]) -> None:
    figure = {"classId": here["mask"], "geometryType": "polygon"}
    figure_id = api("figures.bulk.add", entityId=here["a"], figures=[figure])[0]["id"]
    for content, words in ((b"{", "not JSON"), (b"[1]", "no JSON object")):
        form = [
            ("figureId", (None, str(figure_id))),
            ("geometry", ("x", content, "application/octet-stream")),
        ]
        reply = api.send("figures.bulk.upload.geometry", files=form)
        assert reply.status_code == 400
        assert words in reply.json()["error"]
    reply = api.send("figures.bulk.upload.geometry", files=[("figureId", (None, str(figure_id)))])
    assert "pairs" in reply.json()["error"]


def test_edits_change_geometry_tags_and_fields_where_they_are_named(api: Api, here: dict[str, int]) -> None:
    figure = {"classTitle": "car", "geometryType": "rectangle", "description": "d", **SQUARE}
    figure_id = api("figures.bulk.add", entityId=here["a"], figures=[figure])[0]["id"]
    moved = {"points": {"exterior": [[0, 0], [1, 1]], "interior": []}}
    api("figures.editInfo", id=figure_id, geometry=moved, tags=[{"name": "fresh"}], nnUpdated=True)
    shown = api("figures.info", id=figure_id)
    assert (shown["geometry"], shown["nnUpdated"], shown["description"]) == (moved, True, "d")
    assert [tag["name"] for tag in api("figures.tags.list", id=figure_id)] == ["fresh"]
    api("figures.priority.update", id=figure_id, priority=3)
    shown = api("figures.info", id=figure_id)
    assert (shown["priority"], shown["geometry"], len(shown["tags"])) == (3, moved, 1)
    api("figures.editInfo", id=figure_id, tags=[])
    assert api("figures.tags.list", id=figure_id) == []


def test_removed_figures_are_gone(api: Api, here: dict[str, int]) -> None:
    figure = {"classTitle": "car", "geometryType": "rectangle", **SQUARE}
    figure_id = api("figures.bulk.add", entityId=here["a"], figures=[figure])[0]["id"]
    api("figures.bulk.remove", figureIds=[figure_id])
    assert api.refused("figures.info", id=figure_id)[0] == 404
    assert api("images.info", id=here["a"])["labelsCount"] == 0


def test_figures_of_unknown_images_and_classes_are_refused(api: Api, here: dict[str, int]) -> None:
    figure: dict[str, Any] = {"classId": here["car"], "geometryType": "rectangle", **SQUARE}
    assert api.refused("figures.bulk.add", entityId=999, figures=[figure])[0] == 404
    assert api.refused("figures.bulk.add", figures=[figure])[0] == 404
    foreign = {**figure, "classId": 999}
    assert "class 999" in api.refused("figures.bulk.add", entityId=here["a"], figures=[foreign])[1]["error"]
    assert (
        "filters"
        in api.refused("figures.list", datasetId=here["dataset"], filters=[{"type": "x"}])[1]["error"]
    )
