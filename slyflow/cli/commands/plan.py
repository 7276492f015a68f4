"""`slyflow plan`: what a pipeline would do, wave by wave, without doing it."""

import argparse
from pathlib import Path

from slyflow.catalog.folderapp import folder_interfaces
from slyflow.cli import options
from slyflow.cli.checked import checked
from slyflow.cli.context import Context
from slyflow.engine.runs import durations
from slyflow.report.forecast import forecast
from slyflow.report.outline import outline


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_pipeline(parser)
    options.add_json(parser)
    options.add_settings(parser, "home", "color")


def call(args: argparse.Namespace, context: Context) -> int:
    settings = context.settings(args)
    return plan(args.file, settings.home, context, as_json=args.json)


def plan(file: str, home: Path, context: Context, *, as_json: bool) -> int:
    """Print the pipeline's params, its steps in waves, its outputs and its critical path.

    How long steps took is read from earlier runs in `home`, if there are any.
    """
    ready = checked(file, context)
    pipeline = ready.pipeline
    history, folders = durations(home, pipeline.name), folder_interfaces(pipeline)
    seen = forecast(pipeline, ready.dag, ready.lock, history, folders)
    if as_json:
        from slyflow.report.plandocument import plan_document

        context.console.json(plan_document(seen))
    else:
        context.console.lines(outline(seen))
    return 0
