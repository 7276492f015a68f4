"""`slyflow stop`: stops a run and its sessions, whether a process drives it or not."""

import argparse
import time
from pathlib import Path

from slyflow.cli import options
from slyflow.cli.context import Context
from slyflow.cli.terminal import Terminal
from slyflow.engine.journal import is_driven
from slyflow.engine.runs import STOP_FILE
from slyflow.errors import NeedsHuman, StoreError
from slyflow.model.pipeline import FailureKind
from slyflow.report.plain import closing_line
from slyflow.report.summary import Summary
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

    When a signal ends the stopping itself, sessions may go on: the signal's exit code says so. Where
    nobody knows whether one does, since it was lost or its launch is in doubt, the run's own exit code.
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
            ended = journaled.read_run(run.folder)
            return code if ended.exit_code is None else _told(ended.summary)
    context.console.line(*closing_line(run.summary))
    return _told(run.summary)


def _told(summary: Summary) -> int:
    """Return 0 when every session of a run that is over is known to have ended."""
    failures = [step.failure.kind for step in summary.steps.values() if step.failure is not None]
    in_doubt = FailureKind.LOST in failures or summary.exit_code == NeedsHuman.exit_code
    return summary.exit_code or 0 if in_doubt else 0


def _ask(folder: Path) -> None:
    try:
        (folder / STOP_FILE).touch(mode=0o600)
    except OSError as error:
        raise StoreError(f"the request to stop cannot be written: {error.strerror}") from error


def _wait(folder: Path) -> None:
    """Wait until the other process has let go of the run: it has stopped the sessions, or it died."""
    while is_driven(folder):
        time.sleep(_LOOK_EVERY)
