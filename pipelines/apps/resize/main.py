"""Derives a project whose images are at most so large, with every label scaled as its image is."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from labels import BadLabels, fitted, plain_meta, scaled
from picture import shrunk

from slyflow.client import AppContext, Image
from slyflow.client.row import as_id
from slyflow.errors import SlyflowError, UsageError

BATCH = 20


@dataclass(frozen=True, slots=True)
class Arguments:
    """What the session was started with."""

    project_id: int
    longest_side: int
    project_name: str


def read_arguments(app: AppContext) -> Arguments:
    """Return the session's arguments; UsageError says which one is wrong."""
    state = app.state
    project_id = as_id(state.get("slyProjectId"))
    longest_side = state.get("longest_side")
    if project_id is None:
        raise UsageError("no project to resize: launch this app on an images project")
    if not isinstance(longest_side, int) or isinstance(longest_side, bool) or longest_side < 1:
        raise UsageError(f"longest_side is {longest_side!r}, expected a number of pixels, at least 1")
    name = state.get("project_name")
    return Arguments(project_id, longest_side, str(name or f"resized {app.task_id}"))


def copy_batch(app: AppContext, dataset_id: int, images: Sequence[Image], longest_side: int) -> int:
    """Resize some images of one dataset into the dataset `dataset_id`; return how many objects they had."""
    client = app.instance.images
    annotations = client.annotations(images[0].dataset_id, [image.id for image in images])
    contents, labels = [], []
    for image in images:
        size = fitted(image.width, image.height, longest_side)
        contents.append((image.name, shrunk(client.download(image.id), size)))
        labels.append(scaled(annotations[image.id], *size))
    added = client.upload(dataset_id, contents)
    client.annotate(dataset_id, {image.id: label for image, label in zip(added, labels, strict=True)})
    return sum(len(label["objects"]) for label in labels)


def run(app: AppContext, arguments: Arguments) -> None:
    """Resize every dataset into a new project, and name that as the session's output."""
    projects = app.instance.projects
    meta = plain_meta(projects.meta(arguments.project_id))
    name = projects.free_name(app.workspace_id, arguments.project_name)
    target = projects.create_project(app.workspace_id, name)
    projects.set_meta(target, meta)
    done = objects = 0
    for dataset in projects.datasets(arguments.project_id):
        assert dataset.id is not None, "the instance lists datasets with their ids"
        images = app.instance.images.list(dataset.id)
        copy = projects.create_dataset(target, dataset.name or str(dataset.id))
        for start in range(0, len(images), BATCH):
            batch = images[start : start + BATCH]
            objects += copy_batch(app, copy, batch, arguments.longest_side)
            done += len(batch)
            app.progress(f"Resizing {dataset.name}", start + len(batch), len(images))
    app.set_output_project(target, name)
    app.log(f"resized {done} images with {objects} objects to at most {arguments.longest_side} pixels")


def main() -> int:
    """Run as the session that the environment describes, and return the exit code."""
    app = AppContext.from_environment(os.environ)
    try:
        run(app, read_arguments(app))
    except (SlyflowError, BadLabels) as error:
        app.log(str(error), "fatal")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
