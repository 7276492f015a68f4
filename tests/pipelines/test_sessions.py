"""The apps as sessions on an embedded instance: from a folder to the report, and what they refuse."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from slyflow.model.session import Status
from slyflow.model.value import Json
from tests.pipelines.conftest import Bench
from tests.pipelines.loading import APPS


@pytest.fixture(scope="module")
def fruit(bench: Bench) -> int:
    """The sample as a project."""
    return bench.project("import-folder", project_name="fruit")


@pytest.fixture(scope="module")
def small(bench: Bench, fruit: int) -> int:
    """The sample, resized."""
    return bench.project("resize", slyProjectId=fruit, longest_side=120, project_name="small")


@pytest.fixture(scope="module")
def divided(bench: Bench, fruit: int) -> int:
    """The sample, split."""
    return bench.project("split", slyProjectId=fruit, train_share=0.75, seed=1, project_name="divided")


def labels(bench: Bench, project_id: int) -> dict[str, Any]:
    """Return the annotation of every image in a project by the image's name, without ids."""
    found: dict[str, Any] = {}
    for dataset_id in bench.datasets(project_id).values():
        images = bench.instance.images.list(dataset_id)
        annotations = bench.instance.images.annotations(dataset_id, [image.id for image in images])
        found |= {image.name: plain(annotations[image.id]) for image in images}
    return found


def plain(annotation: dict[str, Json]) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(json.dumps(annotation))
    return {
        "size": content["size"],
        "tags": [tag["name"] for tag in content["tags"]],
        "objects": [
            (item["classTitle"], item["geometryType"], item["points"]["exterior"])
            for item in content["objects"]
        ],
    }


def test_the_sample_is_imported_with_every_label(bench: Bench, fruit: int) -> None:
    assert sorted(bench.datasets(fruit)) == ["bowl", "market"]
    sample = APPS / "import-folder" / "sample"
    written = {
        path.name.removesuffix(".json"): json.loads(path.read_text()) for path in sample.glob("*/ann/*")
    }
    assert labels(bench, fruit) == {name: plain(annotation) for name, annotation in written.items()}


def test_images_are_imported_byte_for_byte(bench: Bench, fruit: int) -> None:
    for image in bench.instance.images.list(bench.datasets(fruit)["bowl"]):
        original = APPS / "import-folder" / "sample" / "bowl" / "img" / image.name
        assert bench.instance.images.download(image.id) == original.read_bytes()


def test_resized_images_fit_and_their_labels_moved_along(bench: Bench, fruit: int, small: int) -> None:
    before, after = labels(bench, fruit), labels(bench, small)
    assert after.keys() == before.keys()
    for name, annotation in after.items():
        size, old = annotation["size"], before[name]["size"]
        assert max(size["width"], size["height"]) == 120
        assert len(annotation["objects"]) == len(before[name]["objects"])
        for (title, _, points), (old_title, _, old_points) in zip(
            annotation["objects"], before[name]["objects"], strict=True
        ):
            assert title == old_title
            for point, old_point in zip(points, old_points, strict=True):
                assert point[0] == pytest.approx(old_point[0] * size["width"] / old["width"], abs=0.01)
                assert point[1] == pytest.approx(old_point[1] * size["height"] / old["height"], abs=0.01)


def test_resized_images_have_the_size_that_their_labels_say(bench: Bench, small: int) -> None:
    for image in bench.instance.images.list(bench.datasets(small)["market"]):
        with Image.open(io.BytesIO(bench.instance.images.download(image.id))) as picture:
            assert picture.size == (image.width, image.height)
            assert picture.format == ("PNG" if image.name.endswith(".png") else "JPEG")


def test_a_split_keeps_every_image_and_label(bench: Bench, fruit: int, divided: int) -> None:
    sizes = {
        name: len(bench.instance.images.list(number)) for name, number in bench.datasets(divided).items()
    }
    assert sizes == {"train": 9, "val": 3}
    assert labels(bench, divided) == labels(bench, fruit)


def test_a_coco_archive_reads_back(bench: Bench, divided: int) -> None:
    session = bench.run("export-coco", slyProjectId=divided, folder="/exports", archive_name="divided.zip")
    assert session.status is Status.FINISHED, bench.log(session)
    expected = labels(bench, divided)
    with zipfile.ZipFile(io.BytesIO(bench.read("/exports/divided.zip"))) as archive:
        for dataset, count in (("train", 9), ("val", 3)):
            document = json.loads(archive.read(f"{dataset}/annotations.json"))
            assert len(document["images"]) == count
            check_coco(document, expected)
            for image in document["images"]:
                content = archive.read(f"{dataset}/images/{image['file_name']}")
                with Image.open(io.BytesIO(content)) as picture:
                    assert picture.size == (image["width"], image["height"])


