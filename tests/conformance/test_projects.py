"""The official SDK makes, lists and removes projects and datasets."""

from typing import Any

import pytest

from tests.conformance.judge import Judge

sly: Any = pytest.importorskip("supervisely")
pytestmark = pytest.mark.conformance


def test_projects_are_made_found_renamed_and_removed(judge: Judge) -> None:
    api = judge.api
    made = api.project.create(1, "fruit", sly.ProjectType.IMAGES, "all kinds", custom_data={"a": 1})
    assert (made.name, made.description, made.custom_data, made.team_id) == (
        "fruit",
        "all kinds",
        {"a": 1},
        1,
    )
    assert api.project.get_info_by_name(1, "fruit").id == made.id
    assert api.project.get_info_by_id(made.id, raise_error=True).id == made.id
    assert api.project.create(1, "fruit", change_name_if_conflict=True).name == "fruit_001"
    assert made.id in [project.id for project in api.project.get_list(1)]
    assert api.project.update(made.id, name="berries", description="small").description == "small"
    api.project.update_custom_data(made.id, {"b": 2})
    assert api.project.get_custom_data(made.id) == {"b": 2}
    api.project.update_settings(made.id, {"groupImages": False})
    assert api.project.get_settings(made.id) == {"groupImages": False}
    api.project.remove(made.id)
    assert api.project.get_info_by_id(made.id) is None


def test_datasets_nest(judge: Judge) -> None:
    api = judge.api
    project = api.project.create(1, "nested", change_name_if_conflict=True)
    top = api.dataset.create(project.id, "top", custom_data={"k": 1})
    inner = api.dataset.create(project.id, "inner", parent_id=top.id)
    deep = api.dataset.create(project.id, "deep", parent_id=inner.id)
    assert [path for path, _ in api.dataset.tree(project.id)] == [[], ["top"], ["top", "inner"]]
    assert [dataset.id for dataset in api.dataset.get_nested(project.id, top.id)] == [inner.id, deep.id]
    assert [dataset.id for dataset in api.dataset.get_list(project.id)] == [top.id]
    assert api.dataset.get_info_by_name(project.id, "inner", parent_id=top.id).id == inner.id
    assert api.dataset.get_list(project.id, include_custom_data=True)[0].custom_data == {"k": 1}
    assert api.dataset.create(project.id, "top", change_name_if_conflict=True).name == "top_001"
    api.dataset.remove(top.id)
    assert api.dataset.get_info_by_id(deep.id) is None


def test_a_meta_gets_ids_and_keeps_them(judge: Judge) -> None:
    api = judge.api
    project = api.project.create(1, "meta", change_name_if_conflict=True)
    classes = [sly.ObjClass("car", sly.Rectangle, [255, 0, 0]), sly.ObjClass("any", sly.AnyGeometry)]
    tags = [sly.TagMeta("size", sly.TagValueType.ONEOF_STRING, possible_values=["s", "l"])]
    meta = api.project.update_meta(project.id, sly.ProjectMeta(classes, tags))
    again = sly.ProjectMeta.from_json(api.project.get_meta(project.id, with_settings=True))
    assert again.get_obj_class("car").sly_id == meta.get_obj_class("car").sly_id
    assert again.get_obj_class("car").color == [255, 0, 0]
    assert again.get_tag_meta("size").possible_values == ["s", "l"]
    added = again.add_obj_class(sly.ObjClass("tree", sly.Polygon))
    after = api.project.update_meta(project.id, added)
    assert after.get_obj_class("car").sly_id == meta.get_obj_class("car").sly_id
    assert [info.name for info in api.object_class.get_list(project.id)] == ["car", "any", "tree"]
    assert [info.name for info in api.image.tag.get_list(project.id)] == ["size"]


def test_a_clone_is_a_task_whose_output_is_the_project(judge: Judge) -> None:
    api = judge.api
    project = api.project.create(1, "original", change_name_if_conflict=True)
    api.dataset.create(project.id, "ds")
    task_id = api.project.clone(project.id, 1, "cloned")
    api.task.wait(task_id, api.task.Status.FINISHED)
    info = api.task.get_info_by_id(task_id)
    assert api.project.get_info_by_id(info["meta"]["output"]["project"]["id"]).datasets_count == 1


def test_a_version_is_committed_and_found_by_its_number(judge: Judge) -> None:
    api = judge.api
    project = api.project.create(1, "versioned", change_name_if_conflict=True)
    api.dataset.create(project.id, "ds")
    version_id = api.project.version.create(project.id, "first", "as it came")
    assert api.project.version.get_id_by_number(project.id, 1) == version_id
    assert [version.name for version in api.project.version.get_list(project.id)] == ["first"]


def test_a_collection_holds_images(judge: Judge) -> None:
    api = judge.api
    project = api.project.create(1, "collected", change_name_if_conflict=True)
    collection = api.entities_collection.create(project.id, "best", "of all")
    assert api.entities_collection.get_list(project.id)[0].id == collection.id
    assert api.entities_collection.get_info_by_id(collection.id).name == "best"
    api.entities_collection.remove(collection.id)
    assert api.entities_collection.get_info_by_id(collection.id) is None
