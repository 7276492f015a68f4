"""`slyflow resolve`: says what became of a launch of unknown outcome, and goes on with its run."""

import argparse

from slyflow.cli import options
from slyflow.cli.context import Context
from slyflow.cli.terminal import Terminal
from slyflow.errors import UsageError
from slyflow.running import journaled
from slyflow.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_run(parser)
    parser.add_argument("step", metavar="STEP", help="the step that failed as launch_unknown")
    parser.add_argument("--adopt", metavar="ID", type=int, help="its session is this one: wait for it")
    parser.add_argument("--relaunch", action="store_true", help="it has no session: launch it again")
    options.add_take_over(parser)
    options.add_driving(parser)


def call(args: argparse.Namespace, context: Context) -> int:
    settings = context.settings(args)
    if (args.adopt is None) is not args.relaunch:
        raise UsageError("say what became of the launch: either --adopt ID or --relaunch")
    return resolve(
        args.run,
        args.step,
        args.adopt,
        settings,
        context,
        quiet=args.quiet,
        as_json=args.json,
        take_over=args.take_over,
    )


def resolve(
    name: str,
    step: str,
    session_id: int | None,
    settings: Settings,
    context: Context,
    *,
    quiet: bool,
    as_json: bool,
    take_over: bool,
) -> int:
    """Settle the launch, drive the run to its end, and return its exit code."""
    from slyflow.running.resolve import resolve_launch  # the engine: its help, and a completion, need none

    run = journaled.find(settings.home, name)
    terminal = Terminal(context.console, settings, quiet=quiet, as_json=as_json)
    return resolve_launch(run, step, session_id, settings, context, terminal, take_over=take_over)
