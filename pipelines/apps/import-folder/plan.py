"""Which files of a folder are images, in which dataset each belongs, and where its annotation lies."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

SUFFIXES = frozenset({".jpg", ".jpeg", ".png"})
META = "meta.json"
TOP_DATASET = "images"


@dataclass(frozen=True, slots=True)
class Picture:
    """One image to import: its path, its name, its dataset, and the path of its annotation."""

    path: str
    name: str
    dataset: str
    annotation: str | None = None


def plan(paths: Sequence[str]) -> Sequence[Picture]:
    """Return the images among `paths`, in their order.

    `A/img/N` with `A/ann/N.json` is Supervisely's own format; `A/N` with `A/N.json` beside it is taken
    too. Both belong to a dataset named after the folder `A`, or `images` at the top.
    """
    known = frozenset(paths)
    datasets: dict[PurePosixPath, str] = {}
    pictures = []
    for path in map(PurePosixPath, paths):
        if path.suffix.lower() not in SUFFIXES:
            continue
        annotation = str(_annotations(path.parent) / f"{path.name}.json")
        dataset = _dataset(path.parent, datasets)
        pictures.append(Picture(str(path), path.name, dataset, annotation if annotation in known else None))
    return pictures


def _annotations(folder: PurePosixPath) -> PurePosixPath:
    return folder.parent / "ann" if folder.name == "img" else folder


def _dataset(folder: PurePosixPath, datasets: dict[PurePosixPath, str]) -> str:
    """Return the dataset of a folder; two folders never share one, so no two names can clash."""
    if folder not in datasets:
        home = folder.parent if folder.name == "img" else folder
        base = "-".join(home.parts) or TOP_DATASET
        name, number = base, 1
        while name in datasets.values():
            number += 1
            name = f"{base}-{number}"
        datasets[folder] = name
    return datasets[folder]
