"""Masks the size of an image, and COCO's run lengths of them."""

import base64
import binascii
import io
import zlib
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from PIL import Image, ImageDraw

Points = Sequence[Sequence[float]]


class BadMask(Exception):
    """A bitmap's data cannot be read; the message says why."""


def filled(exterior: Points, holes: Sequence[Points], width: int, height: int) -> Image.Image:
    """Return a polygon with holes as a mask: 255 inside, else 0."""
    mask = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(mask)
    pen.polygon([(x, y) for x, y in exterior], fill=255)
    for hole in holes:
        pen.polygon([(x, y) for x, y in hole], fill=0)
    return mask


def decode(data: str) -> Image.Image:
    """Return the mask in a bitmap's `data` (PNG, deflated, base64): 255 where the object is, else 0."""
    try:
        image = Image.open(io.BytesIO(zlib.decompress(base64.b64decode(data))), formats=("PNG",))
        plane = image.getchannel("A") if "A" in image.getbands() else image.convert("L")
    except (binascii.Error, zlib.error, OSError, ValueError) as error:
        raise BadMask(f"a bitmap's data cannot be read: {error}") from error
    return plane.point([0] + [255] * 255)


def drawn(mask: Image.Image, origin: Sequence[int], width: int, height: int) -> Image.Image:
    """Return a mask the size of the image with `mask` at its place."""
    whole = Image.new("L", (width, height), 0)
    whole.paste(mask, (origin[0], origin[1]))
    return whole


def run_lengths(mask: Image.Image) -> dict[str, Any]:
    """Return COCO's uncompressed run lengths: columns from the left, each from the top, zeros first."""
    columns = mask.transpose(Image.Transpose.TRANSPOSE).tobytes()
    counts = []
    expected = 0
    for value, run in groupby(columns):
        if value != expected:
            counts.append(0)
        counts.append(sum(1 for _ in run))
        expected = 255 - value
    return {"size": [mask.height, mask.width], "counts": counts}
