"""A run taken up again from its journal, on the instance where it began."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import slyflow
from slyflow.engine.host import lives
from slyflow.engine.journal import Journal
from slyflow.engine.lease import check, holder
from slyflow.engine.runs import STOP_FILE
from slyflow.errors import Locked, StoreError
from slyflow.graph.resolve import resolve
from slyflow.model.event import Event, RunResumed
from slyflow.model.instance import Instance
from slyflow.running.connect import connect_again
from slyflow.running.drive import Drive
from slyflow.running.journaled import Journaled
from slyflow.running.operator import Operator
from slyflow.running.secrets import read_secrets
from slyflow.running.world import World
from slyflow.settings import Settings

if TYPE_CHECKING:
    from slyflow import client


def go_on(
    run: Journaled,
    settings: Settings,
    world: World,
    operator: Operator,
    *,
    instance: "client.Instance | None" = None,
    cancel: str | None = None,
    take_over: bool = False,
    first: Callable[[Instance], Sequence[Event]] = lambda _: (),
) -> int:
    """Drive a run that is not over, and return the exit code; with `cancel`, the reason, cancel it.

    `take_over`: a person said that the process which has not let go of the run does not drive it any more.
    A given `instance` is open, and the one that the run began on. `first` is given the instance, when no
    other process can drive the run any more, and returns facts to begin with; when it raises, the run
    stays as it is. Locked when another process drives it, or may; StoreError when this version cannot
    read its pipeline.
    """
    pipeline = run.pipeline
    dag = resolve(pipeline).dag if pipeline is not None else None
    if pipeline is None or dag is None:
        raise StoreError(
            f"this version ({slyflow.__version__}) cannot read the pipeline of {run.created.run_id}",
            hint=f"resume it with slyflow {run.created.slyflow_version}",
        )
    read_secrets(pipeline, world)
    with _opened(run, world) as journal:
        recorded = journal.events(run.events)
        held_by = holder(recorded)
        if not take_over:
            check(run.created.run_id, held_by, journal.driver, lives)
        (run.folder / STOP_FILE).unlink(missing_ok=True)
        created = run.created
        with connect_again(
            created.instance_url, settings, world, is_embedded=created.home_instance, instance=instance
        ) as connection:
            opened = connection.instance
            user = opened.catalog.user()
            facts = first(opened)
            resumed = RunResumed(
                slyflow.__version__, opened.url, user, journal.driver, held_by if take_over else None
            )
            journal.append([resumed, *facts])
            drive = Drive(pipeline, dag, connection, settings, world, operator)
            return drive.to_its_end(journal, journal.events(recorded), created, cancel=cancel)


def _opened(run: Journaled, world: World) -> Journal:
    """Open the run's journal; the Locked of a second process says who has it, as far as that is told."""
    try:
        return Journal.open(run.folder, redact=world.audience.redact)
    except Locked as error:
        driver = holder(run.events)
        if driver is None:
            raise
        raise Locked(f"{error.message}: {driver}", hint=error.hint) from error
