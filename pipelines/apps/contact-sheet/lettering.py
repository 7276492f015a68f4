"""Text on the contact sheet: which font has the letters, and how a line is shortened to fit."""

import unicodedata

from PIL import ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

# Pillow carries a font with little more than ASCII; these are common ones with more.
_SYSTEM_FONTS = ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "NotoSans-Regular.ttf", "Arial.ttf")


def write(
    pen: ImageDraw.ImageDraw,
    place: tuple[int, int],
    text: str,
    *,
    size: int,
    colour: str,
    room: int,
    right: bool = False,
) -> int:
    """Write one line, its middle at the height of `place`, and return its width, at most `room` pixels.

    The line begins at `place`, with `right` it ends there.
    """
    line, font = _lettered(" ".join(text.split()), size)
    line = shortened(pen, line, font, room)
    pen.text(place, line, fill=colour, font=font, anchor="rm" if right else "lm")
    return round(pen.textlength(line, font=font))


def shortened(pen: ImageDraw.ImageDraw, line: str, font: Font, room: int) -> str:
    """Return the line, cut in its middle to fit `room` pixels."""
    kept, short = len(line), line
    while kept > 2 and pen.textlength(short, font=font) > room:
        kept -= 1
        short = f"{line[: (kept + 1) // 2]}...{line[len(line) - kept // 2 :]}"
    return short


def _lettered(line: str, size: int) -> tuple[str, Font]:
    """Return a line and a font that has its letters; where there is none, the line loses them."""
    if not line.isascii():
        for name in _SYSTEM_FONTS:
            try:
                return line, ImageFont.truetype(name, size)
            except OSError:
                continue  # not on this machine
        plain = unicodedata.normalize("NFKD", line)
        line = "".join(
            letter if letter.isascii() else "?" for letter in plain if not unicodedata.combining(letter)
        )
    return line, ImageFont.load_default(size)
