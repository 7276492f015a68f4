"""Export to COCO: boxes, areas, outlines and ids against values known by hand, and the archive."""

import io
import json
import zipfile
from typing import Any

import pytest
from PIL import Image

from tests.pipelines.loading import load_app

APP = load_app("export-coco")
archive, coco, mask = APP["archive"], APP["coco"], APP["mask"]
CLASSES = [{"title": "apple"}, {"title": "pear"}]


def figure(shape: str, exterior: Any, interior: Any = (), title: str = "apple") -> dict[str, Any]:
    points = {"exterior": exterior, "interior": list(interior)}
    return {"classTitle": title, "geometryType": shape, "points": points}


def annotation(*objects: dict[str, Any]) -> dict[str, Any]:
    return {"size": {"width": 10, "height": 6}, "objects": list(objects)}


def decoded(run_lengths: dict[str, Any]) -> list[list[int]]:
    """Return a mask as rows, read back from COCO's run lengths as their definition says."""
    height, width = run_lengths["size"]
    flat = [number % 2 for number, count in enumerate(run_lengths["counts"]) for _ in range(count)]
    assert len(flat) == width * height
    return [[flat[x * height + y] for x in range(width)] for y in range(height)]


def test_a_rectangle_has_its_box_its_area_and_four_corners() -> None:
    assert coco.shape(figure("rectangle", [[7, 5], [2, 1]]), 10, 6) == {
        "bbox": [2, 1, 5, 4],
        "area": 20,
        "segmentation": [[2, 1, 7, 1, 7, 5, 2, 5]],
    }


def test_a_triangle_has_half_the_area_of_its_box() -> None:
    assert coco.shape(figure("polygon", [[1, 1], [5, 1], [1, 4]]), 10, 6) == {
        "bbox": [1, 1, 4, 3],
        "area": 6,
        "segmentation": [[1, 1, 5, 1, 1, 4]],
    }


def test_a_polygon_with_a_hole_becomes_run_lengths_without_the_hole() -> None:
    shape = coco.shape(
        figure("polygon", [[1, 1], [8, 1], [8, 5], [1, 5]], [[[3, 2], [4, 2], [4, 3], [3, 3]]]), 10, 6
    )
    assert (shape["bbox"], shape["area"]) == ([1, 1, 7, 4], 27)
    rows = decoded(shape["segmentation"])
    assert (rows[2][2], rows[2][3], rows[3][4], rows[0][0]) == (1, 0, 0, 0)


def test_a_bitmap_is_measured_by_its_pixels() -> None:
    small = Image.new("1", (3, 2), 1)
    small.putpixel((0, 0), 0)
    data = load_app("resize")["labels"].encode_mask(small)
    shape = coco.shape(
        {"classTitle": "apple", "geometryType": "bitmap", "bitmap": {"data": data, "origin": [4, 3]}}, 10, 6
    )
    assert (shape["bbox"], shape["area"]) == ([4, 3, 3, 2], 5)
    rows = decoded(shape["segmentation"])
    assert sum(map(sum, rows)) == 5
    assert (rows[3][4], rows[3][5], rows[4][4]) == (0, 1, 1)


def test_run_lengths_go_down_the_columns_and_begin_with_zeros() -> None:
    image = Image.new("L", (2, 3), 0)
    for place in ((0, 0), (0, 1), (1, 2)):
        image.putpixel(place, 255)
    assert mask.run_lengths(image) == {"size": [3, 2], "counts": [0, 2, 3, 1]}


def test_ids_count_from_one_and_refer_to_each_other() -> None:
    document = coco.Coco(CLASSES)
    box = [[0, 0], [1, 1]]
    document.add("a.jpg", annotation(figure("rectangle", box), figure("rectangle", box, title="pear")))
    document.add("b.jpg", annotation())
    document.add("c.jpg", annotation(figure("rectangle", box, title="pear")))
    written = document.document()
    assert [(item["id"], item["name"]) for item in written["categories"]] == [(1, "apple"), (2, "pear")]
    assert [(item["id"], item["file_name"]) for item in written["images"]] == [
        (1, "a.jpg"),
        (2, "b.jpg"),
        (3, "c.jpg"),
    ]
    found = [(item["id"], item["image_id"], item["category_id"]) for item in written["annotations"]]
    assert found == [(1, 1, 1), (2, 1, 2), (3, 3, 2)]


def test_lines_and_points_are_left_out_and_counted() -> None:
    document = coco.Coco(CLASSES)
    document.add("a.jpg", annotation(figure("line", [[0, 0], [1, 1]]), figure("point", [[2, 2]])))
    assert (document.document()["annotations"], document.left_out) == ([], 2)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (figure("graph", []), r'no objects of shape graph \(class "apple"\)'),
        (figure("polygon", [[0, 0], [1, 1]]), "a polygon has 2 points"),
        (
            {"classTitle": "apple", "geometryType": "bitmap", "bitmap": {"data": "AAAA", "origin": [0, 0]}},
            "a bitmap's data cannot be read",
        ),
    ],
)
def test_what_coco_cannot_say_is_refused(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(coco.BadLabels, match=why):
        coco.shape(wrong, 10, 6)


def test_the_archive_reads_back_and_is_the_same_every_time() -> None:
    def written() -> bytes:
        out = io.BytesIO()
        with archive.Archive(out) as target:
            target.image("train", "ä.jpg", b"content")
            target.document("train", {"images": [], "name": "ä"})
        return out.getvalue()

    with zipfile.ZipFile(io.BytesIO(written())) as read:
        assert read.namelist() == ["train/images/ä.jpg", "train/annotations.json"]
        assert read.read("train/images/ä.jpg") == b"content"
        assert json.loads(read.read("train/annotations.json"))["name"] == "ä"
    assert written() == written()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a.jpg", "a.jpg"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("c:\\x\n.jpg", "c__x_.jpg"),
        ("..", "unnamed"),
        ("taken.jpg", "taken_2.jpg"),
    ],
)
def test_names_in_the_archive_lead_nowhere_else(text: str, name: str) -> None:
    assert archive.safe_name(text, {"taken.jpg"}) == name
