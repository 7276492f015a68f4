"""The commands there are: their names, what they are for, and their modules."""

import importlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, cast

from slyflow.errors import UsageError
from slyflow.text import did_you_mean

if TYPE_CHECKING:
    import argparse

    from slyflow.cli.context import Context

COMMANDS: Mapping[str, str] = {
    "init": "write a first pipeline",
    "import": "write the pipeline of sessions that were launched by hand",
    "run": "run a pipeline",
    "resume": "go on with a run that was interrupted",
    "resolve": "say what became of a launch of unknown outcome",
    "recover": "rebuild a lost journal from the sessions on the instance",
    "stop": "stop a run and its sessions",
    "validate": "check pipeline files",
    "fmt": "bring pipeline files into their canonical form",
    "explain": "say what a code of a problem means, and what to do",
    "lock": "keep what an instance says of the apps of pipelines",
    "outdated": "show which locked apps have newer releases",
    "upgrade": "take another release of a locked app",
    "schema": "print the JSON Schema of pipelines, for editors",
    "plan": "show what a pipeline would do, in order",
    "graph": "draw a pipeline's steps",
    "runs": "list runs",
    "show": "show a run",
    "events": "print everything that a run's journal says",
    "logs": "print the logs of a run's sessions",
    "serve": "run the embedded instance until it is interrupted",
    "apps": "find, show, download and register apps",
    "session": "start an app once; stop, watch and ask sessions",
    "workflow": "write what sessions used and made into the workflow graph",
    "completion": "print the script that completes command lines in a shell",
    "doctor": "check what runs need, and say what to do",
    "settings": "show every setting and where it came from",
}

# Commands whose name no module can have.
_MODULES: Mapping[str, str] = {"import": "import_"}


class Command(Protocol):
    """What each module of `slyflow.cli.commands` has."""

    def add_arguments(self, parser: "argparse.ArgumentParser") -> None:
        """Say what the command takes."""

    def call(self, args: "argparse.Namespace", context: "Context") -> int:
        """Do it and return the exit code."""


class HelpAsked(Exception):
    """`--help` was given; its one argument is the text."""


def find(name: str) -> Command:
    """Return the command's module, imported only now: each command pays for its own imports alone."""
    module = _MODULES.get(name, name)
    return cast(Command, importlib.import_module(f"slyflow.cli.commands.{module}"))


def check(argv: Sequence[str]) -> None:
    """UsageError with a suggestion when the first word is not a command."""
    if argv and not argv[0].startswith("-") and argv[0] not in COMMANDS:
        raise UsageError(
            f'unknown command "{argv[0]}"{did_you_mean(argv[0], COMMANDS)}', hint="see `slyflow --help`"
        )
