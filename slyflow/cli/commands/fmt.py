"""`slyflow fmt`: brings pipeline files into their canonical form, unless they are no sound YAML."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from difflib import unified_diff

from slyflow.cli import options
from slyflow.cli.console import Console
from slyflow.cli.context import Context
from slyflow.cli.writing import rewrite
from slyflow.errors import UsageError
from slyflow.problem import Problem
from slyflow.report.line import Part, Style
from slyflow.report.problems import render
from slyflow.syntax.builder import NORMAL
from slyflow.syntax.formatting import format_source
from slyflow.syntax.load import read_source, source_of
from slyflow.syntax.source import Source
from slyflow.text import plural

STDIN = "-"
DIFFERS = 1
_STYLES: tuple[tuple[str, Style], ...] = (("+++", "strong"), ("---", "strong"), ("+", "good"), ("-", "bad"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", metavar="FILE", nargs="+", help="pipeline file, or - from standard input to standard output"
    )
    parser.add_argument("--check", action="store_true", help="only say which files would change")
    parser.add_argument("--diff", action="store_true", help="only show what would change")
    options.add_settings(parser, "color")


def call(args: argparse.Namespace, context: Context) -> int:
    context.settings(args)
    work = _Work(context.console, check=args.check, diff=args.diff)
    for name in dict.fromkeys(args.files):
        work.file(name)
    return work.ended()


class _Work:
    """What one call has done so far."""

    def __init__(self, console: Console, *, check: bool, diff: bool) -> None:
        self._console = console
        self._check = check
        self._diff = diff
        self._changed = 0
        self._same = 0
        self._refused = 0
        self._is_quiet = False

    def file(self, name: str) -> None:
        """Format one file, or tell why not."""
        if name == STDIN:
            source, problems = source_of(sys.stdin.buffer.read(NORMAL.size + 1), "<stdin>")
        else:
            source, problems = read_source(name)
        if source is None or problems:
            self._refuse(problems, source)
            return
        formatted = format_source(source)
        if formatted.text is None:
            self._refuse(formatted.problems, source)
            return
        is_same = formatted.text == source.text
        self._same += is_same
        self._changed += not is_same
        if name == STDIN and not (self._check or self._diff):
            self._is_quiet = True
            self._console.verbatim(formatted.text)
        elif not is_same:
            self._change(name, source, formatted.text)

    def _change(self, name: str, source: Source, text: str) -> None:
        if self._diff:
            for line in _difference(source, text):
                self._console.line(line)
        if not (self._check or self._diff):
            rewrite(name, text)
            self._console.line(f"formatted {name}")
        elif self._check:
            self._console.line(f"{source.file} is not in its canonical form")

    def _refuse(self, problems: Sequence[Problem], source: Source | None) -> None:
        self._refused += 1
        stream = self._console.err
        sources = {source.file: source.text} if source is not None else {}
        self._console.rendered(render(problems, sources, color=self._console.has_color(stream)), stream)

    def ended(self) -> int:
        """Print what was done, unless standard output is a file's; return the exit code."""
        would = "would be formatted" if self._check or self._diff else "formatted"
        told = [f"{plural(self._changed, 'file')} {would}", f"{self._same} as they should be"]
        if self._refused:
            told.append(f"{self._refused} left alone")
        if not self._is_quiet:
            self._console.note(", ".join(told))
        if self._refused:
            return UsageError.exit_code
        return DIFFERS if self._changed and (self._check or self._diff) else 0


def _difference(source: Source, text: str) -> Iterator[Part]:
    before, after = source.text.splitlines(), text.splitlines()
    for line in unified_diff(before, after, source.file, source.file, lineterm=""):
        style: Style | None = next((style for sign, style in _STYLES if line.startswith(sign)), None)
        yield Part(line, style) if style else Part(line)
