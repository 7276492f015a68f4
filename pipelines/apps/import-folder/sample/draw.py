"""Draws the sample: a dozen labelled pictures of fruit, always the same ones, in Supervisely's format.

Run `python pipelines/data/draw.py` (it needs Pillow) to draw them again into the folder of this file.
"""

import json
import math
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Point = tuple[float, float]
Colour = tuple[int, int, int]
Noise = Callable[[tuple[int, int]], Image.Image]

SMOOTH = 3  # everything is drawn this much larger and scaled down, so that edges come out smooth
OUTLINE_POINTS = 28

META = {
    "classes": [
        {"title": "apple", "shape": "polygon", "color": "#00B8D9", "geometry_config": {}, "hotkey": ""},
        {"title": "pear", "shape": "polygon", "color": "#FF5630", "geometry_config": {}, "hotkey": ""},
        {"title": "lemon", "shape": "polygon", "color": "#6554C0", "geometry_config": {}, "hotkey": ""},
        {"title": "cherries", "shape": "rectangle", "color": "#36D399", "geometry_config": {}, "hotkey": ""},
    ],
    "tags": [
        {
            "name": "surface",
            "value_type": "oneof_string",
            "color": "#4A90E2",
            "values": ["cloth", "slate", "wood"],
            "applicable_type": "imagesOnly",
        },
        {"name": "ripe", "value_type": "none", "color": "#50E3C2", "applicable_type": "objectsOnly"},
    ],
    "projectType": "images",
}


@dataclass(frozen=True)
class Picture:
    """What one picture is to be: its file, its size, what the fruit lies on, and the fruit."""

    name: str
    size: tuple[int, int]
    surface: str
    fruit: tuple[str, ...]


PICTURES = (
    Picture("bowl_01.jpg", (480, 360), "wood", ("apple", "apple", "pear")),
    Picture("bowl_02.jpg", (480, 360), "cloth", ("lemon", "lemon", "apple", "cherries")),
    Picture("bowl_03.jpg", (360, 480), "slate", ("pear", "pear", "cherries")),
    Picture("bowl_04.jpg", (480, 320), "wood", ("cherries", "cherries", "lemon")),
    Picture("bowl_05.jpg", (400, 400), "slate", ("apple", "lemon", "pear", "cherries")),
    Picture("bowl_06.jpg", (480, 360), "cloth", ("pear", "apple")),
    Picture("market_01.jpg", (520, 300), "wood", ("lemon", "lemon", "lemon", "apple", "apple")),
    Picture("market_02.jpg", (480, 360), "slate", ("apple", "pear", "apple", "pear")),
    Picture("market_03.png", (256, 192), "cloth", ("cherries", "lemon")),
    Picture("market_04.png", (192, 192), "cloth", ("apple",)),
    Picture("market_05.jpg", (300, 460), "wood", ("pear", "lemon", "cherries", "apple")),
    Picture("market_06.jpg", (480, 360), "slate", ()),
)


@dataclass
class Table:
    """A picture on its way: the enlarged canvas and the labels found so far, in final pixels."""

    size: tuple[int, int]
    canvas: Image.Image
    objects: list[dict[str, object]] = field(default_factory=list)
    taken: list[tuple[float, float, float]] = field(default_factory=list)


def noise_of(rng: random.Random) -> Noise:
    """Return a source of grey noise pictures that draws from `rng` alone."""
    return lambda size: Image.frombytes("L", size, rng.randbytes(size[0] * size[1]))


def surface(name: str, size: tuple[int, int], noise: Noise) -> Image.Image:
    """Return what the fruit lies on."""
    return {"wood": wood, "cloth": cloth, "slate": slate}[name](size, noise)


def wood(size: tuple[int, int], noise: Noise) -> Image.Image:
    """Boards with a long grain."""
    width, height = size
    grain = noise((6, 90)).resize(size, Image.Resampling.BICUBIC)
    broad = noise((3, 12)).resize(size, Image.Resampling.BICUBIC)
    board = coloured(ImageChops.blend(grain, broad, 0.55), (112, 70, 38), (196, 146, 96))
    pen = ImageDraw.Draw(board)
    for number in range(1, 4):
        y = height * number // 4
        pen.rectangle((0, y - SMOOTH, width, y), fill=(84, 52, 28))
    return board


