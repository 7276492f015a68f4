"""`slyflow logs`: the logs of a run's sessions, as the instance keeps them."""

import argparse
import time
from collections.abc import Sequence

from slyflow.cli import options
from slyflow.cli.console import Console
from slyflow.cli.context import Context
from slyflow.cli.logview import print_lines
from slyflow.client.logtail import Tail
from slyflow.engine.journal import is_driven
from slyflow.errors import NotFound, UsageError
from slyflow.model.instance import Sessions
from slyflow.report.line import Part
from slyflow.report.stepsummary import StepSummary
from slyflow.report.summary import Summary
from slyflow.running import journaled
from slyflow.running.connect import connect_again
from slyflow.running.journaled import Journaled
from slyflow.settings import Settings
from slyflow.text import did_you_mean

_LOOK_EVERY = 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_run(parser)
    parser.add_argument("step", metavar="STEP", nargs="?", help="only this step's session")
    parser.add_argument("--follow", action="store_true", help="print new lines until the step or run ends")
    options.add_settings(parser, "instance", "home", "ca_file", "color")


def call(args: argparse.Namespace, context: Context) -> int:
    return logs(args.run, args.step, context.settings(args), context, follow=args.follow)


def logs(name: str, step: str | None, settings: Settings, context: Context, *, follow: bool) -> int:
    """Print the lines of the step's session, or of all, each line led by its step then; return 0."""
    run = journaled.find(settings.home, name)
    chosen = _chosen(run.summary, step)
    if not follow and not any(one.session for one in chosen):
        context.console.note("no session was launched yet" if step is None else f"{step} has no session")
        return 0
    created = run.created
    if run.pipeline is not None:
        secrets = (context.environ.get(name, "") for name in run.pipeline.secrets)
        context.console.hide(*filter(None, secrets))
    with connect_again(
        created.instance_url, settings, context, is_embedded=created.home_instance
    ) as connection:
        printer = _Printer(connection.instance.sessions, context.console, with_names=step is None)
        printer.print_new(chosen)
        while follow and _goes_on(run, chosen):
            time.sleep(_LOOK_EVERY)
            run = journaled.read_run(run.folder)
            chosen = _chosen(run.summary, step)
            printer.print_new(chosen)
    return 0


def _chosen(summary: Summary, step: str | None) -> Sequence[StepSummary]:
    if step is None:
        return tuple(summary.steps.values())
    if step not in summary.steps:
        raise UsageError(f'the run {summary.run} has no step "{step}"{did_you_mean(step, summary.steps)}')
    return (summary.steps[step],)


def _goes_on(run: Journaled, steps: Sequence[StepSummary]) -> bool:
    return any(step.ended_at is None for step in steps) and is_driven(run.folder)


class _Printer:
    """Prints what the sessions' logs say that was not printed before."""

    def __init__(self, sessions: Sessions, console: Console, *, with_names: bool) -> None:
        self._sessions = sessions
        self._console = console
        self._with_names = with_names
        self._tails: dict[int, Tail] = {}

    def print_new(self, steps: Sequence[StepSummary]) -> None:
        for step in steps:
            if step.session is not None:
                self._print_session(step.id, step.session)

    def _print_session(self, name: str, session: int) -> None:
        try:
            lines = self._sessions.log(session)
        except NotFound:
            self._console.note(Part(f"{name}: ", "strong"), f"session {session} is no longer on the instance")
            return
        new = self._tails.setdefault(session, Tail()).new_in(lines)
        print_lines(new, self._console, name=name if self._with_names else None)
