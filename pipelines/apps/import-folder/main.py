"""Imports a folder of JPEGs and PNGs, with annotations where there are any, into a new images project."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from folder import BadFolder, Folder, TeamFolder, local_folder
from labels import BadLabels, covering, read_annotation, read_meta
from picture import BadPicture, Upright, upright
from plan import META, Picture, plan

from slyflow.client import AppContext
from slyflow.errors import SlyflowError

BATCH = 20


@dataclass
class Import:
    """The project that is being filled, and what came of it so far."""

    app: AppContext
    folder: Folder
    project_id: int
    meta: dict[str, Any]
    total: int
    images: int = 0
    objects: int = 0
    skipped: list[str] = field(default_factory=list)

    def dataset(self, name: str, pictures: Sequence[Picture]) -> None:
        """Fill one dataset."""
        dataset_id = self.app.instance.projects.create_dataset(self.project_id, name)
        for batch in batches(pictures):
            self._batch(dataset_id, batch)

    def _batch(self, dataset_id: int, pictures: Sequence[Picture]) -> None:
        contents: list[tuple[str, bytes]] = []
        annotations: list[Mapping[str, Any] | None] = []
        for picture in pictures:
            read = self._read(picture)
            if read is not None:
                contents.append((picture.name, read.content))
                annotations.append(self._annotation(picture, read))
        if not contents:
            return
        images = self.app.instance.images
        added = images.upload(dataset_id, contents)
        labelled = {
            image.id: annotation
            for image, annotation in zip(added, annotations, strict=True)
            if annotation is not None
        }
        if labelled:
            self._cover(labelled.values())
            images.annotate(dataset_id, labelled)
        self.images += len(added)
        self.objects += sum(len(annotation["objects"]) for annotation in labelled.values())
        self.app.progress("Importing images", self.images + len(self.skipped), self.total)

    def _read(self, picture: Picture) -> Upright | None:
        try:
            return upright(self.folder.read(picture.path))
        except BadPicture as problem:
            self.skipped.append(picture.path)
            self.app.log(f"skipped {picture.path}: {problem}", "warn")
            return None

    def _annotation(self, picture: Picture, read: Upright) -> Mapping[str, Any] | None:
        if picture.annotation is None:
            return None
        content = self.folder.read(picture.annotation)
        return read_annotation(picture.annotation, content, read.width, read.height)

    def _cover(self, annotations: Iterable[Mapping[str, Any]]) -> None:
        meta = covering(self.meta, annotations)
        if meta != self.meta:
            self.app.instance.projects.set_meta(self.project_id, meta)
            self.meta = meta


def by_dataset(pictures: Iterable[Picture]) -> Mapping[str, Sequence[Picture]]:
    """Return the pictures of each dataset."""
    found: dict[str, list[Picture]] = {}
    for picture in pictures:
        found.setdefault(picture.dataset, []).append(picture)
    return found


def batches(pictures: Sequence[Picture]) -> Iterator[Sequence[Picture]]:
    """Yield the pictures in pieces that are read and sent at once."""
    for start in range(0, len(pictures), BATCH):
        yield pictures[start : start + BATCH]


def source(app: AppContext, code: Path) -> Folder:
    """Return the folder to import: the target in Team Files, else the argument `folder`."""
    target = app.state.get("slyFolder")
    if isinstance(target, str) and target:
        return TeamFolder(app.instance, app.team_id, target)
    folder = app.state.get("folder")
    if not isinstance(folder, str) or not folder:
        raise BadFolder('the argument "folder" is empty, expected the path of a folder with images')
    return local_folder(folder, code)


def run(app: AppContext, code: Path) -> None:
    """Import, and name the new project as the session's output."""
    folder = source(app, code)
    paths = folder.paths()
    pictures = plan(paths)
    if not pictures:
        raise BadFolder(f'no JPEG or PNG in "{folder.name}" ({len(paths)} files)')
    meta = (
        read_meta(META, folder.read(META))
        if META in paths
        else {"classes": [], "tags": [], "projectType": "images"}
    )
    projects = app.instance.projects
    wanted = str(app.state.get("project_name") or f"{folder.name} {app.task_id}")
    name = projects.free_name(app.workspace_id, wanted)
    project_id = projects.create_project(app.workspace_id, name)
    projects.set_meta(project_id, meta)
    work = Import(app, folder, project_id, meta, len(pictures))
    for dataset, group in by_dataset(pictures).items():
        work.dataset(dataset, group)
    if not work.images:
        raise BadFolder(f'none of the {len(pictures)} images in "{folder.name}" can be read')
    app.set_output_project(project_id, name)
    app.log(f"imported {work.images} images with {work.objects} objects, skipped {len(work.skipped)}")


def main() -> int:
    """Run as the session that the environment describes, and return the exit code."""
    app = AppContext.from_environment(os.environ)
    try:
        run(app, Path(__file__).resolve().parent)
    except (SlyflowError, BadFolder, BadLabels) as error:
        app.log(str(error), "fatal")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
