"""Contact sheet: counts, places, pictures and the page."""

import io
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.pipelines.loading import load_app

APP = load_app("contact-sheet")
lettering, page, sheet, survey, thumbnail = (
    APP[name] for name in ("lettering", "page", "sheet", "survey", "thumbnail")
)
COLOURS = {"apple": "#FF0000", "pear": "#00FF00"}


def annotation(*objects: dict[str, Any]) -> dict[str, Any]:
    return {"size": {"width": 100, "height": 50}, "objects": list(objects)}


def rectangle(title: str = "apple") -> dict[str, Any]:
    points = {"exterior": [[20, 10], [80, 40]], "interior": []}
    return {"classTitle": title, "geometryType": "rectangle", "points": points}


def encoded(image: Image.Image, form: str = "PNG") -> bytes:
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


def section(name: str = "fruit", tiles: int = 2) -> tuple[Any, list[Any]]:
    counted = survey.count("train", [annotation(rectangle()), annotation()])
    picture = Image.new("RGB", (64, 32), "blue")
    shown = [
        thumbnail.Thumbnail(f"{name} {number}.jpg", "train", (100, 50), 1, picture) for number in range(tiles)
    ]
    return survey.Survey(name, "https://example.org/1", COLOURS, [counted]), shown


def test_images_and_objects_are_counted_by_class() -> None:
    counted = survey.count(
        "train", [annotation(rectangle(), rectangle("pear")), annotation(rectangle()), annotation()]
    )
    assert counted == survey.DatasetCount("train", 3, 1, {"apple": 2, "pear": 1})
    whole = survey.Survey(
        "fruit", "", COLOURS, [counted, survey.count("val", [annotation(rectangle("pear"))])]
    )
    assert (whole.images, whole.total, whole.objects) == (4, 4, {"apple": 2, "pear": 2})
    assert survey.summary([whole]) == {
        "images": 4,
        "objects": 4,
        "projects": [
            {
                "name": "fruit",
                "images": 4,
                "objects": {"apple": 2, "pear": 2},
                "datasets": {"train": 3, "val": 1},
            }
        ],
    }


@pytest.mark.parametrize(
    ("total", "wanted", "numbers"),
    [(0, 4, []), (3, 4, [0, 1, 2]), (8, 4, [0, 2, 4, 6]), (10, 3, [0, 3, 6])],
)
def test_tiles_come_from_all_over_the_project(total: int, wanted: int, numbers: list[int]) -> None:
    assert survey.spread(total, wanted) == numbers


def test_colours_that_are_none_become_grey() -> None:
    classes = [{"title": "a", "color": "#12abEF"}, {"title": "b", "color": "red;}"}, {"title": "c"}]
    assert survey.class_colours(classes) == {"a": "#12abEF", "b": "#888888", "c": "#888888"}


def test_no_two_tiles_overlap_and_all_lie_on_the_sheet() -> None:
    plan = sheet.layout([7, 0, 3], columns=3)
    boxes = [box for _, boxes in plan.sections for box in boxes]
    assert len(boxes) == 10
    for number, (left, top, right, bottom) in enumerate(boxes):
        assert 0 < left < right < plan.width
        assert 0 < top < bottom < plan.height
        for other in boxes[:number]:
            assert left >= other[2] or right <= other[0] or top >= other[3] or bottom <= other[1]


def test_labels_are_drawn_in_the_colour_of_their_class() -> None:
    picture = thumbnail.labelled(
        encoded(Image.new("RGB", (100, 50), "black")), annotation(rectangle()), COLOURS
    )
    assert picture.size == (200, 100), "enlarged, but at most twice"
    assert picture.getpixel((40, 50)) == (255, 0, 0), "the outline"
    red, green, blue = picture.getpixel((100, 50))
    assert (0 < red < 128, green, blue) == (True, 0, 0), "the inside, of which the picture can be seen"
    assert picture.getpixel((10, 50)) == (0, 0, 0), "the outside"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_picture_of_any_kind_becomes_a_thumbnail(mode: str) -> None:
    picture = thumbnail.labelled(encoded(Image.new(mode, (400, 200))), annotation(), COLOURS)
    assert (picture.mode, picture.size) == ("RGB", (320, 160))


