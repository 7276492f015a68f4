"""`slyflow resume`: goes on with a run from its journal, without doing again what succeeded."""

import argparse

import slyflow
from slyflow.cli import journaled, options
from slyflow.cli.connect import connect_again
from slyflow.cli.context import Context
from slyflow.cli.drive import Drive
from slyflow.cli.journaled import Journaled
from slyflow.cli.secrets import read_secrets
from slyflow.cli.settings import Settings
from slyflow.engine.journal import Journal
from slyflow.engine.runs import STOP_FILE
from slyflow.errors import StoreError
from slyflow.graph.resolve import resolve
from slyflow.model.event import RunResumed
from slyflow.report.document import run_document
from slyflow.report.plain import closing_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_run(parser)
    options.add_json(parser)
    parser.add_argument("--quiet", action="store_true", help="say nothing while it goes well")
    options.add_settings(
        parser,
        "instance",
        "home",
        "slots",
        "on_interrupt",
        "poll_interval",
        "launch_window",
        "unreachable_after",
        "ca_file",
        "color",
    )


def call(args: argparse.Namespace, context: Context) -> int:
    settings = context.settings(args)
    return resume(args.run, settings, context, quiet=args.quiet, as_json=args.json)


def resume(name: str, settings: Settings, context: Context, *, quiet: bool, as_json: bool) -> int:
    """Go on with the run and return its exit code; of a run that is over, say so and return that."""
    run = journaled.find(settings.home, name)
    summary = run.summary
    if summary.exit_code is not None:
        context.console.note(f"the run {summary.run} is over: ", *closing_line(summary))
        if as_json:
            context.console.json(run_document(summary))
        return summary.exit_code
    return go_on(run, settings, context, quiet=quiet, as_json=as_json)


def go_on(
    run: Journaled,
    settings: Settings,
    context: Context,
    *,
    quiet: bool,
    as_json: bool,
    cancel: str | None = None,
) -> int:
    """Drive a run that is not over; with `cancel`, the reason, cancel it. Locked when a process does."""
    pipeline = run.pipeline
    dag = resolve(pipeline).dag if pipeline is not None else None
    if pipeline is None or dag is None:
        raise StoreError(
            f"this version ({slyflow.__version__}) cannot read the pipeline of {run.created.run_id}",
            hint=f"resume it with slyflow {run.created.slyflow_version}",
        )
    read_secrets(pipeline, context)
    with Journal.open(run.folder, redact=context.console.redact) as journal:
        (run.folder / STOP_FILE).unlink(missing_ok=True)
        created = run.created
        with connect_again(
            created.instance_url, settings, context, is_embedded=created.home_instance
        ) as connection:
            instance = connection.instance
            user = instance.catalog.user()
            journal.append([RunResumed(slyflow.__version__, instance.url, user)])
            drive = Drive(pipeline, dag, connection, settings, context, quiet=quiet, as_json=as_json)
            return drive.to_its_end(journal, created, cancel=cancel)
