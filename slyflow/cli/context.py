"""What a command is given of the world: console, environment, working directory, randomness."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from slyflow import settings
from slyflow.cli.console import Console
from slyflow.cli.options import given_settings
from slyflow.record import record

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


@record(frozen=True)
class Context:
    """The world of one command; `random(n)` gives n random bytes.

    `folder` is the working directory, as text: importing pathlib takes longer than a check takes.
    """

    console: Console
    environ: Mapping[str, str]
    folder: str
    random: Callable[[int], bytes]

    @property
    def audience(self) -> Console:
        """Who is told of the command's work (`running.world.World`)."""
        return self.console

    @property
    def cwd(self) -> "Path":
        """The working directory."""
        from pathlib import Path

        return Path(self.folder)

    def settings(self, args: "argparse.Namespace") -> settings.Settings:
        """Return the settings in force, and let the console follow them."""
        found = settings.load(given_settings(args), self.environ, self.folder)
        self.console.use_color(found.color)
        return found
