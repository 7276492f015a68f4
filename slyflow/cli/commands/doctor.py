"""`slyflow doctor`: checks what a run needs, says what to do, and measures how far lists of sessions lag."""

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING

from slyflow.cli import options, probing, values
from slyflow.cli.console import Console
from slyflow.cli.context import Context
from slyflow.errors import SlyflowError, UsageError
from slyflow.model.value import Json
from slyflow.report.line import Part, Style
from slyflow.running.finding import Finding, Verdict, exit_code, skipped, wrong

if TYPE_CHECKING:
    from slyflow.settings import Settings

_STYLES: dict[Verdict, Style] = {"ok": "good", "warning": "warn", "wrong": "bad", "skipped": "dim"}
_WIDTH = 15


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--probe", action="store_true", help="also measure how far the instance's lists lag, by launches")
    add("--app", metavar="SLUG", type=options.an_app, help="the app to launch: one that does nothing")
    add("--launches", metavar="N", type=values.a_count, help="how many (3 on the embedded instance, else 5)")
    add("--hold", metavar="TIME", type=values.a_time, help="how long a proxy may hold a request back (60s)")
    add("--yes", action="store_true", help="launch without asking")
    options.add_json(parser)
    options.add_settings(
        parser, "instance", "home", "launch_window", "request_timeout", "slots", "ca_file", "color"
    )


def call(args: argparse.Namespace, context: Context) -> int:
    report = Report(context.console, as_json=args.json)
    try:
        settings = context.settings(args)
    except UsageError as error:
        report.add([wrong("settings", error.message, error.hint, error.exit_code)])
    else:
        _examine(args, settings, context, report)
    report.end()
    return exit_code(report.findings)


class Report:
    """Tells findings as they come, or at the end as one JSON document."""

    def __init__(self, console: Console, *, as_json: bool) -> None:
        self.findings: list[Finding] = []
        self.measured: Json = None
        self._console = console
        self._as_json = as_json

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong so far."""
        return exit_code(self.findings) == 0

    def add(self, findings: Iterable[Finding]) -> None:
        """Take findings, each told before the next check is made."""
        for finding in findings:
            self.findings.append(finding)
            if not self._as_json:
                verdict = Part(f"{finding.verdict:8}", _STYLES[finding.verdict])
                self._console.line(verdict, Part(f"{finding.check:{_WIDTH}}", "strong"), " ", finding.found)
                if finding.todo is not None:
                    self._console.line(" " * (8 + _WIDTH), Part(" to do: ", "dim"), finding.todo)

    def end(self) -> None:
        """Print the document, or how many things are wrong."""
        if self._as_json:
            rows: list[Json] = [
                {"check": one.check, "verdict": one.verdict, "found": one.found, "todo": one.todo}
                for one in self.findings
            ]
            self._console.json(
                {"exit_code": exit_code(self.findings), "checks": rows, "probe": self.measured}
            )


def _examine(args: argparse.Namespace, settings: "Settings", context: Context, report: Report) -> None:
    from slyflow.running import surroundings  # its help, and a completion, need none of it

    report.add(surroundings.check_machine(settings, context.environ))
    finding, credentials = surroundings.check_credentials(settings, context.environ)
    report.add([finding, surroundings.check_proxy(credentials, context.environ)])
    if not report.is_well:
        report.add([skipped("instance", "it is asked when what is wrong above is mended")])
        return
    try:
        _ask(args, settings, context, report)
    except SlyflowError as error:
        report.add([wrong("instance", error.message, error.hint, error.exit_code)])


def _ask(args: argparse.Namespace, settings: "Settings", context: Context, report: Report) -> None:
    from slyflow.running.connect import connect
    from slyflow.running.home import open_home
    from slyflow.running.reach import check_instance

    open_home(settings.home)
    with connect(settings, context) as connection:
        report.add(check_instance(connection.instance))
        if args.probe and report.is_well:
            try:
                measured = probing.probe(args, connection.instance, settings, context)
            except SlyflowError as error:
                report.add([wrong("probe", error.message, error.hint, error.exit_code)])
                return
            report.measured = probing.document(measured)
            report.add(probing.findings(measured, settings, connection.instance))
