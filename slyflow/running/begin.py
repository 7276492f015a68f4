"""The beginning of a run on an open instance: its references resolved, its journal made, its drive."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from random import Random

import slyflow
from slyflow.catalog.folderapp import folder_interfaces
from slyflow.catalog.lock import references
from slyflow.catalog.pinning import same_instance
from slyflow.engine.journal import Journal, utc_now
from slyflow.engine.runs import durations, new_run_id
from slyflow.engine.start import Resolved, resolve_references, run_created
from slyflow.errors import StoreError
from slyflow.model.driver import Driver
from slyflow.model.event import Event, RunCreated
from slyflow.model.value import Json, map_texts
from slyflow.report.line import Part
from slyflow.running.connect import Connection
from slyflow.running.drive import Drive
from slyflow.running.graphless import missing_graph
from slyflow.running.invalid import InvalidPipeline
from slyflow.running.locked import Ready, forbids
from slyflow.running.operator import Operator
from slyflow.running.world import Audience, World
from slyflow.settings import Settings

# 256 bits: the markers of a run's sessions must not be guessable.
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Draft:
    """A run that has a journal without an event, and what steps took in an earlier run of the pipeline.

    Making the one and looking up the other takes as long as twenty requests.
    """

    run_id: str
    journal: Journal
    durations: Mapping[str, float]

    def discard(self) -> None:
        """Leave nothing of it."""
        self.journal.close()
        shutil.rmtree(self.journal.folder, ignore_errors=True)


def draft(pipeline: str, settings: Settings, world: World) -> Draft:
    """Make the journal of a run of a pipeline that is about to begin; StoreError leaves no folder."""
    run_id = _name(utc_now(), world)
    known = durations(settings.home, pipeline)
    return Draft(run_id, _journal(settings.runs / run_id, world.audience.redact), known)


def begin(
    ready: Ready,
    values: Mapping[str, Json],
    connection: Connection,
    settings: Settings,
    world: World,
    operator: Operator,
    drafted: Draft | None,
) -> int:
    """Begin a run of the pipeline with the params' values, drive it, and return its exit code.

    `drafted` is the run where its journal was made already; it is discarded if it cannot begin.
    """
    now = utc_now()
    run_id = drafted.run_id if drafted else _name(now, world)
    try:
        created = first_event(ready, values, connection, settings, world, run_id, now)
    except BaseException:
        if drafted:
            drafted.discard()
        raise
    journal = drafted.journal if drafted else _journal(settings.runs / run_id, world.audience.redact)
    with _with_first(journal, lambda driver: [replace(created, driver=driver)]):
        known = drafted.durations if drafted else None
        drive = Drive(ready.pipeline, ready.dag, connection, settings, world, operator, known)
        return drive.to_its_end(journal, journal.events(), created)


def _name(now: datetime, world: World) -> str:
    return new_run_id(now, Random(world.random(16)))  # noqa: S311 - the run's id is no secret


def begun(folder: Path, events: Callable[[Driver], Sequence[Event]], redact: Callable[[str], str]) -> Journal:
    """Return a new journal that holds the first events; a run that could not even begin leaves no folder.

    `events` is given this process as it holds the run's lock.
    """
    return _with_first(_journal(folder, redact), events)


def _journal(folder: Path, redact: Callable[[str], str]) -> Journal:
    is_ours = not folder.exists()
    try:
        return Journal.create(folder, redact=redact)
    except StoreError:
        if is_ours:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _with_first(journal: Journal, events: Callable[[Driver], Sequence[Event]]) -> Journal:
    try:
        journal.append(events(journal.driver))
    except StoreError:
        journal.close()
        shutil.rmtree(journal.folder, ignore_errors=True)
        raise
    return journal


def first_event(
    ready: Ready,
    values: Mapping[str, Json],
    connection: Connection,
    settings: Settings,
    world: World,
    run_id: str,
    started_at: datetime,
) -> RunCreated:
    """Return the run's first event; UsageError when the instance lacks what the pipeline refers to."""
    missing_graph(connection.instance.version, ready.pipeline)
    _warn_of_secrets(ready, values, world.audience)
    resolved = _resolved(ready, values, connection, world)
    pipeline = ready.pipeline
    if settings.origins["max_sessions"].source == "flag":
        pipeline = replace(pipeline, max_sessions=settings.max_sessions)
    created = run_created(
        pipeline,
        resolved,
        connection.instance,
        source=ready.loaded.source,
        files=ready.loaded.files,
        params=values,
        run_id=run_id,
        secret_hex=world.random(_SECRET_BYTES).hex(),
        started_at=started_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        max_sessions=settings.max_sessions,
        slyflow_version=slyflow.__version__,
    )
    return replace(created, home_instance=connection.running is not None)


def _warn_of_secrets(ready: Ready, values: Mapping[str, Json], audience: Audience) -> None:
    """Say where the value of a secret stands in what the journal is about to keep."""
    for path, text in {ready.pipeline.path: ready.loaded.source, **ready.loaded.files}.items():
        if audience.redact(text) != text:
            told = "holds the value of a secret, and the run's journal keeps the file as it is"
            audience.note(Part("warning: ", "warn"), f"{path} {told}")
    for name, value in values.items():
        if map_texts(value, audience.redact) is not value:
            told = "holds the value of a secret, which the journal does not keep: a resume cannot use it"
            audience.note(Part("warning: ", "warn"), f"the param {name} {told}")


def _resolved(ready: Ready, values: Mapping[str, Json], connection: Connection, world: World) -> Resolved:
    lock = ready.lock
    if lock is not None and any(asked in lock.apps for asked in references(ready.pipeline)):
        same_instance(lock, connection.instance)
    folders = folder_interfaces(ready.pipeline)
    resolved = resolve_references(
        ready.pipeline, connection.instance, values, ready.loaded.files, lock, folders
    )
    problems = ready.loaded.judged(resolved.problems)
    if problems:
        world.audience.problems(problems, ready.loaded)
    if forbids(problems, strict=ready.is_strict):
        raise InvalidPipeline(ready.pipeline.path, problems, ready.loaded)
    return resolved
