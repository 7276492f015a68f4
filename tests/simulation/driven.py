"""The real executor, with what it waits for and performs with taken from a stage."""

from dataclasses import replace
from typing import Self

from slyflow.engine.executor import Executor
from slyflow.model.event import Recorded
from tests.simulation.played import Process
from tests.simulation.stage import Inbox, Pool
from tests.simulation.wire import Wire


class Silent:
    """A reporter."""

    def report(self, recorded: Recorded) -> None:
        """Nobody watches."""


class Driven(Executor):
    """The real executor with a stage's inbox and threads."""

    def on(self, inbox: Inbox, pool: Pool, process: Process) -> Self:
        """Wait at this inbox, and perform in this pool."""
        self._inbox = inbox  # type: ignore[assignment]  # it waits in virtual time
        self._pool, self._process = pool, process
        return self

    def drive(self) -> int:
        """Drive the run to its end, or on from where something raised out of a wait."""
        return self._loop(self._pool)  # type: ignore[arg-type]  # it takes virtual time

    @property
    def wire(self) -> Wire:
        """The process's way to the instance."""
        return self._process.wire

    def process(self, end: float) -> Process:
        """Return what the process was, ended at this time."""
        return replace(self._process, end=end)
