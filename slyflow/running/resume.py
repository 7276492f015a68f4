"""A run taken up again from its journal, on the instance where it began."""

import slyflow
from slyflow.engine.journal import Journal
from slyflow.engine.runs import STOP_FILE
from slyflow.errors import StoreError
from slyflow.graph.resolve import resolve
from slyflow.model.event import RunResumed
from slyflow.running.connect import connect_again
from slyflow.running.drive import Drive
from slyflow.running.journaled import Journaled
from slyflow.running.operator import Operator
from slyflow.running.secrets import read_secrets
from slyflow.running.world import World
from slyflow.settings import Settings


def go_on(
    run: Journaled, settings: Settings, world: World, operator: Operator, *, cancel: str | None = None
) -> int:
    """Drive a run that is not over, and return the exit code; with `cancel`, the reason, cancel it.

    Locked when another process drives it; StoreError when this version cannot read its pipeline.
    """
    pipeline = run.pipeline
    dag = resolve(pipeline).dag if pipeline is not None else None
    if pipeline is None or dag is None:
        raise StoreError(
            f"this version ({slyflow.__version__}) cannot read the pipeline of {run.created.run_id}",
            hint=f"resume it with slyflow {run.created.slyflow_version}",
        )
    read_secrets(pipeline, world)
    with Journal.open(run.folder, redact=world.audience.redact) as journal:
        (run.folder / STOP_FILE).unlink(missing_ok=True)
        created = run.created
        with connect_again(
            created.instance_url, settings, world, is_embedded=created.home_instance
        ) as connection:
            instance = connection.instance
            user = instance.catalog.user()
            journal.append([RunResumed(slyflow.__version__, instance.url, user)])
            drive = Drive(pipeline, dag, connection, settings, world, operator)
            return drive.to_its_end(journal, created, cancel=cancel)
