"""The command line's grammar: which commands there are, and how their arguments are read."""

import argparse
import importlib
from collections.abc import Mapping, Sequence
from typing import NoReturn, Protocol, cast

from slyflow.cli.context import Context
from slyflow.errors import UsageError
from slyflow.text import did_you_mean

COMMANDS: Mapping[str, str] = {
    "init": "write a first pipeline",
    "run": "run a pipeline",
    "resume": "go on with a run that was interrupted",
    "stop": "stop a run and its sessions",
    "validate": "check pipeline files",
    "plan": "show what a pipeline would do, in order",
    "graph": "draw a pipeline's steps",
    "runs": "list runs",
    "show": "show a run",
    "events": "print everything that a run's journal says",
    "logs": "print the logs of a run's sessions",
    "serve": "run the embedded instance until it is interrupted",
    "apps": "find, show, download and register apps",
    "settings": "show every setting and where it came from",
}


class Command(Protocol):
    """What each module of `slyflow.cli.commands` has."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say what the command takes."""

    def call(self, args: argparse.Namespace, context: Context) -> int:
        """Do it and return the exit code."""


def find(name: str) -> Command:
    """Return the command's module, imported only now: each command pays for its own imports alone."""
    return cast(Command, importlib.import_module(f"slyflow.cli.commands.{name}"))


class _Formatter(argparse.HelpFormatter):
    """Help of one width everywhere; argparse would import shutil just to ask the terminal."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=100)


class HelpAsked(Exception):
    """`--help` was given; its one argument is the text."""


class Parser(argparse.ArgumentParser):
    """Raises HelpAsked and UsageError instead of printing and exiting by itself."""

    command: str | None = None

    def __init__(self, *, prog: str, description: str) -> None:
        super().__init__(prog=prog, description=description, allow_abbrev=False, formatter_class=_Formatter)

    def print_help(self, file: object = None) -> NoReturn:  # noqa: ARG002 - argparse's signature
        raise HelpAsked(self.format_help())

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint=f"see `{self.prog} --help`")

    def parse_known_args(  # type: ignore[override]  # the stub's overloads cannot be repeated in one method
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Let the command add its arguments first, and refuse what it does not know."""
        if self.command is not None:
            find(self.command).add_arguments(self)
        known, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(self._unknown(unknown[0]))
        return known, unknown

    def _unknown(self, word: str) -> str:
        if not word.startswith("-"):
            return f'"{word}" is one argument too many'
        option = word.partition("=")[0]
        return f'unknown option "{option}"{did_you_mean(option, self._option_string_actions)}'


def build() -> Parser:
    """Return the parser of the whole command line."""
    parser = Parser(prog="slyflow", description="Pipelines of Supervisely apps from one YAML file.")
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands", prog="slyflow")
    for name, text in COMMANDS.items():
        described = text[0].upper() + text[1:] + "."
        commands.add_parser(name, help=text, description=described).command = name
    return parser


def check_command(argv: Sequence[str]) -> None:
    """UsageError with a suggestion when the first word is not a command."""
    if argv and not argv[0].startswith("-") and argv[0] not in COMMANDS:
        raise UsageError(
            f'unknown command "{argv[0]}"{did_you_mean(argv[0], COMMANDS)}', hint="see `slyflow --help`"
        )
