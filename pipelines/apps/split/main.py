"""Derives a project with the datasets `train` and `val` from the images of another."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from copying import copied_annotation, copied_meta
from division import TRAIN, VAL, divided, unique_names

from slyflow.client import AppContext, Image
from slyflow.client.row import as_id
from slyflow.errors import SlyflowError, UsageError

BATCH = 20


@dataclass(frozen=True, slots=True)
class Arguments:
    """What the session was started with."""

    project_id: int
    train_share: float
    seed: int
    project_name: str


def read_arguments(app: AppContext) -> Arguments:
    """Return the session's arguments; UsageError says which one is wrong."""
    state = app.state
    project_id = as_id(state.get("slyProjectId"))
    share, seed = state.get("train_share"), state.get("seed")
    if project_id is None:
        raise UsageError("no project to split: launch this app on an images project")
    if not isinstance(share, int | float) or isinstance(share, bool) or not 0 <= share <= 1:
        raise UsageError(f"train_share is {share!r}, expected a number from 0 to 1")
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise UsageError(f"seed is {seed!r}, expected a whole number")
    name = state.get("project_name")
    return Arguments(project_id, float(share), seed, str(name or f"split {app.task_id}"))


def list_images(app: AppContext, project_id: int) -> dict[str, Image]:
    """Return all images of a project under names of which no two are equal."""
    places: list[tuple[str, str]] = []
    images: list[Image] = []
    for dataset in app.instance.projects.datasets(project_id):
        assert dataset.id is not None, "the instance lists datasets with their ids"
        found = app.instance.images.list(dataset.id)
        images += found
        places += [(dataset.name or str(dataset.id), image.name) for image in found]
    return dict(zip(unique_names(places), images, strict=True))


def copy_images(app: AppContext, dataset_id: int, images: Sequence[tuple[str, Image]]) -> None:
    """Copy images, given with their new names, and their labels."""
    client = app.instance.images
    for start in range(0, len(images), BATCH):
        batch = images[start : start + BATCH]
        added = client.upload(dataset_id, [(name, client.download(image.id)) for name, image in batch])
        labels = annotations(app, [image for _, image in batch])
        client.annotate(
            dataset_id,
            {
                new.id: copied_annotation(labels[image.id])
                for new, (_, image) in zip(added, batch, strict=True)
            },
        )
        app.progress("Copying images", start + len(batch), len(images))


def annotations(app: AppContext, images: Sequence[Image]) -> dict[int, dict[str, Any]]:
    """Return the annotations of images, which may lie in several datasets, by image id."""
    found: dict[int, dict[str, Any]] = {}
    for dataset_id in {image.dataset_id for image in images}:
        ids = [image.id for image in images if image.dataset_id == dataset_id]
        found |= app.instance.images.annotations(dataset_id, ids)
    return found


def run(app: AppContext, arguments: Arguments) -> None:
    """Split into a new project, and name that as the session's output."""
    projects = app.instance.projects
    images = list_images(app, arguments.project_id)
    if not images:
        raise UsageError(f"project {arguments.project_id} has no images to split")
    train, val = divided(list(images), arguments.train_share, arguments.seed)
    name = projects.free_name(app.workspace_id, arguments.project_name)
    target = projects.create_project(app.workspace_id, name)
    projects.set_meta(target, copied_meta(projects.meta(arguments.project_id)))
    for dataset, names in ((TRAIN, train), (VAL, val)):
        dataset_id = projects.create_dataset(target, dataset)
        copy_images(app, dataset_id, [(name, images[name]) for name in names])
    app.set_output_project(target, name)
    app.log(f"split {len(images)} images: {len(train)} to {TRAIN}, {len(val)} to {VAL}")


def main() -> int:
    """Run as the session that the environment describes, and return the exit code."""
    app = AppContext.from_environment(os.environ)
    try:
        run(app, read_arguments(app))
    except SlyflowError as error:
        app.log(str(error), "fatal")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
