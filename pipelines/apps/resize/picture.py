"""One picture made smaller, in the file format it came in."""

import io

from PIL import Image

QUALITY = 92
# Pillow scales these well; everything else is first turned into one of them.
_SCALABLE = frozenset({"L", "RGB", "RGBA", "CMYK", "F"})


def shrunk(content: bytes, size: tuple[int, int]) -> bytes:
    """Return the picture at `size` as a file of the same format; the same bytes when it has that size."""
    with Image.open(io.BytesIO(content)) as image:
        if image.size == size:
            return content
        out = io.BytesIO()
        smaller = _scalable(image).resize(size, Image.Resampling.LANCZOS)
        if image.format == "JPEG":
            smaller.save(out, "JPEG", quality=QUALITY, icc_profile=image.info.get("icc_profile"))
        else:
            _storable(smaller).save(out, "PNG", optimize=True)
    return out.getvalue()


def _scalable(image: Image.Image) -> Image.Image:
    if image.mode in _SCALABLE:
        return image
    if image.mode.startswith("I"):  # 16 bits of grey: scaled as real numbers, none are lost
        return image.convert("F")
    if image.mode == "1":
        return image.convert("L")
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    return image.convert("RGBA" if has_alpha else "RGB")


def _storable(image: Image.Image) -> Image.Image:
    """Return real numbers as the 16 bits of grey that they came from."""
    if image.mode != "F":
        return image
    return image.point(lambda value: value + 0.5).convert("I").convert("I;16")
