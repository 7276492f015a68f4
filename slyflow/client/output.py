"""A session's output as it is told: a project, a link or words, an experiment."""

import re
from collections.abc import Mapping

from slyflow.client.row import Row, as_id, text
from slyflow.model.session import Session
from slyflow.model.value import Json
from slyflow.record import field, record

_FILE_PAGE = re.compile(r"/files/(\d{1,19})")


@record(frozen=True)
class ProjectOutput:
    """The project that a session made; `preview` is the address of a picture."""

    id: int
    title: str | None = None
    preview: str | None = None


@record(frozen=True)
class GeneralOutput:
    """A link or words; `is_error` = the app says that it failed.

    `url` is a page of the instance, or where a file's bytes lie; `file_id` is known from the former only.
    """

    title: str | None = None
    description: str | None = None
    url: str | None = None
    file_id: int | None = None
    downloads: bool = False
    shows_log: bool = False
    is_error: bool = False


@record(frozen=True)
class SessionOutput:
    """All that a session says of what it made; `raw` is `meta.output` itself, unknown keys among it."""

    project: ProjectOutput | None = None
    general: GeneralOutput | None = None
    experiment: Mapping[str, Json] | None = None
    raw: Mapping[str, Json] = field(default_factory=dict, repr=False)


def read_output(session: Session) -> SessionOutput:
    """Return a session's output; what is not in a form that pages know stands in `raw` alone."""
    raw = session.output
    project, general, experiment = (raw.get(key) for key in ("project", "general", "experiment"))
    data = experiment.get("data") if isinstance(experiment, Mapping) else None
    return SessionOutput(
        project=_project(project) if isinstance(project, Mapping) else None,
        general=_general(general) if isinstance(general, Mapping) else None,
        experiment=data if isinstance(data, Mapping) else None,
        raw=raw,
    )


def _project(row: Row) -> ProjectOutput | None:
    project_id = as_id(row.get("id"))
    if project_id is None:
        return None
    return ProjectOutput(project_id, text(row, "title"), text(row, "preview"))


def _general(row: Row) -> GeneralOutput:
    url = text(row, "titleUrl")
    page = _FILE_PAGE.fullmatch(url) if url is not None else None
    return GeneralOutput(
        title=text(row, "title"),
        description=text(row, "description"),
        url=url,
        file_id=as_id(page[1]) if page is not None else None,
        downloads=row.get("download") is True,
        shows_log=row.get("showLogs") is True,
        is_error=row.get("isError") is True,
    )