def test_sixteen_bits_of_grey_are_not_cut_to_white() -> None:
    picture = thumbnail.in_rgb(Image.new("I;16", (2, 2), 128 * 257))
    assert picture.getpixel((0, 0)) == (128, 128, 128)


def test_what_is_transparent_shows_white() -> None:
    assert thumbnail.in_rgb(Image.new("RGBA", (2, 2), (0, 0, 0, 0))).getpixel((0, 0)) == (255, 255, 255)


def test_the_sheet_shows_every_thumbnail_at_its_place() -> None:
    sections = [section(tiles=8), section("other")]
    drawn = sheet.draw_sheet("Title", sections)
    plan = sheet.layout([8, 2])
    assert drawn.size == (plan.width, plan.height)
    for _, boxes in plan.sections:
        for left, top, right, _ in boxes:
            middle = (left + right) // 2, top + sheet.TILE[1] // 2
            assert drawn.getpixel(middle) == (0, 0, 255)


def test_a_sheet_of_nothing_is_drawn_too() -> None:
    empty = survey.Survey("empty", "", {}, [])
    drawn = sheet.draw_sheet("Nothing", [(empty, []), (empty, [])])
    assert drawn.height < 400
    assert "0 images and 0 objects" in page.page("Nothing", [(empty, []), (empty, [])])


def test_a_long_line_is_cut_in_its_middle_to_fit() -> None:
    pen = ImageDraw.Draw(Image.new("RGB", (10, 10)))
    font = ImageFont.load_default(14)
    line = "a_very_long_name_of_a_picture_with_its_number_0001.jpg"
    short = lettering.shortened(pen, line, font, 160)
    assert pen.textlength(short, font=font) <= 160
    assert short.startswith("a_very")
    assert short.endswith("01.jpg")
    assert lettering.shortened(pen, "short.jpg", font, 160) == "short.jpg"


@pytest.mark.parametrize("text", ["Äpfel 苹果.jpg", "\u202eevil\x00\n.jpg", ""])
def test_any_name_can_be_written_on_the_sheet(text: str) -> None:
    image = Image.new("RGB", (300, 40), "white")
    width = lettering.write(ImageDraw.Draw(image), (5, 20), text, size=14, colour="black", room=200)
    assert width <= 200
    assert (image.getcolors() == [(300 * 40, (255, 255, 255))]) == (text == "")


class Page(HTMLParser):
    """Reads a page: what it loads, what it links to, and that its elements are closed in order."""

    VOID = frozenset({"meta", "img", "br", "link", "input"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.sources: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.sources += [value or "" for name, value in attrs if name in ("src", "srcset", "data")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_page_is_whole_and_loads_nothing() -> None:
    text = page.page("Fruit", [section(), section("other")])
    read = Page(text)
    assert read.open == []
    assert len(read.sources) == 4
    assert all(source.startswith("data:image/jpeg;base64,") for source in read.sources)
    assert not re.search(r"<script|@import|url\(", text)


def test_the_page_counts_by_dataset_and_class() -> None:
    texts = Page(page.page("Fruit", [section()])).texts
    assert "2 images and 1 object in 1 project" in texts
    assert [text for text in texts if text in ("train", "all", "apple", "pear")] == [
        "apple",
        "pear",
        "train",
        "all",
    ]


def test_names_cannot_break_out_of_the_page() -> None:
    evil = '"><script>alert(1)</script>'
    text = page.page(evil, [section(evil)])
    assert "<script" not in text
    assert evil in Page(text).texts


def test_only_web_addresses_become_links() -> None:
    hostile, tiles = section()
    hostile = survey.Survey("fruit", "javascript:alert(1)", COLOURS, hostile.datasets)
    assert "javascript" not in page.page("Fruit", [(hostile, tiles)])
