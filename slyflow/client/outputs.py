"""Outputs of sessions: what an app says that it made, set in each of the forms that pages know."""

from collections.abc import Mapping

from slyflow.client.files import Files
from slyflow.client.output import SessionOutput, read_output
from slyflow.client.retry import READ
from slyflow.client.row import Row, mapping, text
from slyflow.client.sessions import Sessions
from slyflow.client.transport import Transport
from slyflow.errors import NotFound
from slyflow.model.value import Json
from slyflow.record import record


@record(frozen=True)
class Icon:
    """A picture of the Material Design Iconic Font, named without `zmdi-`, and its two colours."""

    name: str
    color: str = "#33c94c"
    background: str = "#d9f7e4"


_TEXT_ICON = Icon("comment-alt-text")
_ERROR_ICON = Icon("alert-octagon", "#ff83a6", "#ffeae9")


class Outputs:
    """Sets and reads the outputs of sessions; setting the same again changes nothing."""

    def __init__(self, transport: Transport, sessions: Sessions, files: Files) -> None:
        self._transport = transport
        self._sessions = sessions
        self._files = files

    def get(self, session_id: int) -> SessionOutput:
        """Return the session's output as it is now. NotFound when the session is gone."""
        return read_output(self._sessions.info(session_id))

    def set(self, session_id: int, output: Mapping[str, Json]) -> None:
        """Set keys of the session's `meta.output` as they are given."""
        told: Json = {"taskId": session_id, "output": output}
        self._transport.call("tasks.output.set", told, retry=READ)

    def set_project(
        self, session_id: int, project_id: int, name: str | None = None, preview: str | None = None
    ) -> None:
        """Name the project that the session made; what it is called is looked up when it is not given.

        `preview` is the address of a picture; it is looked up with the name.
        """
        project: dict[str, Json] = {"id": project_id, "title": name}
        if name is None:
            info = self._project(project_id)
            project["title"] = text(info, "name") or str(project_id)
            preview = _small_picture(info) if preview is None else preview
        self.set(session_id, {"project": project if preview is None else {**project, "preview": preview}})

    def set_archive(self, session_id: int, file_id: int, name: str, url: str | None = None) -> None:
        """Name the archive in Team Files that the session made; `url` is looked up when it is not given."""
        link = self._storage_path(file_id) if url is None else url
        self._set_link(session_id, Icon("archive"), name, "Download archive", url=link, downloads=True)

    def set_file(
        self,
        session_id: int,
        file_id: int,
        name: str,
        url: str | None = None,
        *,
        description: str = "Download file",
        downloads: bool = True,
    ) -> None:
        """Name the file in Team Files that the session made; `url` is looked up when it is not given."""
        link = self._storage_path(file_id) if url is None else url
        self._set_link(session_id, Icon("file"), name, description, url=link, downloads=downloads)

    def set_report(self, session_id: int, file_id: int, name: str, description: str = "Report") -> None:
        """Name the report in Team Files that the session made, to be opened."""
        self._set_link(session_id, Icon("receipt"), name, description, url=f"/files/{file_id}")

    def set_folder(self, session_id: int, file_id: int, path: str) -> None:
        """Name the folder in Team Files that the session filled; the file is any of those in it."""
        self._set_link(session_id, Icon("folder"), path, "Directory", url=f"/files/{file_id}")

    def set_error(
        self, session_id: int, title: str, description: str | None = None, *, shows_log: bool = True
    ) -> None:
        """Say that the session failed, although it ends in order."""
        self._set_words(session_id, _ERROR_ICON, title, description, shows_log=shows_log, is_error=True)

    def set_text(
        self,
        session_id: int,
        title: str,
        description: str | None = None,
        *,
        shows_log: bool = False,
        icon: Icon = _TEXT_ICON,
    ) -> None:
        """Say something about the session."""
        self._set_words(session_id, icon, title, description, shows_log=shows_log, is_error=False)

    def set_experiment(self, session_id: int, experiment: Mapping[str, Json]) -> None:
        """Tell of the experiment that a training session made."""
        self.set(session_id, {"experiment": {"data": experiment}})

    def _set_link(
        self,
        session_id: int,
        icon: Icon,
        title: str,
        description: str,
        *,
        url: str,
        downloads: bool = False,
    ) -> None:
        general: Json = {
            "icon": _picture(icon),
            "title": title,
            "titleUrl": url,
            "download": downloads,
            "description": description,
        }
        self.set(session_id, {"general": general})

    def _set_words(
        self,
        session_id: int,
        icon: Icon,
        title: str,
        description: str | None,
        *,
        shows_log: bool,
        is_error: bool,
    ) -> None:
        general: dict[str, Json] = {
            "icon": _picture(icon),
            "title": title,
            "showLogs": shows_log,
            "isError": is_error,
        }
        told = general if description is None else {**general, "description": description}
        self.set(session_id, {"general": told})

    def _project(self, project_id: int) -> Row:
        method = "projects.info"
        answer = self._transport.call(method, {"id": project_id}, retry=READ)
        if answer is None:
            raise NotFound(f"there is no project {project_id}", status=404)
        return mapping(answer, method)

    def _storage_path(self, file_id: int) -> str:
        """Return where the file's bytes lie; its page where the instance does not tell."""
        file = self._files.file(file_id)
        return file.storage_path or f"/files/{file_id}"


def _small_picture(project: Row) -> str | None:
    """Return the address at which an instance shows a project's picture in a size for pages."""
    url = text(project, "referenceImageUrl")
    return url and url.replace("/image-converter", "/previews/x200,jpeg,q70/image-converter")


def _picture(icon: Icon) -> Json:
    return {
        "className": f"zmdi zmdi-{icon.name}",
        "color": icon.color,
        "backgroundColor": icon.background,
    }
