"""Supervisely annotations as COCO: categories, and one annotation with box, area and outline an object."""

from collections.abc import Mapping, Sequence
from typing import Any

from mask import BadMask, decode, drawn, filled, run_lengths

Point = Sequence[float]
DECIMALS = 2
# COCO has no annotation for what covers no area.
_WITHOUT_AREA = frozenset({"line", "point"})
_DESCRIPTION = "Exported from Supervisely by slyflow's export-coco"


class BadLabels(Exception):
    """An annotation cannot be written as COCO; the message says why."""


class Coco:
    """One COCO document under construction; ids count from 1 in the order things are added."""

    def __init__(self, classes: Sequence[Mapping[str, Any]]) -> None:
        self._categories = {item["title"]: number for number, item in enumerate(classes, 1)}
        self._images: list[dict[str, Any]] = []
        self._annotations: list[dict[str, Any]] = []
        self.left_out = 0

    def add(self, file_name: str, annotation: Mapping[str, Any]) -> None:
        """Add one image and its objects; lines and points are counted in `left_out`."""
        size = annotation["size"]
        image_id = len(self._images) + 1
        self._images.append(
            {"id": image_id, "file_name": file_name, "width": size["width"], "height": size["height"]}
        )
        for figure in annotation.get("objects", []):
            if figure["geometryType"] in _WITHOUT_AREA:
                self.left_out += 1
                continue
            self._annotations.append(
                {
                    "id": len(self._annotations) + 1,
                    "image_id": image_id,
                    "category_id": self._categories[figure["classTitle"]],
                    "iscrowd": 0,
                    **shape(figure, size["width"], size["height"]),
                }
            )

    def document(self) -> dict[str, Any]:
        """Return the whole document, ready to be written as JSON."""
        return {
            "info": {"description": _DESCRIPTION, "version": "1.0"},
            "licenses": [],
            "categories": [
                {"id": number, "name": name, "supercategory": ""} for name, number in self._categories.items()
            ],
            "images": self._images,
            "annotations": self._annotations,
        }


def shape(figure: Mapping[str, Any], width: int, height: int) -> dict[str, Any]:
    """Return `bbox` (left, top, width, height), `area` and `segmentation` of one object, in pixels."""
    match figure["geometryType"]:
        case "rectangle":
            return _rectangle(figure["points"]["exterior"])
        case "polygon":
            points = figure["points"]
            return _polygon(points["exterior"], points.get("interior", []), width, height)
        case "bitmap":
            return _bitmap(figure["bitmap"], width, height)
        case other:
            raise BadLabels(f'COCO has no objects of shape {other} (class "{figure["classTitle"]}")')


def box(points: Sequence[Point]) -> list[float]:
    """Return the bounding box of points as left, top, width, height."""
    left, top = min(x for x, _ in points), min(y for _, y in points)
    right, bottom = max(x for x, _ in points), max(y for _, y in points)
    return [_rounded(value) for value in (left, top, right - left, bottom - top)]


def area(points: Sequence[Point]) -> float:
    """Return the area within a polygon, in square pixels."""
    following = [*points[1:], points[0]]
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(points, following, strict=True))) / 2


def _rectangle(corners: Sequence[Point]) -> dict[str, Any]:
    left, top, width, height = box(corners)
    right, bottom = _rounded(left + width), _rounded(top + height)
    return {
        "bbox": [left, top, width, height],
        "area": _rounded(width * height),
        "segmentation": [[left, top, right, top, right, bottom, left, bottom]],
    }


def _polygon(
    exterior: Sequence[Point], holes: Sequence[Sequence[Point]], width: int, height: int
) -> dict[str, Any]:
    if len(exterior) < 3:
        raise BadLabels(f"a polygon has {len(exterior)} points, expected at least 3")
    outline = [_rounded(value) for point in exterior for value in point]
    return {
        "bbox": box(exterior),
        "area": _rounded(area(exterior) - sum(area(hole) for hole in holes)),
        # COCO's polygons know no holes; its run lengths do.
        "segmentation": run_lengths(filled(exterior, holes, width, height)) if holes else [outline],
    }


def _bitmap(bitmap: Mapping[str, Any], width: int, height: int) -> dict[str, Any]:
    try:
        mask = drawn(decode(bitmap["data"]), bitmap["origin"], width, height)
    except BadMask as error:
        raise BadLabels(str(error)) from error
    left, top, right, bottom = mask.getbbox() or (0, 0, 0, 0)
    return {
        "bbox": [left, top, right - left, bottom - top],
        "area": mask.histogram()[255],
        "segmentation": run_lengths(mask),
    }


def _rounded(value: float) -> float:
    return round(float(value), DECIMALS)
