"""Finding what a session made: each source of an output, asked of the instance."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from posixpath import dirname
from typing import assert_never
from urllib.parse import parse_qs, urlsplit

from slyflow.engine.existing import Missing, existing, file_artifact, folder, known
from slyflow.engine.glob import compile_glob, fixed_folder
from slyflow.model.artifact import Artifact, Computed, Kind, Output
from slyflow.model.instance import Instance, TeamFile, Traces
from slyflow.model.launch import Workspace
from slyflow.model.outputsource import (
    AnySource,
    ContentSource,
    CreatedSource,
    ExpressionSource,
    FileForm,
    KnownSource,
    LogSource,
    NameSource,
    OutputSource,
    PathSource,
    SelfSource,
    StateSource,
    TaskSource,
)
from slyflow.model.session import Session
from slyflow.model.value import Json
from slyflow.syntax.document import parse_value

CONTENT_LIMIT = 1 << 20
_EXPORTS = "/tmp/supervisely/export/"  # noqa: S108 - a Team Files folder of Supervisely's, not a local one
_FILE_ID = re.compile(r"/files/(\d+)")


@dataclass(slots=True)
class Finder:
    """Looks for the outputs of one ended session; lists are asked for once each."""

    instance: Instance
    session: Session
    workspace: Workspace
    before: Mapping[str, tuple[int, ...]]
    traces: Traces | None
    _listings: dict[str, Sequence[TeamFile]] = field(default_factory=dict)

    def find(self, source: OutputSource) -> Output:
        """Return what the source leads to; Missing when there is nothing, or nothing unambiguous."""
        match source:
            case AnySource():
                return self._any(source.kind)
            case TaskSource():
                return self._task(source.kind)
            case CreatedSource():
                return self._created(source.kind)
            case SelfSource():
                return Artifact(source.kind, self.session.id, url=f"/apps/sessions/{self.session.id}")
            case PathSource() | NameSource() | KnownSource():
                return self._named(source)
            case StateSource() | LogSource() | ContentSource() | ExpressionSource():
                return Computed(self._value(source))
            case _:
                assert_never(source)

    def _named(self, source: PathSource | NameSource | KnownSource) -> Artifact:
        match source:
            case PathSource():
                return self._newest(source.kind, str(source.glob))
            case NameSource():
                return self._by_name(source)
            case KnownSource():
                return known(self.instance, self.workspace, source.kind, source.value)
            case _:
                assert_never(source)

    def _value(self, source: StateSource | LogSource | ContentSource | ExpressionSource) -> Json:
        match source:
            case StateSource():
                value = self.instance.sessions.state(self.session.id, str(source.field))
                if value is None:
                    raise Missing(f"the app's state has no {source.field}")
                return value
            case LogSource():
                return self._logged(source.regex)
            case ContentSource():
                return self._content(str(source.glob), source.form)
            case ExpressionSource():
                raise Missing("an expression is evaluated, not looked for")
            case _:
                assert_never(source)

    def _any(self, kind: Kind) -> Artifact:
        """The task's own output first, then what the session wrote, then what it created."""
        reasons = []
        ways: tuple[Callable[[Kind], Artifact], ...] = (self._task, self._written, self._created)
        for way in ways:
            try:
                return way(kind)
            except Missing as missing:
                reasons.append(str(missing))
        raise Missing("; ".join(dict.fromkeys(reasons)))

    def _task(self, kind: Kind) -> Artifact:
        output = self.session.output
        if kind is Kind.PROJECT:
            project = output.get("project")
            found = project.get("id") if isinstance(project, Mapping) else None
            if not isinstance(found, int):
                raise Missing("the task set no output project")
            return known(self.instance, self.workspace, kind, found)
        if not kind.by_path:
            raise Missing(f"a task sets no output of kind {kind}")
        general = output.get("general")
        if not isinstance(general, Mapping) or not isinstance(general.get("titleUrl"), str):
            raise Missing("the task set no output file")
        file = self._linked(str(general["titleUrl"]))
        if kind is not Kind.FOLDER:
            return file_artifact(kind, file)
        title = general.get("title")
        named = title if isinstance(title, str) and title.startswith("/") else dirname(file.path)
        return folder(named)

    def _linked(self, url: str) -> TeamFile:
        """Return the file that a task's `titleUrl` means: by id, or by its storage path."""
        match = _FILE_ID.search(url)
        identity = match[1] if match else "".join(parse_qs(urlsplit(url).query).get("id", []))
        if identity.isdecimal():
            return self.instance.files.file(int(identity))
        for place in (_EXPORTS, "/"):
            for file in self._list(place):
                if file.storage_path and file.storage_path.strip("/") in url.strip("/"):
                    return file
        raise Missing("the file that the task's output links to is not in Team Files")

    def _written(self, kind: Kind) -> Artifact:
        if self.traces is None:
            raise Missing("what the session wrote cannot be read on this instance")
        return self._only(kind, "wrote", [item for item in self.traces.written if item.kind is kind])

    def _created(self, kind: Kind) -> Artifact:
        family = Kind.FILE if kind is Kind.MODEL_WEIGHT else kind
        if self.traces is not None:
            made = [item for item in self.traces.created if item.kind is family]
        elif str(family) in self.before:
            old = set(self.before[str(family)])
            made = [item for item in self._existing(family) if item.id not in old]
        else:
            raise Missing(f"what the session created of kind {kind} is not known")
        return self._only(kind, "created", made)

    def _only(self, kind: Kind, verb: str, found: Sequence[Artifact]) -> Artifact:
        if not found:
            raise Missing(f"the session {verb} no {kind}")
        unique = {(item.id, item.path): item for item in found}
        if len(unique) > 1:
            raise Missing(f"the session {verb} {len(unique)} of kind {kind}: name the one that is meant")
        only = found[0]
        if kind is Kind.FOLDER:
            return folder(only.path or "/")
        assert only.id is not None
        return known(self.instance, self.workspace, kind, only.id)

    def _existing(self, kind: Kind) -> Sequence[Artifact]:
        return existing(self.instance, self.workspace, kind)

    def _list(self, place: str) -> Sequence[TeamFile]:
        if place not in self._listings:
            self._listings[place] = self.instance.files.files(self.workspace.team_id, place)
        return self._listings[place]

    def _matches(self, glob: str) -> list[TeamFile]:
        """Return the files that match, not older than this attempt, the newest last."""
        pattern = compile_glob(glob)
        began = self.session.info.get("createdAt") or self.session.info.get("startedAt")
        return sorted(
            (
                file
                for file in self._list(fixed_folder(glob))
                if pattern.fullmatch(file.path) and _not_older(file, began)
            ),
            key=lambda file: (file.updated_at or "", file.id),
        )

    def _newest(self, kind: Kind, glob: str) -> Artifact:
        if kind is Kind.FOLDER:
            files = self._matches(glob.rstrip("/") + "/**")
            if not files:
                raise Missing(f"no folder in Team Files matches {glob} with a file of this attempt in it")
            return folder(_folder_of(files[-1].path, glob))
        files = self._matches(glob)
        if not files:
            raise Missing(f"no file in Team Files matches {glob} and is of this attempt")
        return file_artifact(kind, files[-1])

    def _by_name(self, source: NameSource) -> Artifact:
        if source.kind is Kind.DATASET:
            if not isinstance(source.project, int):
                raise Missing(f"the project of dataset {source.name} is {json.dumps(source.project)}, no id")
            candidates = self.instance.projects.datasets(source.project)
        else:
            candidates = self.instance.projects.projects(self.workspace.id)
        found = [item for item in candidates if item.name == source.name]
        if len(found) != 1:
            raise Missing(f"{len(found) or 'no'} {source.kind}s are named {source.name}")
        return found[0]

    def _logged(self, regex: str) -> str:
        # Few runs have such an output, and subprocess is a costly import.
        from slyflow.engine.capture import TooSlow, first_group

        lines = (line.message for line in self.instance.sessions.log(self.session.id))
        try:
            found = first_group(regex, lines)
        except TooSlow as error:
            raise Missing(f"matching {regex} takes too long on this log: make it simpler") from error
        if found is None:
            raise Missing(f"no line of the log matches {regex}")
        return found

    def _content(self, glob: str, form: FileForm) -> Json:
        files = self._matches(glob)
        if not files:
            raise Missing(f"no file in Team Files matches {glob} and is of this attempt")
        raw = self.instance.files.read(self.workspace.team_id, files[-1].path, CONTENT_LIMIT)
        try:
            text = raw.decode()
            return text if form == "text" else parse_value(text, form)
        except ValueError as error:
            raise Missing(f"{files[-1].path} is not readable as {form}: {error}") from error


def _folder_of(path: str, glob: str) -> str:
    """Return the part of `path` that the folder's glob covers."""
    pattern = compile_glob(glob.rstrip("/"))
    parts = path.split("/")
    for end in range(len(parts) - 1, 0, -1):
        candidate = "/".join(parts[:end])
        if pattern.fullmatch(candidate):
            return candidate
    return dirname(path)


def _not_older(file: TeamFile, began: object) -> bool:
    """Both are the server's own times in one format, so text order is time order; unknown counts as new."""
    return not isinstance(began, str) or file.updated_at is None or file.updated_at >= began
