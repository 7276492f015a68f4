"""Lines of sessions' logs as they are printed: coloured by level, led by a name where there are several."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from slyflow.cli.console import Console
from slyflow.model.session import LogLine
from slyflow.report.line import Part, Style

_LEVELS: Mapping[str, Style] = {
    "debug": "dim",
    "trace": "dim",
    "warn": "warn",
    "warning": "warn",
    "error": "bad",
    "fatal": "bad",
}


def print_lines(lines: Sequence[LogLine], console: Console, *, name: str | None = None) -> None:
    """Print lines that came together; of an app's progress only how far it got is news."""
    lead = () if name is None else (Part(f"{name} | ", "dim"),)
    for line, following in zip_longest(lines, lines[1:]):
        if line.progress is None or following is None or following.progress != line.progress:
            style = _LEVELS.get(line.level.lower(), "plain") if line.progress is None else "dim"
            for text in line.message.split("\n"):
                console.line(*lead, Part(text, style))
