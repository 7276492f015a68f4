"""`slyflow init`: writes a first pipeline, from apps or from nothing."""

import argparse
from collections.abc import Sequence

from slyflow.catalog.draft.first import Draft, first_pipeline
from slyflow.catalog.draft.template import template
from slyflow.cli import options
from slyflow.cli.chosen import find_apps
from slyflow.cli.context import Context
from slyflow.cli.drafted import deliver
from slyflow.cli.writing import STDOUT, check_free, modeline
from slyflow.report.line import Part
from slyflow.settings import Settings

_SAID = "Written by slyflow init. Change it as you like; `slyflow validate` says what is wrong with it."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    help_text = "OWNER/APP[@VERSION] or ./FOLDER, in the order in which they run"
    parser.add_argument("apps", metavar="APP", nargs="*", help=help_text)
    options.add_output(parser, default="pipeline.yaml")
    options.add_settings(parser, "instance", "home", "ca_file", "color")


def call(args: argparse.Namespace, context: Context) -> int:
    return init(args.apps, args.output, context.settings(args), context, force=args.force)


def init(apps: Sequence[str], output: str, settings: Settings, context: Context, *, force: bool) -> int:
    """Write the pipeline to the file, `-` is standard output, say what to do next, and return 0."""
    console, path = context.console, context.cwd / output
    folder = context.cwd if output == STDOUT else path.parent
    if output != STDOUT:
        check_free(path, force=force)
    head = (modeline(folder), _SAID)
    if apps:
        draft = first_pipeline(find_apps(apps, folder, settings, context), head)
    else:
        draft = Draft(template(head), {}, ())
    deliver(draft.text, draft.apps, output, context.cwd, console, force=force)
    name, tell = (output, console.line) if output != STDOUT else ("FILE", console.note)
    given = "".join(f" -p {param}=…" for param in draft.params)
    if output != STDOUT:
        tell("wrote ", Part(output, "strong"))
    tell(Part("run it with  ", "dim"), f"slyflow run {name}{given}")
    return 0
