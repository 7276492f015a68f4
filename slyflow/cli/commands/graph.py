"""`slyflow graph`: the steps of a pipeline as a picture."""

import argparse
from typing import get_args

from slyflow.cli import options
from slyflow.cli.checked import checked
from slyflow.cli.context import Context
from slyflow.graph.draw import Form, draw


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_pipeline(parser)
    parser.add_argument("--format", choices=get_args(Form), default="text", help="what to draw (text)")
    options.add_settings(parser, "color")


def call(args: argparse.Namespace, context: Context) -> int:
    context.settings(args)
    return graph(args.file, context, form=args.format)


def graph(file: str, context: Context, *, form: Form) -> int:
    """Print the picture on standard output."""
    ready = checked(file, context)
    context.console.text(draw(ready.pipeline, ready.dag, form))
    return 0
