"""A question to the person at the terminal."""

import sys
from typing import TextIO

from slyflow.cli.console import Console
from slyflow.errors import UsageError


def agreed(question: str, console: Console, *, flag: str, answers: TextIO | None = None) -> bool:
    """Ask, and say whether the answer is yes; UsageError naming the flag where nobody can be asked."""
    answers = sys.stdin if answers is None else answers
    if answers is None or not answers.isatty():
        raise UsageError(f"{question} Nobody is there to be asked", hint=f"{flag} says yes")
    console.note(f"{question} [y/N]")
    return answers.readline().strip().lower() in ("y", "yes")
