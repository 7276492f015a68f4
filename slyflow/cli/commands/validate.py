"""`slyflow validate`: everything wrong with pipeline files, without running, fetching or writing anything."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from slyflow.cli import options
from slyflow.cli.console import Console
from slyflow.cli.context import Context
from slyflow.errors import UsageError
from slyflow.graph.checked import count, problems_of
from slyflow.problem import Problem, has_errors
from slyflow.report.line import Part
from slyflow.text import plural

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: "argparse.ArgumentParser") -> None:
    parser.add_argument("files", metavar="FILE", nargs="+", help="pipeline file")
    parser.add_argument("--strict", action="store_true", help="take warnings as errors")
    parser.add_argument("--large", action="store_true", help="allow files of up to 16 MiB")
    options.add_settings(parser, "color")


def call(args: "argparse.Namespace", context: Context) -> int:
    context.settings(args)
    return validate(args.files, context.console, strict=args.strict, large=args.large)


def validate(files: Sequence[str], console: Console, *, strict: bool, large: bool) -> int:
    """Print the problems of all files, sorted, and a summary; return 0, or 2 when there is an error."""
    found: list[Problem] = []
    unreadable = 0
    names = sorted(set(files))
    for name in names:
        try:
            loaded, _, problems = problems_of(name, large=large)
        except UsageError as error:
            console.error(error)
            unreadable += 1
            continue
        console.problems(problems, loaded, stream=console.out)
        found += problems
    bad = unreadable > 0 or has_errors(found) or (strict and bool(found))
    told = count(found) if found or not unreadable else f"{unreadable} could not be read"
    console.line(f"{plural(len(names), 'file')} checked: ", Part(told, "bad" if bad else "good"))
    return UsageError.exit_code if bad else 0
