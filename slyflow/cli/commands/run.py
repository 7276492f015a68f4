"""`slyflow run`: runs a pipeline to its end."""

import argparse
from collections.abc import Mapping

from slyflow.cli import options
from slyflow.cli.checked import checked
from slyflow.cli.connect import connect
from slyflow.cli.context import Context
from slyflow.cli.home import open_home
from slyflow.cli.secrets import read_secrets
from slyflow.cli.settings import Settings
from slyflow.syntax.params import bind


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_pipeline(parser)
    options.add_params(parser)
    options.add_json(parser)
    parser.add_argument("--quiet", action="store_true", help="say nothing while it goes well")
    options.add_settings(
        parser,
        "instance",
        "home",
        "max_sessions",
        "slots",
        "on_interrupt",
        "poll_interval",
        "launch_window",
        "unreachable_after",
        "ca_file",
        "color",
    )


def call(args: argparse.Namespace, context: Context) -> int:
    settings = context.settings(args)
    params = options.read_params(args.param)
    return run(args.file, params, settings, context, quiet=args.quiet, as_json=args.json)


def run(
    file: str,
    params: Mapping[str, str],
    settings: Settings,
    context: Context,
    *,
    quiet: bool,
    as_json: bool,
) -> int:
    """Run the pipeline and return its exit code; nothing is launched while anything is wrong."""
    ready = checked(file, context.console)
    values = bind(ready.pipeline.params, params)
    read_secrets(ready.pipeline, context)
    open_home(settings.home)
    with connect(settings, context, meanwhile=_import_the_rest) as connection:
        from slyflow.cli.begin import begin

        return begin(ready, values, connection, settings, context, quiet=quiet, as_json=as_json)


def _import_the_rest() -> None:
    """Import the engine and requests, which takes as long as an embedded instance's start."""
    import slyflow.cli.begin
    import slyflow.client.connection  # noqa: F401 - as above