def check_coco(document: dict[str, Any], expected: dict[str, Any]) -> None:
    """Compare a COCO document with the labels that it was made from."""
    titles = {item["id"]: item["name"] for item in document["categories"]}
    assert len(titles) == len(document["categories"]) == 4
    assert len({item["id"] for item in document["annotations"]}) == len(document["annotations"])
    for image in document["images"]:
        found = [item for item in document["annotations"] if item["image_id"] == image["id"]]
        objects = expected[image["file_name"]]["objects"]
        assert [titles[item["category_id"]] for item in found] == [title for title, _, _ in objects]
        for item, (_, _, points) in zip(found, objects, strict=True):
            left, top, width, height = item["bbox"]
            assert (left, top) == (min(x for x, _ in points), min(y for _, y in points))
            assert left + width == pytest.approx(max(x for x, _ in points))
            assert top + height == pytest.approx(max(y for _, y in points))
            assert 0 < item["area"] <= width * height + 0.01


def test_the_report_folder_holds_sheet_page_and_summary(bench: Bench, small: int, divided: int) -> None:
    session = bench.run("contact-sheet", first=small, second=divided, folder="/reports/one", title="Fruit")
    assert session.status is Status.FINISHED, bench.log(session)
    files = bench.instance.files.files(bench.workspace.team_id, "/reports/one/")
    assert sorted(file.name for file in files) == ["contact-sheet.png", "report.html", "summary.json"]
    with Image.open(io.BytesIO(bench.read("/reports/one/contact-sheet.png"))) as sheet:
        sheet.load()
        assert sheet.width > 1000
    summary = json.loads(bench.read("/reports/one/summary.json"))
    assert (summary["images"], summary["objects"]) == (24, 70)
    page = bench.read("/reports/one/report.html").decode()
    assert page.count("<figure>") == 24
    general = session.output["general"]
    assert isinstance(general, dict)
    (report,) = [file for file in files if file.name == "report.html"]
    assert general["titleUrl"] == f"/files/{report.id}"


def test_any_folder_of_pictures_goes_through_every_app(bench: Bench, tmp_path: Path) -> None:
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        Image.new(mode, (300, 200)).save(tmp_path / f"{mode.replace(';', '_')}.png")
    (tmp_path / "below").mkdir()
    Image.new("CMYK", (30, 20)).save(tmp_path / "below" / "ä ü.JPG", "JPEG")
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    (tmp_path / "notes.txt").write_text("no picture")
    session = bench.run("import-folder", folder=str(tmp_path), project_name="odd")
    assert "warn: skipped broken.jpg" in bench.log(session)
    assert "imported 8 images with 0 objects, skipped 1" in bench.log(session)
    project = session.output["project"]
    assert isinstance(project, dict)
    small = bench.project("resize", slyProjectId=project["id"], longest_side=50, project_name="odd small")
    divided = bench.project(
        "split", slyProjectId=project["id"], train_share=0.5, seed=1, project_name="odd split"
    )
    for run in (
        bench.run("export-coco", slyProjectId=small, folder="/exports", archive_name="odd.zip"),
        bench.run("contact-sheet", first=small, second=divided, folder="/reports/odd", title="Odd"),
    ):
        assert run.status is Status.FINISHED, bench.log(run)
    with zipfile.ZipFile(io.BytesIO(bench.read("/exports/odd.zip"))) as archive:
        assert "below/images/ä ü.JPG" in archive.namelist()


def test_a_taken_project_name_gets_a_number(bench: Bench, fruit: int) -> None:
    second = bench.project("split", slyProjectId=fruit, project_name="fruit")
    assert second != fruit
    names = {project.id: project.name for project in bench.instance.projects.projects(bench.workspace.id)}
    assert (names[fruit], names[second]) == ("fruit", "fruit_001")


def test_a_folder_in_team_files_is_imported_as_well(bench: Bench) -> None:
    image, annotation = (APPS / "import-folder" / "sample" / "market" / part for part in ("img", "ann"))
    for name, content in (
        ("market_04.png", (image / "market_04.png").read_bytes()),
        ("market_04.png.json", (annotation / "market_04.png.json").read_bytes()),
    ):
        bench.instance.files.upload(bench.workspace.team_id, f"/incoming/{name}", content)
    project = bench.project("import-folder", slyFolder="/incoming", project_name="from team files")
    (found,) = labels(bench, project).values()
    assert [title for title, _, _ in found["objects"]] == ["apple"]


@pytest.mark.parametrize(
    ("app", "state", "why"),
    [
        ("import-folder", {"folder": "photos"}, 'no folder "photos" of its own'),
        ("import-folder", {"folder": "/nonexistent/photos"}, "there is no folder /nonexistent/photos"),
        ("import-folder", {"slyFolder": "/nothing/here/"}, "no JPEG or PNG"),
        ("resize", {}, "launch this app on an images project"),
        ("resize", {"slyProjectId": 1, "longest_side": 0}, "longest_side is 0, expected a number of pixels"),
        (
            "split",
            {"slyProjectId": 1, "train_share": 1.5},
            "train_share is 1.5, expected a number from 0 to 1",
        ),
        ("export-coco", {"slyProjectId": 987654}, "987654"),
        ("contact-sheet", {"first": 1}, "one is missing"),
    ],
)
def test_what_is_wrong_is_said_in_the_log_and_fails_the_session(
    bench: Bench, app: str, state: dict[str, Json], why: str
) -> None:
    session = bench.run(app, **state)
    assert session.status is Status.ERROR
    (fatal,) = [line for line in bench.log(session).splitlines() if line.startswith("fatal: ")]
    assert why in fatal
