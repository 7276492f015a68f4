"""`slyflow plan`: what a pipeline would do, wave by wave, without doing it."""

import argparse

from slyflow.cli import options
from slyflow.cli.checked import checked
from slyflow.cli.context import Context
from slyflow.report.outline import outline


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_pipeline(parser)
    options.add_settings(parser, "color")


def call(args: argparse.Namespace, context: Context) -> int:
    context.settings(args)
    return plan(args.file, context)


def plan(file: str, context: Context) -> int:
    """Print the pipeline's params, its steps in waves, and its outputs."""
    ready = checked(file, context)
    context.console.lines(outline(ready.pipeline, ready.dag))
    return 0
