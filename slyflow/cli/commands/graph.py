"""`slyflow graph`: the steps of a pipeline as a picture, or a page."""

import argparse
from typing import Literal, get_args

from slyflow.catalog.lock import asked_for
from slyflow.cli import options
from slyflow.cli.checked import checked
from slyflow.cli.context import Context
from slyflow.graph.draw import Form, draw
from slyflow.model.pipeline import AppAction
from slyflow.running.locked import Ready

AnyForm = Form | Literal["html"]
FORMS = (*get_args(Form), "html")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_pipeline(parser)
    parser.add_argument("--format", choices=FORMS, default="text", help="what to draw (text)")
    options.add_settings(parser, "color")


def call(args: argparse.Namespace, context: Context) -> int:
    context.settings(args)
    return graph(args.file, context, form=args.format)


def graph(file: str, context: Context, *, form: AnyForm) -> int:
    """Print the picture, or the page, on standard output."""
    ready = checked(file, context)
    names = _names(ready)
    if form == "html":
        from slyflow.report.page import graph_page  # only who wants a page pays for it

        context.console.text(graph_page(ready.pipeline, ready.dag, names))
    else:
        context.console.text(draw(ready.pipeline, ready.dag, form, names))
    return 0


def _names(ready: Ready) -> dict[str, str]:
    """Return the names of the apps that are locked, by step."""
    apps = ready.lock.apps if ready.lock is not None else {}
    names: dict[str, str] = {}
    for name, step in ready.pipeline.all_steps.items():
        asked = asked_for(step.action.app) if isinstance(step.action, AppAction) else None
        if asked is not None and asked in apps:
            names[name] = apps[asked].name
    return names
