"""`slyflow runs`: the runs of a home, the newest first."""

import argparse

from slyflow.cli import options
from slyflow.cli.console import Console
from slyflow.cli.context import Context
from slyflow.engine.journal import is_driven
from slyflow.engine.runs import all_runs, has_begun
from slyflow.errors import StoreError
from slyflow.report.document import run_row
from slyflow.report.line import Part, columns
from slyflow.report.listing import run_cells
from slyflow.report.summary import Summary
from slyflow.running.journaled import read_run
from slyflow.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_json(parser)
    options.add_settings(parser, "home", "color")


def call(args: argparse.Namespace, context: Context) -> int:
    return runs(context.settings(args), context.console, as_json=args.json)


def runs(settings: Settings, console: Console, *, as_json: bool) -> int:
    """Print one line, or one JSON object, for each run that began; a damaged one hides no other."""
    summaries: list[Summary] = []
    damaged = 0
    for folder in filter(has_begun, reversed(all_runs(settings.home))):
        try:
            summaries.append(read_run(folder).summary)
        except StoreError as error:
            if not is_driven(folder):  # else it is being created at this moment
                console.error(error)
                damaged += 1
    if as_json:
        console.json([run_row(summary) for summary in summaries])
    elif summaries:
        console.lines(columns([run_cells(summary) for summary in summaries]))
    else:
        console.note(Part("no runs", "dim"), f" in {settings.home}")
    return StoreError.exit_code if damaged else 0
