"""Import folder: what of a folder is imported, and how."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.pipelines.loading import load_app

APP = load_app("import-folder")
folder, labels, picture, plan = APP["folder"], APP["labels"], APP["picture"], APP["plan"]


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def annotation(**changes: Any) -> bytes:
    figure = {
        "id": 7,
        "classId": 9,
        "classTitle": "cat",
        "geometryType": "rectangle",
        "points": {},
        "tags": [],
    }
    value = {"size": {"width": 4, "height": 2}, "tags": [], "objects": [figure]}
    return json.dumps(value | changes).encode()


def test_images_of_supervisely_folders_go_to_the_dataset_above_with_their_annotations() -> None:
    paths = ["market/ann/a.jpg.json", "market/img/a.jpg", "market/img/b.jpg", "meta.json"]
    assert plan.plan(paths) == [
        plan.Picture("market/img/a.jpg", "a.jpg", "market", "market/ann/a.jpg.json"),
        plan.Picture("market/img/b.jpg", "b.jpg", "market", None),
    ]


def test_images_of_plain_folders_take_annotations_beside_them() -> None:
    found = plan.plan(["2024/june/a.PNG", "2024/june/a.PNG.json", "b.jpeg", "notes.txt"])
    assert [(item.dataset, item.annotation) for item in found] == [
        ("2024-june", "2024/june/a.PNG.json"),
        ("images", None),
    ]


def test_two_folders_never_share_a_dataset() -> None:
    found = plan.plan(["a/b/x.jpg", "a-b/x.jpg", "a/b/img/x.jpg"])
    assert [item.dataset for item in found] == ["a-b", "a-b-2", "a-b-3"]


def test_a_local_folder_lists_files_below_it_but_no_hidden_ones(tmp_path: Path) -> None:
    for name in ("b/x.jpg", "a.png", ".git/y.jpg", ".z.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    found = folder.local_folder(str(tmp_path), Path("/nowhere"))
    assert found.paths() == ["a.png", "b/x.jpg"]
    assert found.read("b/x.jpg") == b"b/x.jpg"


def test_a_relative_folder_is_the_apps_own(tmp_path: Path) -> None:
    (tmp_path / "sample").mkdir()
    (tmp_path / "sample" / "a.png").touch()
    assert folder.local_folder("sample", tmp_path).paths() == ["a.png"]


def test_a_relative_folder_that_the_app_lacks_is_refused_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(folder.BadFolder, match=r'no folder "photos" of its own; .* absolute path'):
        folder.local_folder("photos", tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(folder.BadFolder, match=r"there is no folder .*/gone"):
        folder.local_folder(str(tmp_path / "gone"), tmp_path)


def test_an_upright_picture_keeps_its_bytes() -> None:
    content = encoded(Image.new("RGB", (4, 2)), "JPEG")
    assert picture.upright(content) == picture.Upright(content, 4, 2)


def test_a_picture_on_its_side_is_turned() -> None:
    image = Image.new("RGB", (4, 2), "red")
    exif = image.getexif()
    exif[0x0112] = 6
    read = picture.upright(encoded(image, "JPEG", exif=exif))
    assert (read.width, read.height) == (2, 4)
    with Image.open(io.BytesIO(read.content)) as turned:
        assert turned.size == (2, 4)
        assert turned.getexif().get(0x0112, 1) == 1


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "neither JPEG nor PNG"),
        (b"hello", "neither JPEG nor PNG"),
        (encoded(Image.new("RGB", (4, 2)), "GIF"), "neither JPEG nor PNG"),
        (encoded(Image.effect_noise((64, 64), 50), "PNG")[:-200], "cannot be read"),
        (encoded(Image.effect_noise((64, 64), 50), "JPEG")[:-200], "cannot be read"),
    ],
    ids=["empty", "text", "gif", "cut png", "cut jpeg"],
)
def test_what_is_no_whole_jpeg_or_png_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(picture.BadPicture, match=why):
        picture.upright(content)


def test_an_annotation_loses_the_ids_of_its_old_instance() -> None:
    (figure,) = labels.read_annotation("a.json", annotation(), 4, 2)["objects"]
    assert figure == {"classTitle": "cat", "geometryType": "rectangle", "points": {}, "tags": []}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "a.json is not JSON"),
        (b"[]", "a.json is not a JSON object"),
        (b"{}", "a.json is no annotation"),
        (annotation(size={"width": 5, "height": 2}), "of an image of 5 × 2 pixels, but its image has 4 × 2"),
        (annotation(objects=[{"geometryType": "point"}]), "no `classTitle`"),
        (annotation(tags=["good"]), "a tag has no `name`"),
    ],
)
def test_a_wrong_annotation_is_refused_by_its_path(content: bytes, why: str) -> None:
    with pytest.raises(labels.BadLabels, match=why):
        labels.read_annotation("a.json", content, 4, 2)


def test_the_meta_gains_the_classes_and_tags_that_only_annotations_name() -> None:
    meta = labels.read_meta(
        "meta.json", b'{"classes": [{"id": 3, "title": "dog", "shape": "polygon"}], "tags": []}'
    )
    read = labels.read_annotation("a.json", annotation(tags=[{"name": "day", "value": 5}]), 4, 2)
    covered = labels.covering(meta, [read])
    assert [(item["title"], item["shape"]) for item in covered["classes"]] == [
        ("dog", "polygon"),
        ("cat", "rectangle"),
    ]
    assert [(item["name"], item["value_type"]) for item in covered["tags"]] == [("day", "any_number")]
    assert labels.covering(covered, [read]) == covered
