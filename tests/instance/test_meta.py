"""A project's classes and tags over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.instance.dataapi import Api, picture, running

CAR = {"title": "car", "shape": "rectangle", "color": "#FF0000", "geometry_config": {}, "hotkey": "c"}
TREE = {"title": "tree", "shape": "polygon", "color": "#00FF00"}
FRESH = {"name": "fresh", "value_type": "none", "color": "#0000FF"}
SIZE = {"name": "size", "value_type": "oneof_string", "values": ["s", "l"], "color": "#0000FF"}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with running(tmp_path_factory.mktemp("instance")) as api:
        yield api


def update(api: Api, project_id: int, classes: list[Any], tags: list[Any]) -> Any:
    return api("projects.meta.update", id=project_id, meta={"classes": classes, "tags": tags})


def test_an_update_answers_with_the_meta_and_the_ids_given(api: Api) -> None:
    project_id = api.project("ids")
    assert api("projects.meta", id=project_id) == {"classes": [], "tags": [], "projectType": "images"}
    meta = update(api, project_id, [CAR, TREE], [FRESH, SIZE])
    assert meta == api("projects.meta", id=project_id)
    car, tree = meta["classes"]
    assert car.items() >= CAR.items()
    assert tree["geometry_config"] == {}
    assert isinstance(car["id"], int)
    assert car["id"] != tree["id"]
    assert [tag["name"] for tag in meta["tags"]] == ["fresh", "size"]
    assert meta["tags"][1].items() >= SIZE.items()
    assert meta["tags"][0]["applicable_type"] == "all"


def test_an_item_keeps_its_id_by_name_then_by_id(api: Api) -> None:
    project_id = api.project("kept")
    first = update(api, project_id, [CAR, TREE], [])["classes"]
    again = update(api, project_id, [{**CAR, "color": "#000000", "id": 99999}, TREE], [])["classes"]
    assert [item["id"] for item in again] == [item["id"] for item in first]
    assert again[0]["color"] == "#000000"
    renamed = update(api, project_id, [{**CAR, "title": "lorry", "id": first[0]["id"]}, TREE], [])["classes"]
    assert (renamed[0]["id"], renamed[0]["title"]) == (first[0]["id"], "lorry")


@pytest.mark.parametrize("order", [1, -1])
def test_a_copy_that_kept_its_model_s_id_does_not_take_its_place(api: Api, order: int) -> None:
    project_id = api.project(f"copied {order}")
    car = update(api, project_id, [CAR], [])["classes"][0]
    after = update(api, project_id, [car, {**car, "title": "lorry"}][::order], [])["classes"]
    assert {item["title"]: item["id"] == car["id"] for item in after} == {"car": True, "lorry": False}


def test_an_id_of_another_project_never_reaches_over(api: Api) -> None:
    foreign = update(api, api.project("owner"), [CAR], [])["classes"][0]
    copy = update(api, api.project("copier"), [foreign], [])["classes"][0]
    assert copy["id"] != foreign["id"]
    assert api("advanced.object_classes.list", projectId=api.project("x"))["total"] == 0


def test_what_an_update_leaves_out_is_removed_with_its_figures(api: Api) -> None:
    dataset_id = api.dataset("leftout")
    project_id = api("datasets.info", id=dataset_id)["projectId"]
    update(api, project_id, [CAR, TREE], [FRESH])
    image_id = api.image(dataset_id, "a.png", picture(5))
    points = {"points": {"exterior": [[1, 1], [3, 3]], "interior": []}}
    labels = [{"classTitle": name, "geometryType": "any", **points} for name in ("car", "tree")]
    annotation = {"objects": labels, "tags": [{"name": "fresh"}]}
    api(
        "annotations.bulk.add",
        datasetId=dataset_id,
        annotations=[{"imageId": image_id, "annotation": annotation}],
    )
    update(api, project_id, [TREE], [])
    left = api("annotations.info", imageId=image_id)["annotation"]
    assert [label["classTitle"] for label in left["objects"]] == ["tree"]
    assert left["tags"] == []


def test_a_meta_that_makes_no_sense_changes_nothing(api: Api) -> None:
    project_id = api.project("sense")
    before = update(api, project_id, [CAR], [FRESH])
    for classes, tags, words in (
        ([CAR, CAR], [], 'two classes named "car"'),
        ([{"title": "x"}], [], "shape"),
        ([{"shape": "any"}], [], "title"),
        ([TREE], [{"name": ""}], "name"),
    ):
        meta = {"classes": classes, "tags": tags}
        assert words in api.refused("projects.meta.update", id=project_id, meta=meta)[1]["error"]
    assert api("projects.meta", id=project_id) == before


def test_classes_and_tags_are_listed_added_edited_and_removed_one_by_one(api: Api) -> None:
    project_id = api.project("one")
    car = update(api, project_id, [CAR, TREE], [])["classes"][0]
    tag: dict[str, Any] = {
        "title": "n",
        "color": "#010203",
        "settings": {"type": "any_number", "applicableType": "imagesOnly"},
    }
    added = api("tags.bulk.add", projectId=project_id, tags=[tag])[0]
    assert added["settings"].items() >= tag["settings"].items()
    assert (
        api.refused("tags.bulk.add", projectId=project_id, tags=[tag])[1]["details"][0]["type"] == "NONUNIQUE"
    )
    edited = api("advanced.tags.editInfo", id=added["id"], title="m", color="#000000")
    assert (edited["name"], edited["color"], edited["settings"]["type"]) == ("m", "#000000", "any_number")
    edited = api("advanced.object_classes.editInfo", id=car["id"], name="bus", description="big")
    assert (edited["name"], edited["shape"], edited["description"]) == ("bus", "rectangle", "big")
    taken = api.refused("advanced.object_classes.editInfo", id=car["id"], name="tree")[1]
    assert taken["details"][0]["type"] == "NONUNIQUE"
    names = [
        entity["name"] for entity in api("advanced.object_classes.list", projectId=project_id)["entities"]
    ]
    assert names == ["bus", "tree"]
    api("projects.classes.remove", id=car["id"], projectId=project_id)
    api("projects.tags.remove", id=added["id"], projectId=project_id)
    meta = api("projects.meta", id=project_id)
    assert ([item["title"] for item in meta["classes"]], meta["tags"]) == (["tree"], [])
