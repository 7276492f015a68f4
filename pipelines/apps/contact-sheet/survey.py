"""What a project holds, counted: images and objects of each class in each dataset."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_GREY = "#888888"


@dataclass(frozen=True, slots=True)
class DatasetCount:
    """One dataset: how many images, how many of them without any object, and objects by class."""

    name: str
    images: int
    unlabelled: int
    objects: Mapping[str, int]

    @property
    def total(self) -> int:
        """All objects."""
        return sum(self.objects.values())


@dataclass(frozen=True, slots=True)
class Survey:
    """One project. `colours` is by class, in the order of the project; `url` is absolute or empty."""

    name: str
    url: str
    colours: Mapping[str, str]
    datasets: Sequence[DatasetCount] = field(default_factory=tuple)

    @property
    def images(self) -> int:
        """All images."""
        return sum(dataset.images for dataset in self.datasets)

    @property
    def objects(self) -> Mapping[str, int]:
        """Objects by class, of all datasets, in the order of the project's classes."""
        return {
            title: sum(dataset.objects.get(title, 0) for dataset in self.datasets) for title in self.colours
        }

    @property
    def total(self) -> int:
        """All objects."""
        return sum(dataset.total for dataset in self.datasets)


def count(name: str, annotations: Iterable[Mapping[str, Any]]) -> DatasetCount:
    """Return the counts of one dataset from the annotations of all its images."""
    images = unlabelled = 0
    objects: Counter[str] = Counter()
    for annotation in annotations:
        titles = [figure["classTitle"] for figure in annotation.get("objects", [])]
        images += 1
        unlabelled += not titles
        objects.update(titles)
    return DatasetCount(name, images, unlabelled, dict(objects))


def class_colours(classes: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the colour of each class as `#RRGGBB`, in order; grey where the project says something else."""
    colours = {item["title"]: str(item.get("color")) for item in classes}
    return {title: colour if _COLOUR.fullmatch(colour) else _GREY for title, colour in colours.items()}


def spread(total: int, wanted: int) -> Sequence[int]:
    """Return at most `wanted` of the numbers from 0 to `total` - 1, evenly spread, in order."""
    number = min(total, wanted)
    return [position * total // number for position in range(number)]


def summary(surveys: Sequence[Survey]) -> dict[str, Any]:
    """Return the counts as JSON, for whoever reads the report by program."""
    return {
        "images": sum(survey.images for survey in surveys),
        "objects": sum(survey.total for survey in surveys),
        "projects": [
            {
                "name": survey.name,
                "images": survey.images,
                "objects": dict(survey.objects),
                "datasets": {dataset.name: dataset.images for dataset in survey.datasets},
            }
            for survey in surveys
        ],
    }
