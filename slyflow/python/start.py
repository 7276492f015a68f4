"""Runs pipelines from a program: started, run, taken up again, listed."""

import os
import sys
import warnings
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from slyflow.engine.journal import is_driven
from slyflow.engine.runs import all_runs
from slyflow.errors import StoreError, UsageError
from slyflow.model.event import Recorded
from slyflow.python import notebook
from slyflow.python.driver import Driver
from slyflow.python.given import values_of
from slyflow.python.log import Log
from slyflow.python.pipeline import Pipeline, load
from slyflow.python.run import Run, read
from slyflow.python.world import Given, Surroundings, surroundings
from slyflow.report.line import Line
from slyflow.report.plain import PlainReporter
from slyflow.running import journaled
from slyflow.running import run as running
from slyflow.running.operator import Operator
from slyflow.running.resume import go_on
from slyflow.settings import Settings

if TYPE_CHECKING:
    from slyflow.client.instance import Instance

_NOTHING: Mapping[str, str] = MappingProxyType({})


def start(
    pipeline: Pipeline | str | os.PathLike[str],
    params: Mapping[str, object] | None = None,
    *,
    instance: "Instance | str | None" = None,
    home: str | os.PathLike[str] | None = None,
    settings: Given = _NOTHING,
    show: bool | None = None,
) -> Run:
    """Begin a run of a pipeline or its file, and return it while it goes on in a thread of its own.

    Wait for its end, by `wait`, `check` or a `with` block: a program that ends before leaves its runs as
    if it had been killed, and `resume` goes on with them.

    `params` are JSON values; a text is read as `-p` reads it. `instance` is an open one, "embedded",
    "remote" or None, which decides as `slyflow run` does. `home` and `settings`, by the names they have
    in `slyflow.toml`, count more than the environment and that file. `show` True: a live table in a
    notebook, lines on standard output elsewhere; None: in a notebook only. InvalidPipeline for a bad file,
    UsageError for everything else that kept the run from beginning by the caller's doing.
    """
    ready = pipeline if isinstance(pipeline, Pipeline) else load(pipeline)
    values = values_of(ready.params, params or {})
    world = _world(show=show)
    found = world.settings(instance, home, settings)
    opened = None if isinstance(instance, str) else instance

    def work(operator: Operator) -> int:
        return running.run(
            ready.checked, values, found, world, operator, instance=opened, meanwhile=lambda: None
        )

    return _started(work, Log(ready.checked.pipeline), found, world, show=show)


def run(
    pipeline: Pipeline | str | os.PathLike[str],
    params: Mapping[str, object] | None = None,
    *,
    instance: "Instance | str | None" = None,
    home: str | os.PathLike[str] | None = None,
    settings: Given = _NOTHING,
    on_event: Callable[[Recorded], object] | None = None,
    show: bool | None = None,
) -> Run:
    """Run a pipeline or its file to its end, and return the run: its exit code says how it went.

    `on_event` is called here with every event. What it raises, or Ctrl-C, does what Ctrl-C does to
    `slyflow run`: the run is left and can be resumed, then it is raised. All else is as in `start`.
    """
    begun = start(pipeline, params, instance=instance, home=home, settings=settings, show=show)
    return _to_its_end(begun, on_event)


def resume(
    run: Run | str = "last",
    *,
    instance: "Instance | str | None" = None,
    home: str | os.PathLike[str] | None = None,
    settings: Given = _NOTHING,
    on_event: Callable[[Recorded], object] | None = None,
    show: bool | None = None,
    wait: bool = True,
    take_over: bool = False,
) -> Run:
    """Go on with a run that is not over, given as such or by its id, and return it.

    One that is over is returned as it is. With `wait` False it goes on in a thread of its own. Locked
    when a process drives the run, or one of another machine has not let go of it: `take_over` says that
    it certainly drives the run no more. UsageError when there is no such run, or it is on another
    instance. All else is as in `run`.
    """
    if on_event is not None and not wait:
        raise UsageError("on_event is called while the run is waited for", hint="iterate over the run")
    world = _world(show=show)
    if isinstance(run, Run) and home is None:
        home = run.folder.parent.parent
    found = world.settings(instance, home, settings)
    known = journaled.find(found.home, run.id if isinstance(run, Run) else run)
    if known.exit_code is not None:
        return read(known)
    opened = None if isinstance(instance, str) else instance

    def work(operator: Operator) -> int:
        return go_on(known, found, world, operator, instance=opened, take_over=take_over)

    begun = _started(work, Log(known.pipeline), found, world, show=show)
    return _to_its_end(begun, on_event) if wait else begun


def runs(home: str | os.PathLike[str] | None = None) -> list[Run]:
    """Return the runs of a home as their journals tell them now, the newest first.

    A damaged journal is a warning, and hides no other.
    """
    found: list[Run] = []
    for folder in all_runs(_world(show=False).settings(None, home, _NOTHING).home):
        try:
            found.append(read(journaled.read_run(folder)))
        except StoreError as error:
            if not is_driven(folder):  # else it is being created at this moment
                warnings.warn(error.message, stacklevel=2)
    # An id has the second of its beginning only.
    return sorted(found, key=lambda run: run.summary.started_at, reverse=True)


def _world(*, show: bool | None) -> Surroundings:
    """Return the surroundings; lines are written where they are asked for, and no table can be shown."""
    return surroundings(_write if show and notebook.cell() is None else None)


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _started(
    work: Callable[[Operator], int], log: Log, settings: Settings, world: Surroundings, *, show: bool | None
) -> Run:
    def tell(line: Line) -> None:
        world.audience.note(*line)

    listener = world.audience
    driver = Driver(log, PlainReporter(tell, log.pipeline) if listener.is_heard else None)
    driver.start(work)
    begun = Run(log, settings.runs, driver=driver, problems=listener.told, redact=listener.redact)
    if show is not False and notebook.cell() is not None:
        begun.show()
    return begun


def _to_its_end(run: Run, on_event: Callable[[Recorded], object] | None) -> Run:
    with run:
        for recorded in run:
            if on_event is not None:
                on_event(recorded)
    return run
