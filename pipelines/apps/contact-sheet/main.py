"""Draws a contact sheet and writes an HTML report of two projects into a Team Files folder."""

import io
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from page import page
from sheet import draw_sheet
from survey import Survey, class_colours, count, spread, summary
from thumbnail import BadLabels, Thumbnail, labelled

from slyflow.client import AppContext, Image
from slyflow.client.row import as_id
from slyflow.errors import SlyflowError, UsageError
from slyflow.model.artifact import Kind

SHEET, REPORT, SUMMARY = "contact-sheet.png", "report.html", "summary.json"
MOST_TILES = 200


@dataclass(frozen=True, slots=True)
class Arguments:
    """What the session was started with; `folder` starts and ends with `/`."""

    projects: tuple[int, int]
    folder: str
    title: str
    tiles: int


def read_arguments(app: AppContext) -> Arguments:
    """Return the session's arguments; UsageError says which one is wrong."""
    state = app.state
    first, second, tiles = as_id(state.get("first")), as_id(state.get("second")), state.get("tiles")
    if first is None or second is None:
        raise UsageError("`first` and `second` are the ids of the two projects to show; one is missing")
    if not isinstance(tiles, int) or isinstance(tiles, bool) or not 1 <= tiles <= MOST_TILES:
        raise UsageError(f"tiles is {tiles!r}, expected a whole number from 1 to {MOST_TILES}")
    folder = str(state.get("folder") or f"/reports/contact-sheet/{app.task_id}")
    if not folder.startswith("/"):
        raise UsageError(f'folder is "{folder}", expected a folder in Team Files such as "/reports"')
    return Arguments(
        (first, second), folder.rstrip("/") + "/", str(state.get("title") or "Contact sheet"), tiles
    )


def look_at(app: AppContext, project_id: int, tiles: int) -> tuple[Survey, Sequence[Thumbnail]]:
    """Count one project, and make its thumbnails: at most `tiles`, from all over it."""
    projects = app.instance.projects
    project = projects.artifact(Kind.PROJECT, project_id)
    meta: dict[str, Any] = projects.meta(project_id)
    colours = class_colours(meta["classes"])
    counts = []
    found: list[tuple[str, Image, dict[str, Any]]] = []
    for dataset in projects.datasets(project_id):
        assert dataset.id is not None, "the instance lists datasets with their ids"
        name = dataset.name or str(dataset.id)
        images = app.instance.images.list(dataset.id)
        annotations = app.instance.images.annotations(dataset.id, [image.id for image in images])
        counts.append(count(name, annotations.values()))
        found += [(name, image, annotations[image.id]) for image in images]
    chosen = [found[number] for number in spread(len(found), tiles)]
    thumbnails = []
    for number, (name, image, annotation) in enumerate(chosen, 1):
        picture = labelled(app.instance.images.download(image.id), annotation, colours)
        size = image.width, image.height
        thumbnails.append(Thumbnail(image.name, name, size, len(annotation["objects"]), picture))
        app.progress(f"Drawing {project.name}", number, len(chosen))
    url = f"{app.instance.url}{project.url}" if project.url else ""
    return Survey(project.name or str(project_id), url, colours, counts), thumbnails


def run(app: AppContext, arguments: Arguments) -> None:
    """Write sheet, report and summary, and name the report as the session's output."""
    sections = [look_at(app, project_id, arguments.tiles) for project_id in arguments.projects]
    sheet = io.BytesIO()
    draw_sheet(arguments.title, sections).save(sheet, "PNG")
    numbers = summary([survey for survey, _ in sections])
    files = app.instance.files
    files.upload(app.team_id, arguments.folder + SHEET, sheet.getvalue())
    files.upload(app.team_id, arguments.folder + SUMMARY, json.dumps(numbers, indent=1).encode())
    report = files.upload(
        app.team_id, arguments.folder + REPORT, page(arguments.title, sections).encode("utf-8", "replace")
    )
    app.set_output_report(report)
    app.log(f"drew {sum(len(tiles) for _, tiles in sections)} thumbnails of {numbers['images']} images")


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
