"""The command line's grammar, on argparse."""

import argparse
from collections.abc import Sequence
from typing import NoReturn

from slyflow.cli.command import COMMANDS, HelpAsked, find
from slyflow.errors import UsageError
from slyflow.text import did_you_mean


class _Formatter(argparse.HelpFormatter):
    """Help of one width everywhere; argparse would import shutil just to ask the terminal."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=100)


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


def read(argv: Sequence[str]) -> argparse.Namespace:
    """Return what a command line says; HelpAsked and UsageError instead, where it says nothing to do."""
    if argv and argv[0] in COMMANDS:
        args = _of_command(argv[0]).parse_args(list(argv[1:]))
        args.command, args.version = argv[0], False
        return args
    grammar = _whole()
    args = grammar.parse_args(list(argv))
    if args.command is None and not args.version:
        grammar.print_help()
    return args


def parser_of(name: str) -> Parser:
    """Return the parser of one command, with all that it declares."""
    parser = _of_command(name)
    find(name).add_arguments(parser)
    return parser


def _of_command(name: str) -> Parser:
    text = COMMANDS[name]
    parser = Parser(prog=f"slyflow {name}", description=text[0].upper() + text[1:] + ".")
    parser.command = name
    return parser


def _whole() -> Parser:
    parser = Parser(prog="slyflow", description="Pipelines of Supervisely apps from one YAML file.")
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands", prog="slyflow")
    for name, text in COMMANDS.items():
        described = text[0].upper() + text[1:] + "."
        commands.add_parser(name, help=text, description=described).command = name
    return parser
