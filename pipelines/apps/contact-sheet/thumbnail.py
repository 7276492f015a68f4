"""One image made small, with its labels drawn over it."""

import base64
import binascii
import io
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageColor, ImageDraw

WIDTH, HEIGHT = 320, 240  # the most a thumbnail measures
ENLARGE = 2.0  # and the most it enlarges a small image
_SMOOTH = 3  # labels are drawn this much larger, then scaled down
_PAPER = (255, 255, 255)
_PLAIN = "#4A90E2"


class BadLabels(Exception):
    """A label cannot be drawn; the message says why."""


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A picture for the sheet: `image` is RGB with labels drawn, `size` the true size in pixels."""

    name: str
    dataset: str
    size: tuple[int, int]
    objects: int
    image: Image.Image


def labelled(content: bytes, annotation: Mapping[str, Any], colours: Mapping[str, str]) -> Image.Image:
    """Return the image small, with every object of `annotation` in the colour of its class."""
    with Image.open(io.BytesIO(content)) as image:
        picture = in_rgb(image)
    factor = min(WIDTH / picture.width, HEIGHT / picture.height, ENLARGE)
    size = max(1, round(picture.width * factor)), max(1, round(picture.height * factor))
    small = picture.resize(size, Image.Resampling.LANCZOS)
    before = annotation["size"]
    scale = size[0] * _SMOOTH / before["width"], size[1] * _SMOOTH / before["height"]
    overlay = Image.new("RGBA", (size[0] * _SMOOTH, size[1] * _SMOOTH), (0, 0, 0, 0))
    for figure in annotation.get("objects", []):
        colour = ImageColor.getrgb(colours.get(figure["classTitle"], _PLAIN))[:3]
        _draw(overlay, figure, colour, scale)
    smooth = overlay.resize(size, Image.Resampling.BOX)
    small.paste(smooth, mask=smooth)
    return small


def in_rgb(image: Image.Image) -> Image.Image:
    """Return any picture as RGB: 16 bits of grey scaled to 8, what is transparent on white."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L").convert("RGB")
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        paper = Image.new("RGB", image.size, _PAPER)
        paper.paste(clear, mask=clear)
        return paper
    return image.convert("RGB")


def _draw(
    overlay: Image.Image, figure: Mapping[str, Any], colour: Sequence[int], scale: tuple[float, float]
) -> None:
    if figure["geometryType"] == "bitmap":
        _draw_bitmap(overlay, figure["bitmap"], colour, scale)
        return
    points = [
        (point[0] * scale[0], point[1] * scale[1]) for point in figure.get("points", {}).get("exterior", [])
    ]
    pen = ImageDraw.Draw(overlay)
    red, green, blue = colour
    line, fill, width = (red, green, blue, 255), (red, green, blue, 36), 2 * _SMOOTH
    match figure["geometryType"]:
        case "rectangle" if len(points) == 2:
            (x1, y1), (x2, y2) = points
            corners = (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
            pen.rectangle(corners, fill=fill, outline=line, width=width)
        case "polygon" if len(points) > 2:
            pen.polygon(points, fill=fill)
            pen.line([*points, points[0]], fill=line, width=width, joint="curve")
        case "line" if len(points) > 1:
            pen.line(points, fill=line, width=width, joint="curve")
        case _:
            for x, y in points:
                pen.ellipse((x - 2 * width, y - 2 * width, x + 2 * width, y + 2 * width), fill=line)


def _draw_bitmap(
    overlay: Image.Image, bitmap: Mapping[str, Any], colour: Sequence[int], scale: tuple[float, float]
) -> None:
    try:
        data = zlib.decompress(base64.b64decode(bitmap["data"]))
        image = Image.open(io.BytesIO(data), formats=("PNG",))
        plane = image.getchannel("A") if "A" in image.getbands() else image.convert("L")
    except (binascii.Error, zlib.error, OSError, ValueError) as error:
        raise BadLabels(f"a bitmap's data cannot be read: {error}") from error
    size = max(1, round(plane.width * scale[0])), max(1, round(plane.height * scale[1]))
    mask = plane.resize(size, Image.Resampling.NEAREST).point([0] + [120] * 255)
    place = round(bitmap["origin"][0] * scale[0]), round(bitmap["origin"][1] * scale[1])
    overlay.paste((*colour, 120), place, mask)