def cloth(size: tuple[int, int], noise: Noise) -> Image.Image:
    """A checked table cloth; flat enough to stay small as PNG."""
    del noise
    image = Image.new("RGB", size, (244, 240, 230))
    stripes = Image.new("L", size, 0)
    pen = ImageDraw.Draw(stripes)
    step = 64 * SMOOTH // 2
    for x in range(0, size[0], step):
        pen.rectangle((x, 0, x + step // 2, size[1]), fill=70)
    across = Image.new("L", size, 0)
    pen = ImageDraw.Draw(across)
    for y in range(0, size[1], step):
        pen.rectangle((0, y, size[0], y + step // 2), fill=70)
    image.paste((92, 132, 178), mask=ImageChops.add(stripes, across))
    return image


def slate(size: tuple[int, int], noise: Noise) -> Image.Image:
    """Dark stone with a soft cloud and a fine grain."""
    cloud = noise((10, 8)).resize(size, Image.Resampling.BICUBIC)
    fine = noise((size[0] // 9, size[1] // 9)).resize(size, Image.Resampling.BICUBIC)
    return coloured(ImageChops.blend(cloud, fine, 0.3), (38, 44, 52), (98, 108, 118))


def coloured(grey: Image.Image, dark: Colour, light: Colour) -> Image.Image:
    """Return a grey picture painted from `dark` to `light`."""
    bands = [
        grey.point([round(low + (high - low) * value / 255) for value in range(256)])
        for low, high in zip(dark, light, strict=True)
    ]
    return Image.merge("RGB", bands)


def apple_radius(angle: float) -> Point:
    """A circle, dented where the stalk is and a little below."""
    dent = 0.34 * math.exp(-((wrapped(angle + math.pi / 2) / 0.42) ** 2))
    foot = 0.10 * math.exp(-((wrapped(angle - math.pi / 2) / 0.5) ** 2))
    radius = 1.0 - dent - foot
    return radius * 1.04 * math.cos(angle), radius * math.sin(angle)


def pear_radius(angle: float) -> Point:
    """Broad below, a neck above."""
    x, y = math.cos(angle), math.sin(angle)
    neck = 1.0 - 0.46 * max(0.0, -y) ** 1.3 - 0.12 * (1 + math.cos(2 * angle)) * max(0.0, -y)
    return x * 0.82 * neck, y * (1.0 if y > 0 else 1.35)


def lemon_radius(angle: float) -> Point:
    """An ellipse with a nipple at both ends."""
    tip = 0.16 * (
        math.exp(-((wrapped(angle) / 0.26) ** 2)) + math.exp(-((wrapped(angle - math.pi) / 0.26) ** 2))
    )
    return (1.02 + tip) * math.cos(angle), 0.74 * math.sin(angle)


def wrapped(angle: float) -> float:
    """Return the same angle between -π and π."""
    return math.atan2(math.sin(angle), math.cos(angle))


SHAPES: dict[str, Callable[[float], Point]] = {
    "apple": apple_radius,
    "pear": pear_radius,
    "lemon": lemon_radius,
}
PAINTS: dict[str, tuple[Colour, Colour]] = {
    "apple": ((122, 8, 16), (236, 62, 48)),
    "pear": ((96, 128, 28), (206, 220, 96)),
    "lemon": ((196, 148, 12), (255, 232, 84)),
    "cherries": ((88, 4, 26), (206, 28, 60)),
}
UNRIPE: Colour = (132, 176, 74)


def outline(kind: str, centre: Point, radius: float, turn: float) -> list[Point]:
    """Return the silhouette of a fruit in final pixels."""
    points = []
    for number in range(OUTLINE_POINTS):
        x, y = SHAPES[kind](2 * math.pi * number / OUTLINE_POINTS)
        points.append(
            (
                round(centre[0] + radius * (x * math.cos(turn) - y * math.sin(turn)), 1),
                round(centre[1] + radius * (x * math.sin(turn) + y * math.cos(turn)), 1),
            )
        )
    return points


def paint_body(canvas: Image.Image, points: list[Point], paint: tuple[Colour, Colour]) -> None:
    """Paint one round body: a shadow on the table, the skin from dark to light, and a highlight."""
    large = [(x * SMOOTH, y * SMOOTH) for x, y in points]
    left, top = min(x for x, _ in large), min(y for _, y in large)
    span = max(max(x for x, _ in large) - left, max(y for _, y in large) - top)
    # Only the part around the body is worked on: blurring a whole picture takes long.
    corner = math.floor(left - span * 0.3), math.floor(top - span * 0.3)
    side = math.ceil(span * 1.8)
    part = canvas.crop((*corner, corner[0] + side, corner[1] + side))
    inside = [(x - corner[0], y - corner[1]) for x, y in large]
    left, top = left - corner[0], top - corner[1]

    shadow = [(x + span * 0.06, y + span * 0.09) for x, y in inside]
    part.paste((12, 10, 10), mask=blurred(part.size, span * 0.05, 130, polygon=shadow))
    body = blurred(part.size, 0, 255, polygon=inside)
    lit = (left - span * 0.02, top - span * 0.06, left + span * 0.72, top + span * 0.7)
    part.paste(coloured(blurred(part.size, span * 0.16, 255, ellipse=lit), *paint), mask=body)
    spot = (left + span * 0.24, top + span * 0.2, left + span * 0.4, top + span * 0.32)
    glint = blurred(part.size, span * 0.03, 190, ellipse=spot)
    part.paste((255, 255, 255), mask=ImageChops.multiply(glint, body))
    canvas.paste(part, corner)


def blurred(
    size: tuple[int, int],
    radius: float,
    strength: int,
    *,
    polygon: list[Point] | None = None,
    ellipse: tuple[float, float, float, float] | None = None,
) -> Image.Image:
    """Return a mask with one shape in it, its edge as soft as `radius`."""
    mask = Image.new("L", size, 0)
    if polygon is not None:
        ImageDraw.Draw(mask).polygon(polygon, fill=strength)
    if ellipse is not None:
        ImageDraw.Draw(mask).ellipse(ellipse, fill=strength)
    return mask.filter(ImageFilter.GaussianBlur(radius))


def paint_stalk(canvas: Image.Image, start: Point, end: Point, thickness: float) -> None:
    """Paint a stalk."""
    line = [(start[0] * SMOOTH, start[1] * SMOOTH), (end[0] * SMOOTH, end[1] * SMOOTH)]
    ImageDraw.Draw(canvas).line(line, fill=(78, 54, 26), width=max(1, round(thickness * SMOOTH)))


def place(table: Table, radius: float, rng: random.Random) -> Point:
    """Return a free place for a fruit of this radius; the last try is taken even when it is crowded."""
    width, height = table.size
    margin = radius * 1.3
    spot = (width / 2, height / 2)
    for _ in range(400):
        spot = (rng.uniform(margin, width - margin), rng.uniform(margin, height - margin))
        if all(math.dist(spot, (x, y)) > 1.18 * (radius + r) for x, y, r in table.taken):
            break
    table.taken.append((*spot, radius))
    return spot


def add_single(table: Table, kind: str, rng: random.Random) -> None:
    """Add an apple, a pear or a lemon with its polygon."""
    radius = min(table.size) * rng.uniform(0.13, 0.17)
    centre = place(table, radius, rng)
    turn = rng.uniform(-0.5, 0.5)
    is_ripe = rng.random() < 0.7
    points = outline(kind, centre, radius, turn)
    dark, light = PAINTS[kind]
    paint_body(table.canvas, points, (dark, light if is_ripe else UNRIPE))
    if kind != "lemon":
        reach = 0.7 if kind == "apple" else 1.3
        base = (centre[0] + radius * reach * math.sin(turn), centre[1] - radius * reach * math.cos(turn))
        tip = (base[0] + radius * 0.2, base[1] - radius * 0.42)
        paint_stalk(table.canvas, base, tip, radius * 0.09)
    table.objects.append(
        {
            "classTitle": kind,
            "geometryType": "polygon",
            "description": "",
            "tags": [{"name": "ripe", "value": None}] if is_ripe else [],
            "points": {"exterior": [list(point) for point in points], "interior": []},
        }
    )


def add_cherries(table: Table, rng: random.Random) -> None:
    """Add a pair of cherries with its rectangle."""
    radius = min(table.size) * rng.uniform(0.12, 0.15)
    x, y = place(table, radius, rng)
    small = radius * 0.46
    joint = (x + radius * 0.1, y - radius * 0.95)
    for middle in ((x - radius * 0.5, y + radius * 0.4), (x + radius * 0.5, y + radius * 0.3)):
        paint_stalk(table.canvas, joint, (middle[0], middle[1] - small * 0.8), radius * 0.07)
        ring = [
            (
                middle[0] + small * math.cos(2 * math.pi * number / 40),
                middle[1] + small * math.sin(2 * math.pi * number / 40),
            )
            for number in range(40)
        ]
        paint_body(table.canvas, ring, PAINTS["cherries"])
    left, top, right, bottom = x - radius * 0.96, joint[1], x + radius * 0.96, y + radius * 0.86
    table.objects.append(
        {
            "classTitle": "cherries",
            "geometryType": "rectangle",
            "description": "",
            "tags": [{"name": "ripe", "value": None}],
            "points": {
                "exterior": [[math.floor(left), math.floor(top)], [math.ceil(right), math.ceil(bottom)]],
                "interior": [],
            },
        }
    )


def draw(picture: Picture) -> tuple[Image.Image, dict[str, object]]:
    """Return one picture and its annotation."""
    rng = random.Random(picture.name)  # noqa: S311 - the same picture every time, not a secret
    canvas_size = (picture.size[0] * SMOOTH, picture.size[1] * SMOOTH)
    table = Table(picture.size, surface(picture.surface, canvas_size, noise_of(rng)))
    for kind in picture.fruit:
        if kind == "cherries":
            add_cherries(table, rng)
        else:
            add_single(table, kind, rng)
    annotation: dict[str, object] = {
        "description": "",
        "tags": [{"name": "surface", "value": picture.surface}],
        "size": {"height": picture.size[1], "width": picture.size[0]},
        "objects": table.objects,
    }
    return table.canvas.resize(picture.size, Image.Resampling.LANCZOS), annotation


def write(folder: Path) -> None:
    """Write the sample in Supervisely's format: meta.json, then a folder of images and annotations each."""
    (folder / "meta.json").write_text(json.dumps(META, indent=1) + "\n")
    for picture in PICTURES:
        image, annotation = draw(picture)
        home = folder / picture.name.split("_")[0]
        for part in ("img", "ann"):
            (home / part).mkdir(parents=True, exist_ok=True)
        if picture.name.endswith(".png"):
            image.save(home / "img" / picture.name, optimize=True)
        else:
            image.save(home / "img" / picture.name, quality=84, optimize=True)
        (home / "ann" / f"{picture.name}.json").write_text(json.dumps(annotation) + "\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
