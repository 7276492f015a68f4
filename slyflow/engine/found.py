"""Finding what a session made: each source of an output, asked of the instance."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from posixpath import dirname
from typing import assert_never

from slyflow.engine.effect import Others
from slyflow.engine.existing import Ambiguous, Missing, existing, file_artifact, folder, known
from slyflow.engine.filefound import FileFinder, began_at, read_time
from slyflow.model.artifact import Artifact, Computed, Kind, Output
from slyflow.model.instance import Instance, Traces
from slyflow.model.launch import Workspace
from slyflow.model.outputsource import (
    AnySource,
    ContentSource,
    CreatedSource,
    ExpressionSource,
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
from slyflow.text import plural


@dataclass(slots=True)
class Finder:
    """Looks for the outputs of one ended session; lists are asked for once each."""

    instance: Instance
    session: Session
    workspace: Workspace
    before: Mapping[str, tuple[int, ...]]
    traces: Traces | None
    others: Others = field(default_factory=Others)
    _files: FileFinder = field(init=False)

    def __post_init__(self) -> None:
        self._files = FileFinder(self.instance, self.session, self.workspace, self.traces, self.others)

    def find(self, source: OutputSource) -> Output:
        """Return what the source leads to; Missing when there is nothing, Ambiguous when it may be several.

        What another session may have made is never taken for this one's.
        """
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
                return self._files.newest(source.kind, str(source.glob))
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
                return self._files.content(str(source.glob), source.form)
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
            except Ambiguous:
                raise
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
        file = self._files.linked(str(general["titleUrl"]))
        if kind is not Kind.FOLDER:
            return file_artifact(kind, file)
        title = general.get("title")
        named = title.rstrip("/") if isinstance(title, str) else ""
        return folder(named if named and file.path.startswith(f"{named}/") else dirname(file.path))

    def _written(self, kind: Kind) -> Artifact:
        if self.traces is None:
            raise Missing("what the session wrote cannot be read on this instance")
        return self._only(kind, "wrote", [item for item in self.traces.written if item.kind is kind])

    def _created(self, kind: Kind) -> Artifact:
        family = Kind.FILE if kind is Kind.MODEL_WEIGHT else kind
        if self.traces is not None:
            return self._only(kind, "created", [item for item in self.traces.created if item.kind is family])
        if str(family) not in self.before:
            raise Missing(f"what the session created of kind {kind} is not known")
        old = set(self.before[str(family)])
        new = [
            item
            for item in existing(self.instance, self.workspace, family)
            if item.id not in old and (item.kind, item.id) not in self.others.made
        ]
        if new and self.others.beside:
            beside = ", ".join(self.others.beside[:3])
            raise Ambiguous(
                f"{plural(len(new), f'new {family}')} appeared while other sessions of the run were under way"
                f" ({beside}), and this instance does not tell whose: {_naming(family)}"
            )
        return self._only(kind, "created", new)

    def _only(self, kind: Kind, verb: str, found: Sequence[Artifact]) -> Artifact:
        if not found:
            raise Missing(f"the session {verb} no {kind}")
        unique = {(item.id, item.path): item for item in found}
        if len(unique) > 1:
            raise Ambiguous(f"the session {verb} {len(unique)} of kind {kind}: {_naming(kind)}")
        only = found[0]
        if kind is Kind.FOLDER:
            return folder(only.path or "/")
        assert only.id is not None
        return known(self.instance, self.workspace, kind, only.id)

    def _by_name(self, source: NameSource) -> Artifact:
        if source.kind is Kind.DATASET:
            if not isinstance(source.project, int):
                raise Missing(f"the project of dataset {source.name} is {json.dumps(source.project)}, no id")
            candidates = self.instance.projects.datasets(source.project)
        else:
            candidates = self.instance.projects.projects(self.workspace.id)
        found = [item for item in candidates if item.name == source.name]
        if not found:
            raise Missing(f"no {source.kind} is named {source.name}")
        if len(found) > 1:
            raise Ambiguous(f"{len(found)} {source.kind}s are named {source.name}")
        self._check_of_attempt(found[0])
        return found[0]

    def _check_of_attempt(self, found: Artifact) -> None:
        """A name may be of an earlier run's: what is of this attempt was made or changed since it began."""
        assert found.id is not None
        began = began_at(self.session)
        changed = read_time(self.instance.projects.changed_at(found.kind, found.id))
        if began is not None and changed is not None and changed < began:
            raise Missing(
                f"the {found.kind} {found.id} named {found.name} is as it was before this attempt: what is"
                " there before the run is named by its id"
            )

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


def _naming(kind: Kind) -> str:
    """Say how a person tells which one is meant."""
    match kind:
        case Kind.PROJECT:
            return "name it, by {project: task} or {project: {name: …}}"
        case Kind.DATASET:
            return "name it, by {dataset: {name: …, project: …}}"
        case Kind.FILE | Kind.MODEL_WEIGHT | Kind.FOLDER:
            return f"name it, by {{{kind}: task}} or {{{kind}: {{path: …}}}}"
        case _:
            return f'name it, by {{{kind}: "${{{{ … }}}}"}}'
