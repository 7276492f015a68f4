"""The world of a program that runs pipelines: its environment, and an audience that says nothing."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from slyflow.errors import UsageError
from slyflow.problem import Problem
from slyflow.report.line import Part, draw
from slyflow.secret import Redactor, Secret
from slyflow.settings import SETTINGS, Settings, load
from slyflow.syntax.load import Loaded
from slyflow.text import did_you_mean

if TYPE_CHECKING:
    from slyflow.client.instance import Instance

Given = Mapping[str, str | int | float]
"""Settings by name, as in `slyflow.toml`."""


class Listener:
    """Keeps what it is told; `write`, if any, is given each line."""

    def __init__(self, write: Callable[[str], None] | None = None) -> None:
        self._write = write
        self._redactor = Redactor()
        self._problems: list[Problem] = []

    def note(self, *parts: str | Part) -> None:
        """Write the line, if anybody wants it."""
        if self._write is not None:
            self._write(self.redact(draw(parts, color=False)))

    def problems(self, problems: Iterable[Problem], loaded: Loaded) -> None:
        """Keep the problems: `told` has them."""
        del loaded  # errors among them are raised together with the lines they stand in
        self._problems += problems

    def hide(self, *values: str) -> None:
        """Keep these secret values out of everything written from now on."""
        self._redactor.add(*map(Secret, values))

    def redact(self, text: str) -> str:
        """Return the text without the secrets known so far."""
        return self._redactor(text)

    @property
    def is_heard(self) -> bool:
        """Whether anybody wants lines."""
        return self._write is not None

    @property
    def told(self) -> tuple[Problem, ...]:
        """The problems so far."""
        return tuple(self._problems)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What `running` is given of the world (`running.world.World`)."""

    audience: Listener
    environ: Mapping[str, str]
    cwd: Path
    random: Callable[[int], bytes]

    def settings(
        self, instance: "Instance | str | None", home: str | os.PathLike[str] | None, given: Given
    ) -> Settings:
        """Return the settings in force; UsageError for a wrong value and an unknown name."""
        unknown = [name for name in given if name not in SETTINGS]
        if unknown:
            raise UsageError(f'"{unknown[0]}" is not a setting{did_you_mean(unknown[0], SETTINGS)}')
        texts = {name: str(value) for name, value in given.items()}
        if isinstance(instance, str):
            texts["instance"] = instance
        if home is not None:
            texts["home"] = os.fspath(home)
        return load(texts, self.environ, str(self.cwd), known_as=lambda setting: setting.name)


def surroundings(write: Callable[[str], None] | None = None) -> Surroundings:
    """Return this process's surroundings as they are now; `write` is given lines, None says nothing."""
    listener = Listener(write)
    environ = dict(os.environ)
    if environ.get("API_TOKEN"):
        listener.hide(environ["API_TOKEN"])
    return Surroundings(listener, environ, Path.cwd(), os.urandom)
