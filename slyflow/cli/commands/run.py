"""`slyflow run`: runs a pipeline to its end."""

import argparse
from collections.abc import Mapping

from slyflow.cli import options
from slyflow.cli.checked import checked
from slyflow.cli.context import Context
from slyflow.cli.terminal import Terminal
from slyflow.running import run as running
from slyflow.running.locked import Ready
from slyflow.settings import Settings
from slyflow.syntax.params import bind


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_pipeline(parser)
    options.add_params(parser)
    parser.add_argument("--strict", action="store_true", help="take warnings as errors")
    options.add_driving(parser, "max_sessions")


def call(args: argparse.Namespace, context: Context) -> int:
    settings = context.settings(args)
    params = options.read_params(args.param)
    ready = checked(args.file, context, strict=args.strict)
    return run(ready, params, settings, context, quiet=args.quiet, as_json=args.json)


def run(
    ready: Ready,
    params: Mapping[str, str],
    settings: Settings,
    context: Context,
    *,
    quiet: bool,
    as_json: bool,
) -> int:
    """Run the pipeline and return its exit code; nothing is launched while anything is wrong."""
    values = bind(ready.pipeline.params, params)
    terminal = Terminal(context.console, settings, quiet=quiet, as_json=as_json)
    return running.run(ready, values, settings, context, terminal, meanwhile=_import_the_rest)


def _import_the_rest() -> None:
    """Import what running takes, which takes as long as an embedded instance's start."""
    import slyflow.cli.signals
    import slyflow.cli.watching
    import slyflow.client.instance
    import slyflow.client.near
    import slyflow.running.begin  # noqa: F401 - as above
