"""The contact sheet: a picture with a head, and a grid of thumbnails for each project."""

from collections.abc import Sequence
from dataclasses import dataclass

from lettering import write
from PIL import Image, ImageDraw
from survey import Survey
from thumbnail import Thumbnail

COLUMNS = 6
TILE = (224, 168)  # the room for one thumbnail
GAP, MARGIN, CAPTION, HEAD, SECTION, DOT = 20, 40, 48, 112, 84, 14
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
    images = sum(survey.images for survey, _ in sections)
    objects = sum(survey.total for survey, _ in sections)
    counts = f"{images} images, {objects} objects"
    place = plan.width - MARGIN, 44
    used = write(pen, place, counts, size=18, colour="#C5CDD5", room=400, right=True)
    room = plan.width - 3 * MARGIN - used
    write(pen, (MARGIN, 44), title, size=30, colour=CARD, room=room)
    for (survey, tiles), (top, boxes) in zip(sections, plan.sections, strict=True):
        _draw_head(sheet, survey, len(tiles), top)
        for tile, box in zip(tiles, boxes, strict=True):
            _draw_tile(sheet, tile, box)
    return sheet


def _draw_head(sheet: Image.Image, survey: Survey, shown: int, top: int) -> None:
    pen = ImageDraw.Draw(sheet)
    half = sheet.width // 2
    write(pen, (MARGIN, top + 22), survey.name, size=22, colour=INK, room=half - MARGIN)
    parts = [f"{dataset.name}: {dataset.images}" for dataset in survey.datasets]
    if shown < survey.images:
        parts.append(f"{shown} of {survey.images} shown")
    write(pen, (MARGIN, top + 52), ", ".join(parts), size=15, colour=FAINT, room=half - MARGIN)
    right = sheet.width - MARGIN
    for title, number in reversed(list(survey.objects.items())):
        if right < half + 3 * MARGIN:
            break  # more classes than the line has room for
        label = f"{title} {number}"
        right -= write(pen, (right, top + 36), label, size=15, colour=INK, room=right - half, right=True)
        _draw_dot(sheet, (right - 24, top + 29), survey.colours[title])
        right -= 46


def _draw_dot(sheet: Image.Image, place: tuple[int, int], colour: str) -> None:
    large = Image.new("L", (DOT * 8, DOT * 8), 0)
    ImageDraw.Draw(large).ellipse((0, 0, DOT * 8 - 1, DOT * 8 - 1), fill=255)
    sheet.paste(colour, place, large.resize((DOT, DOT), Image.Resampling.BOX))


def _draw_tile(sheet: Image.Image, tile: Thumbnail, place: Box) -> None:
    pen = ImageDraw.Draw(sheet)
    left, top, right, bottom = place
    pen.rounded_rectangle((left, top, right, bottom), 8, fill=CARD, outline=FRAME)
    pen.rectangle((left + 6, top + 6, right - 6, top + TILE[1] - 2), fill=_BACKGROUND)
    room = TILE[0] - 12, TILE[1] - 8
    picture = tile.image.copy()
    picture.thumbnail(room, Image.Resampling.LANCZOS)
    corner = left + 6 + (room[0] - picture.width) // 2, top + 6 + (room[1] - picture.height) // 2
    sheet.paste(picture, corner)
    size, line = f"{tile.size[0]} x {tile.size[1]}", TILE[0] - 20
    write(pen, (left + 10, top + TILE[1] + 14), tile.name, size=14, colour=INK, room=line)
    below = top + TILE[1] + 33
    used = write(pen, (left + 10, below), size, size=12, colour=FAINT, room=line)
    write(pen, (right - 10, below), tile.dataset, size=12, colour=FAINT, room=line - used - 10, right=True)
