"""`slyflow explain`: what a code of a problem means, with a file that shows it, and what to do."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from slyflow.cli import options
from slyflow.cli.context import Context
from slyflow.code import Code, codes, find
from slyflow.errors import UsageError
from slyflow.report.line import Line, Part, columns
from slyflow.text import did_you_mean

if TYPE_CHECKING:
    import argparse

    from slyflow.report.explanation import Example


def add_arguments(parser: "argparse.ArgumentParser") -> None:
    parser.add_argument("code", metavar="CODE", nargs="?", help="code of a problem, or the word beside it")
    options.add_settings(parser, "color")


def call(args: "argparse.Namespace", context: Context) -> int:
    context.settings(args)
    if args.code is None:
        context.console.lines(columns([(one.id, one.slug, one.severity, one.title) for one in codes()]))
        return 0
    found = find(args.code)
    if found is None:
        known = [word for one in codes() for word in (one.id, one.slug)]
        near = did_you_mean(args.code, known)
        raise UsageError(f'there is no code "{args.code}"{near}', hint="see `slyflow explain`")
    context.console.lines(list(_lines(found)))
    return 0


def _lines(found: Code) -> Iterator[Line]:
    from slyflow.report.explanation import explanations

    text = explanations()[found.slug]
    yield [Part(f"{found.id} {found.slug}", "strong"), f": {found.title} ({found.severity})"]
    for paragraph in (text.cause, None, text.remedy):
        if paragraph is not None:
            yield [""]
            yield from ([line] for line in paragraph.split("\n"))
        elif text.example is not None:
            yield [""]
            yield from _marked(text.example)


def _marked(example: "Example") -> Iterator[Line]:
    """Yield the example's lines with their numbers, and a caret below its place."""
    for number, line in enumerate(example.text.removesuffix("\n").split("\n"), 1):
        yield [Part(f"{number:4} | ", "dim"), line]
        if number == example.line:
            yield [Part("     | ", "dim"), " " * (example.column - 1), Part("^", "bad")]
