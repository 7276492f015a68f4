"""`slyflow stop`: stops a run and its sessions, whether a process drives it or not."""

import argparse
import time
from pathlib import Path

from slyflow.cli import options
from slyflow.cli.context import Context
from slyflow.cli.terminal import Terminal
from slyflow.engine.journal import is_driven
from slyflow.engine.runs import STOP_FILE
from slyflow.errors import StoreError
from slyflow.report.plain import closing_line
from slyflow.running import journaled
from slyflow.settings import Settings

_LOOK_EVERY = 0.1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_run(parser)
    options.add_take_over(parser)
    options.add_settings(parser, "instance", "home", "ca_file", "color")


def call(args: argparse.Namespace, context: Context) -> int:
    settings = context.settings(args)
    return stop(args.run, settings, context, take_over=args.take_over)


def stop(name: str, settings: Settings, context: Context, *, take_over: bool) -> int:
    """Return 0 once no session of the run goes on: an asked-for stop is a success of this command.

    When a signal ends the stopping itself, sessions may go on: the signal's exit code says so.
    """
    run = journaled.find(settings.home, name)
    if run.exit_code is None:
        if is_driven(run.folder):
            context.console.note("asked the process that drives the run to stop it; waiting for its end")
            _ask(run.folder)
            _wait(run.folder)
        run = journaled.read_run(run.folder)
        if run.exit_code is None:
            from slyflow.running.resume import go_on  # the engine, which a run that is over does not need

            terminal = Terminal(context.console, settings, quiet=False, as_json=False)
            reason = "slyflow stop asked for it"
            code = go_on(run, settings, context, terminal, cancel=reason, take_over=take_over)
            is_over = journaled.read_run(run.folder).exit_code is not None
            return 0 if is_over else code
    context.console.line(*closing_line(run.summary))
    return 0


def _ask(folder: Path) -> None:
    try:
        (folder / STOP_FILE).touch(mode=0o600)
    except OSError as error:
        raise StoreError(f"the request to stop cannot be written: {error.strerror}") from error


def _wait(folder: Path) -> None:
    """Wait until the other process has let go of the run: it has stopped the sessions, or it died."""
    while is_driven(folder):
        time.sleep(_LOOK_EVERY)
