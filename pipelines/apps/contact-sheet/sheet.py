"""The contact sheet: a picture with a head, and a grid of thumbnails for each project."""

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont
from survey import Survey
from thumbnail import Thumbnail

COLUMNS = 6
TILE = (224, 168)  # the room for one thumbnail
GAP, MARGIN, CAPTION, HEAD, SECTION = 20, 40, 48, 112, 84
PAPER, CARD, FRAME, INK, FAINT = "#F4F5F7", "#FFFFFF", "#E1E4E8", "#1F2933", "#6B7785"
_BACKGROUND = "#E9ECEF"
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything lies, in pixels: the sheet's size, and for each section its top and its tiles."""

    width: int
    height: int
    sections: Sequence[tuple[int, Sequence[Box]]]


def layout(counts: Sequence[int], columns: int = COLUMNS) -> Layout:
    """Return the layout for sections with so many thumbnails each; boxes are left, top, right, bottom."""
    across, down = TILE[0] + GAP, TILE[1] + CAPTION + GAP
    width = 2 * MARGIN + columns * across - GAP
    top = HEAD
    sections = []
    for count in counts:
        first = top + SECTION
        boxes = [
            (
                MARGIN + number % columns * across,
                first + number // columns * down,
                MARGIN + number % columns * across + TILE[0],
                first + number // columns * down + TILE[1] + CAPTION,
            )
            for number in range(count)
        ]
        sections.append((top, boxes))
        top = first + -(-count // columns) * down
    return Layout(width, top + MARGIN - GAP, sections)


def draw_sheet(title: str, sections: Sequence[tuple[Survey, Sequence[Thumbnail]]]) -> Image.Image:
    """Return the contact sheet of some projects, each given with its thumbnails."""
    plan = layout([len(tiles) for _, tiles in sections])
    sheet = Image.new("RGB", (plan.width, plan.height), PAPER)
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((0, 0, plan.width, HEAD - 24), fill=INK)
    pen.text(
        (MARGIN, 44),
        _cut(pen, title, plan.width - 2 * MARGIN - 320, 30),
        fill="white",
        font=_font(30),
        anchor="lm",
    )
    images = sum(survey.images for survey, _ in sections)
    objects = sum(survey.total for survey, _ in sections)
    pen.text(
        (plan.width - MARGIN, 44),
        f"{images} images   {objects} objects",
        fill="#C5CDD5",
        font=_font(18),
        anchor="rm",
    )
    for (survey, tiles), (top, boxes) in zip(sections, plan.sections, strict=True):
        _draw_head(pen, survey, len(tiles), top, plan.width)
        for tile, place in zip(tiles, boxes, strict=True):
            _draw_tile(sheet, pen, tile, place)
    return sheet


def _draw_head(pen: ImageDraw.ImageDraw, survey: Survey, shown: int, top: int, width: int) -> None:
    name = _cut(pen, survey.name, width // 2, 22)
    pen.text((MARGIN, top + 22), name, fill=INK, font=_font(22), anchor="lm")
    parts = [f"{dataset.name} {dataset.images}" for dataset in survey.datasets]
    if shown < survey.images:
        parts.append(f"{shown} of {survey.images} shown")
    text = _cut(pen, "   ".join(parts), width // 2, 15)
    pen.text((MARGIN, top + 52), text, fill=FAINT, font=_font(15), anchor="lm")
    right = width - MARGIN
    for title, number in reversed(list(survey.objects.items())):
        label = f"{title} {number}"
        length = round(pen.textlength(label, font=_font(15)))
        if right - length - 40 < width // 2 + MARGIN:
            break  # more classes than the line has room for
        pen.text((right, top + 36), label, fill=INK, font=_font(15), anchor="rm")
        dot = right - length - 16
        pen.ellipse((dot - 6, top + 30, dot + 6, top + 42), fill=survey.colours[title], outline=FAINT)
        right = dot - 26


def _draw_tile(sheet: Image.Image, pen: ImageDraw.ImageDraw, tile: Thumbnail, place: Box) -> None:
    left, top, right, bottom = place
    pen.rounded_rectangle((left, top, right, bottom), 8, fill=CARD, outline=FRAME)
    pen.rectangle((left + 6, top + 6, right - 6, top + TILE[1] - 2), fill=_BACKGROUND)
    room = TILE[0] - 12, TILE[1] - 8
    picture = tile.image.copy()
    picture.thumbnail(room, Image.Resampling.LANCZOS)
    corner = left + 6 + (room[0] - picture.width) // 2, top + 6 + (room[1] - picture.height) // 2
    sheet.paste(picture, corner)
    size = f"{tile.size[0]} × {tile.size[1]}"
    name = _cut(pen, tile.name, TILE[0] - 20, 14)
    pen.text((left + 10, top + TILE[1] + 14), name, fill=INK, font=_font(14), anchor="lm")
    pen.text((left + 10, top + TILE[1] + 33), size, fill=FAINT, font=_font(12), anchor="lm")
    dataset = _cut(pen, tile.dataset, TILE[0] // 2 - 10, 12)
    pen.text((right - 10, top + TILE[1] + 33), dataset, fill=FAINT, font=_font(12), anchor="rm")


def _cut(pen: ImageDraw.ImageDraw, text: str, width: int, size: int) -> str:
    """Return the text, shortened in its middle to fit `width` pixels."""
    line = " ".join(text.split())
    kept = len(line)
    short = line
    while pen.textlength(short, font=_font(size)) > width and kept > 2:
        kept -= 1
        short = f"{line[: (kept + 1) // 2]}…{line[len(line) - kept // 2 :]}"
    return short


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
