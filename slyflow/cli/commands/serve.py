"""`slyflow serve`: the embedded instance in the foreground, until it is interrupted."""

import argparse
import os
from collections.abc import Mapping

from slyflow.cli import options
from slyflow.cli.console import Console
from slyflow.cli.context import Context
from slyflow.instance.home import Address, Home
from slyflow.report.line import Part
from slyflow.running.home import open_home
from slyflow.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_settings(parser, "port", "home", "slots", "color")


def call(args: argparse.Namespace, context: Context) -> int:
    return serve_here(context.settings(args), context.console, context.environ)


def serve_here(settings: Settings, console: Console, environ: Mapping[str, str]) -> int:
    """Serve until SIGINT or SIGTERM, then stop all sessions; return 0."""
    from slyflow.instance.server import serve  # its help, and a completion, need no server

    open_home(settings.home)

    def tell(address: Address) -> None:
        console.hide(address.token.reveal())
        console.line(Part("serving ", "dim"), Part(address.url, "strong"))
        console.line(Part("token   ", "dim"), f"in {Home(settings.embedded).address}")
        console.line(Part("stop    ", "dim"), "with Ctrl-C")

    slots = settings.slots or os.cpu_count() or 1
    serve(settings.embedded, port=settings.port, slots=slots, ready=tell, inherited=environ)
    return 0
