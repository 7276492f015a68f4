"""`slyflow completion`: the script that completes command lines in a shell."""

import argparse
from pathlib import Path
from typing import Literal, get_args

from slyflow.cli.console import Console
from slyflow.cli.context import Context

Shell = Literal["bash", "fish", "zsh"]
_SCRIPTS = Path(__file__).parent.parent / "completing"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", metavar="SHELL", choices=get_args(Shell), help="bash, fish or zsh")


def call(args: argparse.Namespace, context: Context) -> int:
    return completion(args.shell, context.console)


def completion(shell: Shell, console: Console) -> int:
    """Print the script, which says at its top where it belongs, and return 0."""
    console.text((_SCRIPTS / f"slyflow.{shell}").read_text(encoding="utf-8"))
    return 0
