"""The official SDK uploads, lists, labels and downloads images."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.conformance.judge import Judge

sly: Any = pytest.importorskip("supervisely")
np: Any = pytest.importorskip("numpy")
pytestmark = pytest.mark.conformance
HEIGHT, WIDTH = 40, 60


def noise(seed: int) -> Any:
    return np.random.default_rng(seed).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)


def dataset(judge: Judge, name: str, meta: Any = None) -> Any:
    project = judge.api.project.create(1, name, change_name_if_conflict=True)
    if meta is not None:
        judge.api.project.update_meta(project.id, meta)
    return judge.api.dataset.create(project.id, "ds")


def meta_of_all_shapes() -> Any:
    shapes = {
        "box": sly.Rectangle,
        "polygon": sly.Polygon,
        "line": sly.Polyline,
        "point": sly.Point,
        "mask": sly.Bitmap,
        "alpha": sly.AlphaMask,
        "many": sly.geometry.multipolygon.Multipolygon,
        "any": sly.AnyGeometry,
    }
    tags = [
        sly.TagMeta("fresh", sly.TagValueType.NONE),
        sly.TagMeta("count", sly.TagValueType.ANY_NUMBER),
        sly.TagMeta("size", sly.TagValueType.ONEOF_STRING, possible_values=["s", "l"]),
    ]
    return sly.ProjectMeta([sly.ObjClass(name, shape) for name, shape in shapes.items()], tags)


def annotation_of_all_shapes(meta: Any) -> Any:
    flat = np.zeros((HEIGHT, WIDTH), bool)
    flat[5:10, 6:20] = True
    soft = np.zeros((HEIGHT, WIDTH), np.uint8)
    soft[5:10, 6:20] = 77
    points = [sly.PointLocation(row, column) for row, column in ((1, 1), (1, 20), (20, 20))]
    holed = sly.Polygon(
        points, [[sly.PointLocation(3, 10), sly.PointLocation(3, 12), sly.PointLocation(5, 12)]]
    )
    many = sly.geometry.multipolygon.Multipolygon
    parts = [
        sly.geometry.multipolygon.MultipolygonPart(exterior=points, interior=[])
        if hasattr(sly.geometry.multipolygon, "MultipolygonPart")
        else sly.Polygon(points)
    ]
    geometries = {
        "box": sly.Rectangle(1, 2, 30, 40),
        "polygon": holed,
        "line": sly.Polyline(points),
        "point": sly.Point(3, 4),
        "mask": sly.Bitmap(flat),
        "alpha": sly.AlphaMask(soft),
        "many": many(parts),
        "any": sly.Rectangle(0, 0, 3, 3),
    }
    count = sly.Tag(meta.get_tag_meta("count"), 5)
    labels = [
        sly.Label(
            geometry, meta.get_obj_class(name), tags=sly.TagCollection([count]), description=f"the {name}"
        )
        for name, geometry in geometries.items()
    ]
    tags = sly.TagCollection([sly.Tag(meta.get_tag_meta("fresh")), sly.Tag(meta.get_tag_meta("size"), "s")])
    return sly.Annotation((HEIGHT, WIDTH), labels, img_tags=tags, img_description="hello")


def plain(label: Any) -> dict[str, Any]:
    """Return a label without what an instance adds to it."""
    added = ("id", "classId", "labelerLogin", "createdAt", "updatedAt")
    shown = {key: value for key, value in label.to_json().items() if key not in added}
    shown["tags"] = [(tag["name"], tag.get("value")) for tag in shown["tags"]]
    return shown


def test_pixels_come_back_as_they_went(judge: Judge, tmp_path: Path) -> None:
    api, here = judge.api, dataset(judge, "pixels")
    images = [noise(seed) for seed in range(5)]
    infos = api.image.upload_nps(
        here.id, [f"{n}.png" for n in range(5)], images, metas=[{"n": n} for n in range(5)]
    )
    assert [(info.name, info.width, info.height, info.mime) for info in infos] == [
        (f"{n}.png", WIDTH, HEIGHT, "image/png") for n in range(5)
    ]
    assert infos[3].meta == {"n": 3}
    ids = [info.id for info in infos]
    for back in (
        api.image.download_nps(here.id, ids),
        [api.image.download_np(image_id) for image_id in ids],
    ):
        assert all((a == b).all() for a, b in zip(back, images, strict=True))
    paths = [str(tmp_path / f"{n}.png") for n in range(5)]
    asyncio.run(api.image.download_paths_async(ids, paths))
    assert (sly.image.read(paths[4]) == images[4]).all()
    api.image.upload_path(here.id, "again.png", paths[0])
    assert api.image.get_info_by_name(here.id, "again.png").hash == infos[0].hash
    assert api.dataset.get_info_by_id(here.id).images_count == 6


def test_lists_and_generators_agree(judge: Judge) -> None:
    api, here = judge.api, dataset(judge, "lists")
    infos = api.image.upload_nps(here.id, [f"{n}.png" for n in range(5)], [noise(n) for n in range(5)])
    pages = list(api.image.get_list_generator(here.id, batch_size=2))
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [info.id for page in pages for info in page] == [info.id for info in api.image.get_list(here.id)]
    wanted = [infos[3].id, infos[0].id]
    assert [info.id for info in api.image.get_info_by_id_batch(wanted)] == wanted
    newest = api.image.get_list(here.id, sort="name", sort_order="desc", limit=2)
    assert [info.name for info in newest] == ["4.png", "3.png"]


@pytest.mark.parametrize("how", ["skip", "rename", "replace"])
def test_name_clashes_are_told_as_the_sdk_understands_them(judge: Judge, how: str) -> None:
    api, here = judge.api, dataset(judge, f"clash {how}")
    first = api.image.upload_np(here.id, "0.png", noise(0))
    names, hashes = ["0.png", "1.png"], [first.hash, first.hash]
    with pytest.raises(requests.HTTPError):
        api.image.upload_hashes(here.id, names, hashes)
    infos = api.image.upload_hashes(here.id, names, hashes, conflict_resolution=how)
    assert len(infos) == 2
    found = {info.name: info.id for info in api.image.get_list(here.id)}
    assert len(found) == (3 if how == "rename" else 2)
    assert (found["0.png"] == first.id) == (how != "replace")


def test_every_shape_comes_back_as_it_went(judge: Judge) -> None:
    api, meta = judge.api, meta_of_all_shapes()
    here = dataset(judge, "shapes", meta)
    sent = annotation_of_all_shapes(meta)
    infos = api.image.upload_nps(here.id, ["0.png", "1.png"], [noise(0), noise(1)])
    ids = [info.id for info in infos]
    api.annotation.upload_anns(ids, [sent, sent])
    for info in (*api.annotation.download_batch(here.id, ids), api.annotation.download(ids[0])):
        back = sly.Annotation.from_json(info.annotation, meta)
        assert back.img_size == (HEIGHT, WIDTH)
        assert back.img_description == "hello"
        assert {tag.name: tag.value for tag in back.img_tags} == {"fresh": None, "size": "s"}
        labels = {label.obj_class.name: plain(label) for label in back.labels}
        assert labels == {label.obj_class.name: plain(label) for label in sent.labels}
    assert api.image.get_info_by_id(ids[0]).labels_count == 8
    assert len(api.annotation.get_list(here.id)) == 2


def test_a_second_way_to_upload_labels_gives_the_same(judge: Judge) -> None:
    api = judge.api
    here = dataset(judge, "fast", meta_of_all_shapes())
    meta = sly.ProjectMeta.from_json(api.project.get_meta(here.project_id))
    image = api.image.upload_np(here.id, "0.png", noise(0))
    sent = annotation_of_all_shapes(meta)
    api.annotation.upload_anns_fast([image.id], [sent], here.id, log_progress=False)
    figures = api.image.figure.download(here.id)[image.id]
    assert sorted(figure.geometry_type for figure in figures) == sorted(
        label.geometry.geometry_name() for label in sent.labels
    )
    assert api.image.get_info_by_id(image.id).labels_count == 8
    back = sly.Annotation.from_json(api.annotation.download_json(image.id), meta)
    (alpha,) = [label for label in back.labels if label.obj_class.name == "alpha"]
    assert (alpha.geometry.data == 77).all()
    assert {tag.name for tag in back.img_tags} == {"fresh", "size"}
    box = next(figure for figure in figures if figure.geometry_type == "rectangle" and figure.area != "9.0")
    assert (box.bbox.top, box.bbox.left) == (1, 2)
    assert api.annotation.get_label_by_id(box.id, meta).obj_class.name in ("box", "any")


def test_images_are_copied_with_their_labels(judge: Judge) -> None:
    api, meta = judge.api, meta_of_all_shapes()
    here, there = dataset(judge, "source", meta), dataset(judge, "target")
    image = api.image.upload_np(here.id, "0.png", noise(0))
    api.annotation.upload_ann(image.id, annotation_of_all_shapes(meta))
    (copy,) = api.image.copy_batch(there.id, [image.id], with_annotations=True)
    assert copy.hash == image.hash
    back = sly.Annotation.from_json(
        api.annotation.download_json(copy.id),
        sly.ProjectMeta.from_json(api.project.get_meta(there.project_id)),
    )
    assert {plain(label)["classTitle"] for label in back.labels} == {item.name for item in meta.obj_classes}


def test_tags_edits_and_removals(judge: Judge) -> None:
    api = judge.api
    here = dataset(judge, "tags", meta_of_all_shapes())
    meta = sly.ProjectMeta.from_json(api.project.get_meta(here.project_id))
    image = api.image.upload_np(here.id, "0.png", noise(0))
    api.image.add_tag(image.id, meta.get_tag_meta("count").sly_id, 7)
    tags = sly.TagCollection.from_api_response(api.image.get_info_by_id(image.id).tags, meta.tag_metas)
    assert [(tag.name, tag.value) for tag in tags] == [("count", 7)]
    assert api.image.rename(image.id, "b.png").name == "b.png"
    api.image.update_meta(image.id, {"k": 1})
    assert api.image.get_info_by_id(image.id).meta == {"k": 1}
    chosen = [
        {
            "type": "images_tag",
            "data": {"tagId": meta.get_tag_meta("count").sly_id, "include": True, "value": 7},
        }
    ]
    assert [info.id for info in api.image.get_filtered_list(here.id, chosen)] == [image.id]
    assert api.image.get_list(here.id, only_labelled=True) == []
    api.image.remove_batch([image.id])
    assert api.image.get_info_by_id(image.id) is None


def test_a_whole_project_goes_to_disk_and_back(judge: Judge, tmp_path: Path) -> None:
    api, meta = judge.api, meta_of_all_shapes()
    here = dataset(judge, "disk", meta)
    inner = api.dataset.create(here.project_id, "inner", parent_id=here.id)
    for place in (here, inner):
        image = api.image.upload_np(place.id, "0.png", noise(place.id))
        api.annotation.upload_ann(image.id, annotation_of_all_shapes(meta))
    sly.download_project(api, here.project_id, str(tmp_path / "project"), log_progress=False)
    assert sly.Project(str(tmp_path / "project"), sly.OpenMode.READ).total_items == 2
    project_id, _ = sly.upload_project(str(tmp_path / "project"), api, 1, "from disk", log_progress=False)
    copy = api.project.get_info_by_id(project_id)
    assert (copy.items_count, copy.datasets_count) == (2, 2)
    assert sum(info.labels_count for info in api.image.get_list(project_id=project_id)) == 16
