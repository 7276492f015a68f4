"""`slyflow show`: one run, from its journal."""

import argparse

from slyflow.cli import options
from slyflow.cli.console import Console
from slyflow.cli.context import Context
from slyflow.engine.journal import is_driven
from slyflow.report.document import run_document
from slyflow.report.listing import run_lines
from slyflow.running import journaled
from slyflow.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_run(parser)
    options.add_json(parser)
    options.add_settings(parser, "home", "color")


def call(args: argparse.Namespace, context: Context) -> int:
    return show(args.run, context.settings(args), context.console, as_json=args.json)


def show(name: str, settings: Settings, console: Console, *, as_json: bool) -> int:
    """Print the run's steps, outputs and failures; nothing is asked of the instance."""
    run = journaled.find(settings.home, name)
    if as_json:
        console.json(run_document(run.summary))
    else:
        console.lines(run_lines(run.summary, is_driven=is_driven(run.folder)))
    return 0
