"""`slyflow settings`: every setting, its value and where it came from."""

import argparse

from slyflow.cli import options
from slyflow.cli.console import Console
from slyflow.cli.context import Context
from slyflow.report.line import Part, columns
from slyflow.settings import SETTINGS, Settings, unknown_variables


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_settings(parser, *SETTINGS)
    options.add_json(parser)


def call(args: argparse.Namespace, context: Context) -> int:
    settings = context.settings(args)
    for sentence in unknown_variables(context.environ):
        context.console.note(Part("warning: ", "warn"), sentence)
    return show_settings(settings, context.console, as_json=args.json)


def show_settings(settings: Settings, console: Console, *, as_json: bool) -> int:
    """Print the settings as a table or as a JSON object by name."""
    if as_json:
        console.json(
            {
                name: {
                    "value": settings.texts[name],
                    "source": settings.origins[name].source,
                    "place": settings.origins[name].place,
                    "variable": SETTINGS[name].variable,
                    "help": SETTINGS[name].help,
                }
                for name in sorted(SETTINGS)
            }
        )
    else:
        console.lines(
            columns(
                [
                    (Part(name, "strong"), settings.texts[name], Part(settings.origins[name].place, "dim"))
                    for name in sorted(SETTINGS)
                ]
            )
        )
    return 0
