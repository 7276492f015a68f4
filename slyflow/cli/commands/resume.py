"""`slyflow resume`: goes on with a run from its journal, without doing again what succeeded."""

import argparse

from slyflow.cli import options
from slyflow.cli.context import Context
from slyflow.cli.terminal import Terminal
from slyflow.report.document import run_document
from slyflow.report.plain import closing_line
from slyflow.running import journaled
from slyflow.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_run(parser)
    options.add_take_over(parser)
    options.add_driving(parser)


def call(args: argparse.Namespace, context: Context) -> int:
    settings = context.settings(args)
    return resume(args.run, settings, context, quiet=args.quiet, as_json=args.json, take_over=args.take_over)


def resume(
    name: str, settings: Settings, context: Context, *, quiet: bool, as_json: bool, take_over: bool
) -> int:
    """Go on with the run and return its exit code; of a run that is over, say so and return that."""
    run = journaled.find(settings.home, name)
    if run.exit_code is not None:
        summary = run.summary
        context.console.note(f"the run {summary.run} is over: ", *closing_line(summary))
        if as_json:
            context.console.json(run_document(summary))
        return run.exit_code
    from slyflow.running.resume import go_on  # the engine, which a run that is over does not need

    terminal = Terminal(context.console, settings, quiet=quiet, as_json=as_json)
    return go_on(run, settings, context, terminal, take_over=take_over)
