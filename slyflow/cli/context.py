"""What a command is given of the world: console, environment, working directory, randomness."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from slyflow import settings
from slyflow.cli.console import Console
from slyflow.cli.options import given_settings
from slyflow.record import record


@record(frozen=True)
class Context:
    """The world of one command; `random(n)` gives n random bytes."""

    console: Console
    environ: Mapping[str, str]
    cwd: Path
    random: Callable[[int], bytes]

    @property
    def audience(self) -> Console:
        """Who is told of the command's work (`running.world.World`)."""
        return self.console

    def settings(self, args: argparse.Namespace) -> settings.Settings:
        """Return the settings in force, and let the console follow them."""
        found = settings.load(given_settings(args), self.environ, self.cwd)
        self.console.use_color(found.color)
        return found
