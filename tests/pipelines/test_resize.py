"""Resize: sizes, labels and pictures after scaling."""

import io
from typing import Any

import pytest
from PIL import Image

from tests.pipelines.loading import load_app

APP = load_app("resize")
labels, picture = APP["labels"], APP["picture"]


def annotation(*objects: dict[str, Any]) -> dict[str, Any]:
    return {"size": {"width": 400, "height": 200}, "tags": [], "objects": list(objects)}


def figure(shape: str, exterior: list[list[float]], interior: Any = ()) -> dict[str, Any]:
    points = {"exterior": exterior, "interior": list(interior)}
    return {"id": 5, "classId": 6, "classTitle": "cat", "geometryType": shape, "points": points, "tags": []}


def encoded(image: Image.Image, form: str) -> bytes:
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


@pytest.mark.parametrize(
    ("size", "longest_side", "expected"),
    [
        ((400, 200), 100, (100, 50)),
        ((200, 400), 100, (50, 100)),
        ((400, 300), 256, (256, 192)),
        ((80, 40), 100, (80, 40)),
        ((1000, 1), 100, (100, 1)),
    ],
    ids=["wide", "high", "rounded", "small enough", "a line"],
)
def test_the_longer_side_fits_and_nothing_is_enlarged(
    size: tuple[int, int], longest_side: int, expected: tuple[int, int]
) -> None:
    assert labels.fitted(*size, longest_side) == expected


def test_a_rectangle_is_scaled_along_both_axes() -> None:
    scaled = labels.scaled(annotation(figure("rectangle", [[40, 20], [400, 200]])), 100, 100)
    assert scaled["size"] == {"width": 100, "height": 100}
    assert scaled["objects"][0]["points"]["exterior"] == [[10, 10], [100, 100]]


def test_a_polygon_is_scaled_with_its_holes() -> None:
    whole = figure("polygon", [[0, 0], [400, 0], [400, 200]], [[[100, 50], [101, 50], [101, 51]]])
    points = labels.scaled(annotation(whole), 100, 50)["objects"][0]["points"]
    assert points["exterior"] == [[0, 0], [100, 0], [100, 50]]
    assert points["interior"] == [[[25, 12.5], [25.25, 12.5], [25.25, 12.75]]]


def test_points_outside_the_image_are_moved_to_its_edge() -> None:
    scaled = labels.scaled(annotation(figure("line", [[-8, 10], [408, 210]])), 200, 100)
    assert scaled["objects"][0]["points"]["exterior"] == [[0, 5], [200, 100]]


def test_labels_lose_the_ids_of_the_project_they_come_from() -> None:
    tagged = figure("point", [[40, 20]]) | {"tags": [{"id": 1, "tagId": 2, "name": "ripe", "value": None}]}
    (scaled,) = labels.scaled(annotation(tagged), 40, 20)["objects"]
    assert scaled == {
        "classTitle": "cat",
        "geometryType": "point",
        "description": "",
        "tags": [{"name": "ripe", "value": None}],
        "points": {"exterior": [[4, 2]], "interior": []},
    }


def test_a_bitmap_keeps_its_shape_and_its_place() -> None:
    mask = Image.new("L", (40, 20), 0)
    mask.paste(255, (0, 0, 20, 20))
    bitmap = {"data": labels.encode_mask(mask), "origin": [100, 60]}
    (scaled,) = labels.scaled(
        annotation({"classTitle": "cat", "geometryType": "bitmap", "bitmap": bitmap}), 200, 100
    )["objects"]
    assert scaled["bitmap"]["origin"] == [50, 30]
    small = labels.decode_mask(scaled["bitmap"]["data"])
    assert (small.size, small.getbbox()) == ((20, 10), (0, 0, 10, 10))


def test_a_shape_that_cannot_be_scaled_is_refused_by_its_class() -> None:
    with pytest.raises(labels.BadLabels, match=r'shape graph \(class "cat"\) cannot be scaled'):
        labels.scaled(annotation({"classTitle": "cat", "geometryType": "graph"}), 4, 2)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_of_any_kind_becomes_a_smaller_png(mode: str) -> None:
    small = picture.shrunk(encoded(Image.new(mode, (40, 20)), "PNG"), (10, 5))
    with Image.open(io.BytesIO(small)) as image:
        assert (image.format, image.size) == ("PNG", (10, 5))


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_jpeg_of_any_kind_becomes_a_smaller_jpeg(mode: str) -> None:
    small = picture.shrunk(encoded(Image.new(mode, (40, 20)), "JPEG"), (10, 5))
    with Image.open(io.BytesIO(small)) as image:
        assert (image.format, image.size, image.mode) == ("JPEG", (10, 5), mode)


def test_sixteen_bits_of_grey_stay_sixteen_bits() -> None:
    small = picture.shrunk(encoded(Image.new("I;16", (40, 20), 40_000), "PNG"), (10, 5))
    with Image.open(io.BytesIO(small)) as image:
        assert image.mode.startswith("I")
        assert image.getpixel((5, 2)) == 40_000


def test_bright_edges_in_sixteen_bits_do_not_wrap_around() -> None:
    image = Image.new("I;16", (40, 20), 0)
    image.paste(65_535, (20, 0, 40, 20))
    small = picture.shrunk(encoded(image, "PNG"), (20, 10))
    with Image.open(io.BytesIO(small)) as shrunk:
        row = [int(str(shrunk.getpixel((x, 5)))) for x in range(20)]
    assert max(row[:8]) < 3_000
    assert min(row[12:]) > 60_000


def test_a_picture_of_the_right_size_keeps_its_bytes() -> None:
    content = encoded(Image.new("RGB", (10, 5)), "JPEG")
    assert picture.shrunk(content, (10, 5)) == content
