"""What a session made, each thing with the output of a step that finds it again."""

from collections.abc import Collection, Iterator, Mapping
from posixpath import dirname
from typing import TYPE_CHECKING

from slyflow.catalog.draft.link import Made, Used
from slyflow.engine.existing import Missing
from slyflow.engine.found import Finder
from slyflow.errors import BadReply, Rejected
from slyflow.model.artifact import Artifact, Kind
from slyflow.model.instance import Traces
from slyflow.model.outputsource import AnySource, NameSource, OutputSource, PathSource
from slyflow.model.pipeline import WorkspaceRef
from slyflow.model.session import Session
from slyflow.syntax.emit import Code, Value

if TYPE_CHECKING:
    from slyflow.client.instance import Instance

_KINDS = (Kind.PROJECT, Kind.DATASET, Kind.FILE, Kind.FOLDER)
_PROJECT = "task.meta.output.project.id"


def made_by(
    instance: "Instance", session: Session, step: str, wanted: Collection[int | str]
) -> tuple[Made, ...]:
    """Return those of the ids and paths in `wanted` that the session made, as its step can find them."""
    if session.workspace_id is None:
        return ()
    workspace = instance.catalog.workspace(WorkspaceRef(id=session.workspace_id))
    finder = Finder(instance, session, workspace, {}, _traces(instance, session))
    return tuple(
        Made(step, kind, found.value, output)
        for kind, source, output in _ways(instance, session, finder.traces)
        if (found := _found(finder, source)) is not None and found.value in wanted and found.value is not None
    )


def used_by(instance: "Instance", session: Session) -> Used:
    """Return what the workflow graph says that the session used; nothing where that cannot be read."""
    traces = _traces(instance, session)
    edges = traces.edges if traces is not None else ()
    return frozenset(
        (Kind(kind), int(data_id) if data_id.isdecimal() else data_id)
        for _, direction, kind, data_id in edges
        if direction == "input" and kind in set(Kind)
    )


def _traces(instance: "Instance", session: Session) -> Traces | None:
    return None if instance.tracing is None else instance.tracing.traces(session.id)


def _found(finder: Finder, source: OutputSource) -> Artifact | None:
    try:
        found = finder.find(source)
    except (Missing, Rejected, BadReply):
        return None
    return found if isinstance(found, Artifact) else None


def _ways(
    instance: "Instance", session: Session, traces: Traces | None
) -> Iterator[tuple[Kind, OutputSource, Value]]:
    """Give the sources to try, the last one first taken: bare kinds last, then what is found by name."""
    things = () if traces is None else (*traces.created, *traces.written)
    for thing in things:
        yield from _by_name(thing)
    project = session.output.get("project")
    project_id = project.get("id") if isinstance(project, Mapping) else None
    if isinstance(project_id, int):
        for dataset in _datasets(instance, project_id):
            name = dataset.name or ""
            written: Value = {"dataset": {"name": name, "project": Code(_PROJECT)}}
            yield Kind.DATASET, NameSource(Kind.DATASET, name, project_id), written
    for kind in _KINDS:
        yield kind, AnySource(kind), str(kind)


def _by_name(thing: Artifact) -> Iterator[tuple[Kind, OutputSource, Value]]:
    if thing.kind is Kind.PROJECT and thing.name:
        yield Kind.PROJECT, NameSource(Kind.PROJECT, thing.name), {"project": {"name": thing.name}}
    if thing.path:
        place = dirname(thing.path)
        yield Kind.FOLDER, PathSource(Kind.FOLDER, place), {"folder": {"path": place}}
        yield Kind.FILE, PathSource(Kind.FILE, thing.path), {"file": {"path": thing.path}}


def _datasets(instance: "Instance", project_id: int) -> Collection[Artifact]:
    try:
        return instance.projects.datasets(project_id)
    except Rejected:
        return ()
