"""What running a pipeline is given of the world, and whom it tells what is no event of the run."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Protocol

from slyflow.problem import Problem
from slyflow.report.line import Part
from slyflow.syntax.load import Loaded


class Audience(Protocol):
    """Is told what a person should know, and keeps secrets to itself."""

    def note(self, *parts: str | Part) -> None:
        """Take one line about the work."""

    def problems(self, problems: Iterable[Problem], loaded: Loaded) -> None:
        """Take the problems of a file, warnings among them."""

    def hide(self, *values: str) -> None:
        """Keep these secret values out of everything told from now on."""

    def redact(self, text: str) -> str:
        """Return the text without the secrets known so far."""


class World(Protocol):
    """Environment, working directory, randomness: `random(n)` gives n random bytes."""

    @property
    def audience(self) -> Audience: ...

    @property
    def environ(self) -> Mapping[str, str]: ...

    @property
    def cwd(self) -> Path: ...

    @property
    def random(self) -> Callable[[int], bytes]: ...
