"""`slyflow validate`: everything wrong with pipeline files, without running, fetching or writing anything."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from slyflow.catalog.lockfile import Locks
from slyflow.cli import options
from slyflow.cli.console import Console
from slyflow.cli.context import Context
from slyflow.errors import UsageError
from slyflow.graph.checked import count
from slyflow.problem import Problem, has_errors, in_order, strictly
from slyflow.record import record
from slyflow.report.line import Part
from slyflow.running.linted import linted
from slyflow.running.locked import held
from slyflow.text import plural

if TYPE_CHECKING:
    import argparse

Format = Literal["text", "json", "github", "sarif", "junit"]
FORMATS: tuple[Format, ...] = ("text", "json", "github", "sarif", "junit")


@record(frozen=True)
class How:
    """In which format files are checked, and how strictly; `large` ones may have up to 16 MiB."""

    form: Format
    strict: bool
    pedantic: bool
    large: bool


def add_arguments(parser: "argparse.ArgumentParser") -> None:
    parser.add_argument("files", metavar="FILE", nargs="+", help="pipeline file")
    parser.add_argument("--strict", action="store_true", help="take warnings as errors")
    parser.add_argument("--pedantic", action="store_true", help="tell matters of taste too")
    parser.add_argument("--large", action="store_true", help="allow files of up to 16 MiB")
    parser.add_argument("--format", choices=FORMATS, default="text", help="for people, or for which program")
    options.add_settings(parser, "color")


def call(args: "argparse.Namespace", context: Context) -> int:
    context.settings(args)
    how = How(args.format, args.strict, args.pedantic, args.large)
    return validate(args.files, context, how)


def validate(files: Sequence[str], context: Context, how: How) -> int:
    """Print the problems of all files, sorted, and for people a summary; return 0, or 2 with an error."""
    console, locks, form = context.console, Locks(context.folder), how.form
    found: list[Problem] = []
    names = sorted(set(files))
    for name in names:
        file = linted(held(name, locks, large=how.large), pedantic=how.pedantic)
        problems = strictly(file.problems) if how.strict else file.problems
        # What is wrong with a lock is told once, not for every pipeline that has it.
        problems = [one for one in problems if one.span.file == name or one not in found]
        if form == "text":
            console.problems(problems, file.loaded, stream=console.out)
        found += problems
    bad = has_errors(found)
    if form in ("text", "github"):
        if form == "github":
            _print_document(form, names, in_order(found), console)
        console.line(f"{plural(len(names), 'file')} checked: ", Part(count(found), "bad" if bad else "good"))
    else:
        _print_document(form, names, in_order(found), console)
    return UsageError.exit_code if bad else 0


def _print_document(form: Format, names: Sequence[str], found: Sequence[Problem], console: Console) -> None:
    # Each format is paid for by those who ask for it.
    match form:
        case "json":
            from slyflow.report.problemjson import problems_document

            console.json(problems_document(names, found))
        case "github":
            from slyflow.report.annotation import annotations

            console.orders(annotations(found))
        case "sarif":
            from slyflow.report.sarif import sarif_log

            console.json(sarif_log(found))
        case "junit":
            from slyflow.report.junit import junit_report

            console.rendered(junit_report(names, found), console.out)
        case "text":
            return
