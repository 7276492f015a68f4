"""Labels moved to another image size: every geometry scaled as its image is."""

import base64
import binascii
import io
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image

DECIMALS = 2
VECTORS = frozenset({"rectangle", "polygon", "line", "point"})


class BadLabels(Exception):
    """An annotation cannot be scaled; the message says why."""


def fitted(width: int, height: int, longest_side: int) -> tuple[int, int]:
    """Return the size at which the longer side is at most `longest_side` pixels; never larger than now."""
    factor = min(1.0, longest_side / max(width, height))
    return max(1, round(width * factor)), max(1, round(height * factor))


def scaled(annotation: Mapping[str, Any], width: int, height: int) -> dict[str, Any]:
    """Return the annotation of the same image at `width` × `height` pixels, free of ids.

    Coordinates are distances from the image's left and top edge, so they scale with it, and stay inside.
    """
    before = annotation["size"]
    scale = Scale(width / before["width"], height / before["height"], width, height)
    return {
        "description": annotation.get("description", ""),
        "tags": [plain_tag(tag) for tag in annotation.get("tags", [])],
        "size": {"height": height, "width": width},
        "objects": [scale.figure(figure) for figure in annotation.get("objects", [])],
    }


class Scale:
    """Factors along x and y, and the size of the image that results."""

    def __init__(self, x: float, y: float, width: int, height: int) -> None:
        self._x, self._y, self._width, self._height = x, y, width, height

    def figure(self, figure: Mapping[str, Any]) -> dict[str, Any]:
        """Return one object, scaled."""
        shape = figure["geometryType"]
        moved: dict[str, Any] = {
            "classTitle": figure["classTitle"],
            "geometryType": shape,
            "description": figure.get("description", ""),
            "tags": [plain_tag(tag) for tag in figure.get("tags", [])],
        }
        if shape in VECTORS:
            points = figure["points"]
            moved["points"] = {
                "exterior": self._points(points["exterior"]),
                "interior": [self._points(hole) for hole in points.get("interior", [])],
            }
        elif shape == "bitmap":
            moved["bitmap"] = self._bitmap(figure["bitmap"])
        else:
            raise BadLabels(
                f'objects of shape {shape} (class "{figure["classTitle"]}") cannot be scaled; '
                f"this app scales bitmap, {', '.join(sorted(VECTORS))}"
            )
        return moved

    def _points(self, points: Sequence[Sequence[float]]) -> list[list[float]]:
        return [
            [_inside(point[0] * self._x, self._width), _inside(point[1] * self._y, self._height)]
            for point in points
        ]

    def _bitmap(self, bitmap: Mapping[str, Any]) -> dict[str, Any]:
        mask = decode_mask(bitmap["data"])
        left, top = bitmap["origin"]
        x, y = (
            min(round(left * self._x), self._width - 1),
            min(round(top * self._y), self._height - 1),
        )
        size = (
            max(1, min(round(mask.width * self._x), self._width - x)),
            max(1, min(round(mask.height * self._y), self._height - y)),
        )
        return {"origin": [x, y], "data": encode_mask(mask.resize(size, Image.Resampling.NEAREST))}


def decode_mask(data: str) -> Image.Image:
    """Return the mask in a bitmap's `data` (PNG, deflated, base64): 255 where the object is, else 0."""
    try:
        image = Image.open(io.BytesIO(zlib.decompress(base64.b64decode(data))), formats=("PNG",))
        plane = image.getchannel("A") if "A" in image.getbands() else image.convert("L")
    except (binascii.Error, zlib.error, OSError, ValueError) as error:
        raise BadLabels(f"a bitmap's data cannot be read: {error}") from error
    return plane.point([0] + [255] * 255)


def encode_mask(mask: Image.Image) -> str:
    """Return a mask as a bitmap's `data`."""
    out = io.BytesIO()
    mask.convert("1").save(out, "PNG")
    return base64.b64encode(zlib.compress(out.getvalue())).decode()


def plain_tag(tag: Mapping[str, Any]) -> dict[str, Any]:
    """Return a tag by its name: ids belong to the project it comes from."""
    return {"name": tag["name"], "value": tag.get("value")}


def plain_meta(meta: Mapping[str, Any]) -> dict[str, Any]:
    """Return a project's classes and tags without the ids of that project."""
    return {
        "classes": [{key: value for key, value in item.items() if key != "id"} for item in meta["classes"]],
        "tags": [{key: value for key, value in item.items() if key != "id"} for item in meta["tags"]],
        "projectType": "images",
    }


def _inside(value: float, limit: int) -> float:
    return round(min(max(value, 0.0), float(limit)), DECIMALS)
