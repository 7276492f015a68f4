"""Exports an images project as a COCO archive into Team Files."""

import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive import Archive, safe_name
from coco import BadLabels, Coco

from slyflow.client import AppContext, Image
from slyflow.client.row import as_id
from slyflow.errors import SlyflowError, UsageError


@dataclass(frozen=True, slots=True)
class Arguments:
    """What the session was started with; `folder` starts and ends with `/`."""

    project_id: int
    folder: str
    name: str


def read_arguments(app: AppContext) -> Arguments:
    """Return the session's arguments; UsageError says which one is wrong."""
    project_id = as_id(app.state.get("slyProjectId"))
    if project_id is None:
        raise UsageError("no project to export: launch this app on an images project")
    folder = str(app.state.get("folder") or f"/exports/coco/{app.task_id}")
    if not folder.startswith("/"):
        raise UsageError(f'folder is "{folder}", expected a folder in Team Files such as "/exports"')
    name = str(app.state.get("archive_name") or f"coco_{project_id}.zip")
    return Arguments(project_id, folder.rstrip("/") + "/", safe_name(name, ()))


def export_dataset(
    app: AppContext, archive: Archive, folder: str, images: Sequence[Image], coco: Coco
) -> None:
    """Write the images of one dataset and their COCO document."""
    annotations: dict[int, dict[str, Any]] = {}
    if images:
        annotations |= app.instance.images.annotations(images[0].dataset_id, [image.id for image in images])
    names: set[str] = set()
    for number, image in enumerate(images, 1):
        name = safe_name(image.name, names)
        names.add(name)
        coco.add(name, annotations[image.id])
        archive.image(folder, name, app.instance.images.download(image.id))
        app.progress(f"Exporting {folder}", number, len(images))
    archive.document(folder, coco.document())


def export(app: AppContext, project_id: int, path: Path) -> tuple[int, int]:
    """Write the archive of a project to `path`; return how many images it has, and objects left out."""
    meta: dict[str, Any] = app.instance.projects.meta(project_id)
    total = left_out = 0
    folders: set[str] = set()
    with path.open("wb") as out, Archive(out) as archive:
        for dataset in app.instance.projects.datasets(project_id):
            assert dataset.id is not None, "the instance lists datasets with their ids"
            folder = safe_name(dataset.name or str(dataset.id), folders)
            folders.add(folder)
            images = app.instance.images.list(dataset.id)
            coco = Coco(meta["classes"])
            export_dataset(app, archive, folder, images, coco)
            total, left_out = total + len(images), left_out + coco.left_out
    return total, left_out


def run(app: AppContext, arguments: Arguments) -> None:
    """Export into Team Files, and name the archive as the session's output."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "coco.zip")
        total, left_out = export(app, arguments.project_id, path)
        file = app.instance.files.upload(app.team_id, arguments.folder + arguments.name, path.read_bytes())
    if left_out:
        app.log(f"left out {left_out} lines and points: COCO has no annotation for them", "warn")
    app.set_output_archive(file)
    app.log(f"exported {total} images to {file.path} ({file.size} bytes)")


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
