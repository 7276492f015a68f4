"""Geometry of figures."""

import base64
import io
import zlib
from typing import Any

import pytest
from PIL import Image

from slyflow.instance import geometry

SQUARE = {"points": {"exterior": [[10, 20], [30, 20], [30, 60], [10, 60]], "interior": []}}
HOLED = {"points": {**SQUARE["points"], "interior": [[[15, 30], [20, 30], [20, 40], [15, 40]]]}}
CORNERS = {"points": {"exterior": [[10, 20], [31, 61]], "interior": []}}


def mask(width: int, height: int) -> dict[str, Any]:
    buffer = io.BytesIO()
    Image.new("1", (width, height), 1).save(buffer, "PNG")
    return {"bitmap": {"origin": [5, 7], "data": base64.b64encode(zlib.compress(buffer.getvalue())).decode()}}


def test_the_geometry_of_a_flat_label_is_all_that_is_no_label_field() -> None:
    label = {"classTitle": "car", "geometryType": "polygon", "tags": [], "id": 3, **SQUARE, "unknown": 1}
    assert geometry.of_label(label) == {**SQUARE, "unknown": 1}


def test_a_nested_geometry_wins_and_loses_its_creation_fields() -> None:
    label = {"classId": 1, "points": "stale", "geometry": {**SQUARE, "labelerLogin": "x", "classId": 9}}
    assert geometry.of_label(label) == SQUARE


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (SQUARE, (20, 10, 60, 30)),
        (mask(40, 30), (7, 5, 36, 44)),
        (
            {"parts": [{"exterior": [[1, 2], [3, 9], [0, 4]]}, {"exterior": [[8, 8], [9, 9], [8, 9]]}]},
            (2, 0, 9, 9),
        ),
        ({"nodes": {"a": {"loc": [4, 5]}, "b": {"loc": [2, 9]}}}, (5, 2, 9, 4)),
        ({"points": [[1, 2], [3, 4]], "angle": 0.5}, (2, 1, 4, 3)),
        ({"points": {"exterior": [[7, 8]], "interior": []}}, (8, 7, 8, 7)),
    ],
)
def test_the_box_of_each_shape(shape: dict[str, Any], expected: tuple[float, ...]) -> None:
    assert geometry.box(shape) == expected


@pytest.mark.parametrize(
    "shape",
    [
        {},
        {"position": {"x": 1}},
        {"points": None},
        {"points": {"exterior": "x"}},
        {"points": {"exterior": [[1], ["a", "b"], None]}},
        {"parts": {"a": 1}},
        {"nodes": []},
        {"bitmap": {"origin": [1, 2], "data": "not base64!"}},
        {"bitmap": {"origin": None, "data": ""}},
        {"bitmap": {"origin": [1, 2], "data": base64.b64encode(b"not deflated").decode()}},
        {"bitmap": {"origin": [1, 2], "data": base64.b64encode(zlib.compress(b"no image")).decode()}},
    ],
)
def test_a_shape_without_readable_points_has_no_box(shape: dict[str, Any]) -> None:
    assert geometry.box(shape) is None


def test_the_area_of_a_polygon_leaves_out_its_holes() -> None:
    assert geometry.area(SQUARE, "polygon") == 800
    assert geometry.area(HOLED, "polygon") == 750
    assert geometry.area(CORNERS, "rectangle") == 21 * 41
    assert geometry.area(CORNERS, "line") is None
    assert geometry.area({}, "polygon") is None
    assert geometry.area({}, "rectangle") is None


def test_whole_pixels_floor_points_and_draw_in_a_rectangles_far_corner() -> None:
    polygon = {"points": {"exterior": [[10.5, 20.5], [11.9, 2.0]], "interior": [[[1.5, 1.5]]]}}
    assert geometry.whole_pixels(polygon, "polygon") == {
        "points": {"exterior": [[10, 20], [11, 2]], "interior": [[[1, 1]]]}
    }
    assert geometry.whole_pixels(CORNERS, "rectangle")["points"]["exterior"] == [[10, 20], [30, 60]]
    assert geometry.whole_pixels({"nodes": {"a": {"loc": [4.5, 5.5]}}}, "graph") == {
        "nodes": {"a": {"loc": [4, 5]}}
    }
    assert geometry.whole_pixels({"points": {"exterior": []}}, "rectangle") == {"points": {"exterior": []}}
