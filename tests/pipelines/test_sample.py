"""The sample: what is committed is what the script draws."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from tests.pipelines.loading import APPS, PIPELINES, load_app

SAMPLE = APPS / "import-folder" / "sample"
IMAGES = sorted(path.relative_to(SAMPLE) for path in SAMPLE.glob("*/img/*"))


def annotation_of(image: Path) -> Path:
    return image.parent.parent / "ann" / f"{image.name}.json"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    spec = importlib.util.spec_from_file_location("draw_sample", SAMPLE / "draw.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["draw_sample"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    folder = tmp_path_factory.mktemp("sample")
    module.write(folder)
    del sys.modules["draw_sample"]
    return folder


def test_there_are_a_dozen_images_in_less_than_400_kilobytes() -> None:
    assert len(IMAGES) == 12
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) < 400_000


def test_pipelines_data_is_the_sample() -> None:
    assert (PIPELINES / "data").resolve() == SAMPLE.resolve()


def test_the_script_draws_the_committed_labels_exactly(drawn: Path) -> None:
    for path in [Path("meta.json"), *map(annotation_of, IMAGES)]:
        assert (drawn / path).read_text() == (SAMPLE / path).read_text(), path


def test_the_script_draws_the_committed_pictures(drawn: Path) -> None:
    for path in IMAGES:
        with Image.open(drawn / path) as new, Image.open(SAMPLE / path) as old:
            difference = ImageChops.difference(new.convert("RGB"), old.convert("RGB"))
        # Another version of a JPEG library may round otherwise; another picture differs by far more.
        assert max(ImageStat.Stat(difference).mean) < 2, path


def test_every_label_lies_inside_its_image_and_names_a_class_of_the_meta() -> None:
    labels = load_app("import-folder")["labels"]
    meta = json.loads((SAMPLE / "meta.json").read_text())
    shapes = {item["title"]: item["shape"] for item in meta["classes"]}
    for path in IMAGES:
        with Image.open(SAMPLE / path) as image:
            width, height = image.size
        content = (SAMPLE / annotation_of(path)).read_bytes()
        for figure in labels.read_annotation(path.name, content, width, height)["objects"]:
            assert shapes[figure["classTitle"]] == figure["geometryType"]
            for x, y in figure["points"]["exterior"]:
                assert 0 <= x <= width, path
                assert 0 <= y <= height, path
