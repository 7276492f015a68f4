"""Finding in Team Files what a session wrote: by the task's link, or the newest match of a glob."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from posixpath import dirname
from urllib.parse import parse_qs, unquote, urlsplit

from slyflow.engine.effect import Others
from slyflow.engine.existing import Ambiguous, Missing, file_artifact, folder
from slyflow.engine.glob import compile_glob, fixed_folder
from slyflow.model.artifact import Artifact, Kind
from slyflow.model.instance import Instance, TeamFile, Traces
from slyflow.model.launch import Workspace
from slyflow.model.outputsource import FileForm
from slyflow.model.session import Session
from slyflow.model.value import Json
from slyflow.syntax.document import parse_value

CONTENT_LIMIT = 1 << 20
_EXPORTS = "/tmp/supervisely/export/"  # noqa: S108 - a Team Files folder of Supervisely's, not a local one
_FILE_PAGE = re.compile(r"/files/([0-9]{1,19})(?![^/?#])")
_ID = re.compile("[0-9]{1,19}")


@dataclass(slots=True)
class FileFinder:
    """Looks in Team Files for one session's outputs; folders are listed once each."""

    instance: Instance
    session: Session
    workspace: Workspace
    traces: Traces | None
    others: Others
    _listings: dict[str, Sequence[TeamFile]] = field(default_factory=dict)

    def linked(self, url: str) -> TeamFile:
        """Return the file that a task's `titleUrl` means: by id, or by its storage path."""
        parts = urlsplit(url)
        match = _FILE_PAGE.search(url)
        ids = [match[1]] if match else parse_qs(parts.query).get("id", [])
        if len(ids) == 1 and _ID.fullmatch(ids[0]):
            return self.instance.files.file(int(ids[0]))
        path = f"/{unquote(parts.path).strip('/')}"
        for place in (_EXPORTS, "/"):
            for file in self._list(place):
                if file.storage_path and path.endswith(f"/{file.storage_path.strip('/')}"):
                    return file
        raise Missing("the file that the task's output links to is not in Team Files")

    def _list(self, place: str) -> Sequence[TeamFile]:
        if place not in self._listings:
            self._listings[place] = self.instance.files.files(self.workspace.team_id, place)
        return self._listings[place]

    def _matches(self, glob: str) -> list[TeamFile]:
        """Return the files that match, not older than this attempt, the newest last.

        Where it is on record who wrote them, those that this session wrote, if it wrote any.
        """
        pattern = compile_glob(glob)
        began = began_at(self.session)
        if began is None:
            raise Missing("the instance does not tell when the session began, nor so which files are of it")
        found = [
            file
            for file in self._list(fixed_folder(glob))
            if pattern.fullmatch(file.path) and _is_of(file, began)
        ]
        found.sort(key=lambda file: (file.updated_at or "", file.id))
        return [file for file in found if self._is_on_record(file)] or found

    def _is_on_record(self, file: TeamFile) -> bool:
        """Whether it is known that this session wrote the file; each writing of one gives it a new id."""
        created = self.traces.created if self.traces is not None else ()
        return any(item.id == file.id and item.kind is Kind.FILE for item in created)

    def _newest_match(self, glob: str, what: str) -> TeamFile:
        files = self._matches(glob)
        if not files:
            raise Missing(what)
        newest = files[-1]
        if self.traces is not None and self.others.beside and not self._is_on_record(newest):
            beside = ", ".join(self.others.beside[:3])
            raise Ambiguous(f"{newest.path} was not written by this session, and others ran too ({beside})")
        for step, globs in self.others.globs.items():
            if any(compile_glob(other).fullmatch(newest.path) for other in globs):
                raise Ambiguous(
                    f"{newest.path} may be of {step}, whose session was under way too and whose outputs are"
                    " found there as well: give each a folder of its own, by ${{ run.id }} and the step's id"
                )
        return newest

    def newest(self, kind: Kind, glob: str) -> Artifact:
        if kind is Kind.FOLDER:
            what = f"no folder in Team Files matches {glob} with a file of this attempt in it"
            return folder(_folder_of(self._newest_match(glob.rstrip("/") + "/**", what).path, glob))
        return file_artifact(kind, self._newest_match(glob, _no_file(glob)))

    def content(self, glob: str, form: FileForm) -> Json:
        file = self._newest_match(glob, _no_file(glob))
        raw = self.instance.files.read(self.workspace.team_id, file.path, CONTENT_LIMIT)
        try:
            text = raw.decode()
            return text if form == "text" else parse_value(text, form)
        except ValueError as error:
            raise Missing(f"{file.path} is not readable as {form}: {error}") from error


def _no_file(glob: str) -> str:
    return f"no file in Team Files matches {glob} and is of this attempt"


def _folder_of(path: str, glob: str) -> str:
    """Return the part of `path` that the folder's glob covers."""
    pattern = compile_glob(glob.rstrip("/"))
    parts = path.split("/")
    for end in range(len(parts) - 1, 0, -1):
        candidate = "/".join(parts[:end])
        if pattern.fullmatch(candidate):
            return candidate
    return dirname(path)


def began_at(session: Session) -> datetime | None:
    """Return when the attempt's session began, in the server's own time; None when that is not told."""
    return read_time(session.info.get("createdAt")) or read_time(session.info.get("startedAt"))


def _is_of(file: TeamFile, began: datetime) -> bool:
    """Whether the file was written since then; one whose time is not told may be of any attempt."""
    written = read_time(file.updated_at)
    return written is not None and written >= began


def read_time(told: object) -> datetime | None:
    """Read one of the server's own times; they are never compared with ours."""
    try:
        time = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None
    return time.replace(tzinfo=UTC) if time is not None and time.tzinfo is None else time
