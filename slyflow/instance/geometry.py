"""Geometry of figures as the API writes it: what of a label it is, where it lies, its whole-pixel form."""

import base64
import binascii
import io
import math
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeGuard

from slyflow.instance.imagefile import read_header

# Everything else in a label is geometry, so that shapes this module has never heard of survive.
LABEL_FIELDS = frozenset(
    {
        *("id", "classId", "classTitle", "objectId", "description", "tags", "geometryType", "shape"),
        *("labelerLogin", "createdAt", "updatedAt", "instance", "customData", "nnCreated", "nnUpdated"),
        *("priority", "status", "entityId", "imageId", "datasetId", "projectId", "geometry", "trackId"),
        *("meta", "smartToolInput", "area", "geometryMeta", "figureId"),
    }
)
# A compressed mask larger than this is not opened to learn its size.
_MASK_HEAD = 64

Geometry = Mapping[str, Any]
Box = tuple[float, float, float, float]


def of_label(label: Mapping[str, Any]) -> Geometry:
    """Return a label's geometry: the object under `geometry`, or the fields that are no label fields."""
    nested = label.get("geometry")
    if isinstance(nested, Mapping):
        return {key: value for key, value in nested.items() if key not in LABEL_FIELDS}
    return {key: value for key, value in label.items() if key not in LABEL_FIELDS}


def box(geometry: Geometry) -> Box | None:
    """Return (top, left, bottom, right), None for a geometry without points in the plane."""
    mask = geometry.get("bitmap")
    if isinstance(mask, Mapping):
        return _mask_box(mask)
    points = [point for line in _lines(geometry) for point in line]
    if not points:
        return None
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    return min(ys), min(xs), max(ys), max(xs)


def area(geometry: Geometry, kind: str) -> float | None:
    """Return the area in square pixels of a rectangle or polygon, None for other kinds."""
    if kind == "rectangle":
        bounds = box(geometry)
        return (bounds[2] - bounds[0]) * (bounds[3] - bounds[1]) if bounds else None
    if kind != "polygon":
        return None
    rings = list(_lines(geometry))
    return max(0.0, _shoelace(rings[0]) - sum(map(_shoelace, rings[1:]))) if rings else None


def whole_pixels(geometry: Geometry, kind: str) -> Geometry:
    """Return the geometry in whole pixels, as `integerCoords: true` asks for.

    Stored coordinates are sub-pixel: a point lies at the pixel's middle, a rectangle's far corner on the
    far edge of its last pixel.
    """
    points = geometry.get("points")
    if kind == "rectangle" and _is_rings(points):
        bounds = box(geometry)
        if bounds is None:
            return geometry
        top, left, bottom, right = (_half_up(side) for side in bounds)
        corners = [[left, top], [max(left, right - 1), max(top, bottom - 1)]]
        return {**geometry, "points": {**points, "exterior": corners}}
    return {
        key: _floored(value) if key in ("points", "parts", "nodes") else value
        for key, value in geometry.items()
    }


def _floored(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _floored(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_floored(part) for part in value]
    return math.floor(value) if isinstance(value, float) and math.isfinite(value) else value


def _half_up(value: float) -> int:
    return math.floor(value + 0.5)


def _is_rings(points: object) -> TypeGuard[Geometry]:
    return isinstance(points, Mapping) and isinstance(points.get("exterior"), list)


def _lines(geometry: Geometry) -> Iterator[Sequence[Sequence[float]]]:
    """Yield each line of points: the exterior first, then the holes; every node of a graph is a line."""
    points = geometry.get("points")
    rings = [points] if isinstance(points, Mapping) else geometry.get("parts") or ()
    for ring in rings if isinstance(rings, Sequence) else ():
        if isinstance(ring, Mapping):
            yield from filter(None, map(_clean, (ring.get("exterior"), *(ring.get("interior") or ()))))
    if isinstance(points, list):
        yield from filter(None, [_clean(points)])
    nodes = geometry.get("nodes")
    for node in nodes.values() if isinstance(nodes, Mapping) else ():
        if isinstance(node, Mapping):
            yield from filter(None, [_clean([node.get("loc")])])


def _clean(line: object) -> list[Sequence[float]]:
    return [point for point in line if _is_point(point)] if isinstance(line, list) else []


def _is_point(point: object) -> TypeGuard[list[float]]:
    return isinstance(point, list) and len(point) >= 2 and all(isinstance(n, int | float) for n in point[:2])


def _shoelace(ring: Sequence[Sequence[float]]) -> float:
    pairs: Iterable[tuple[Sequence[float], Sequence[float]]] = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def _mask_box(mask: Mapping[str, Any]) -> Box | None:
    """Return the place of a bitmap: its origin, and the size its PNG (base64, deflated) begins with."""
    origin, data = mask.get("origin"), mask.get("data")
    if not _is_point(origin) or not isinstance(data, str):
        return None
    try:
        png = zlib.decompressobj().decompress(base64.b64decode(data), _MASK_HEAD)
    except (binascii.Error, ValueError, zlib.error):
        return None
    header = read_header(io.BytesIO(png))
    left, top = origin[:2]
    return (top, left, top + header.height - 1, left + header.width - 1) if header else None
