"""Whoever has a run driven: watches its events, may interrupt it, and learns how it was left."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Literal, Protocol

from slyflow.model.event import Recorded, Reporter

if TYPE_CHECKING:
    from slyflow.engine.executor import Executor
    from slyflow.model.pipeline import Pipeline
    from slyflow.report.summary import Summary


Wish = Literal["interrupt", "cancel"]


class Watcher(Reporter, Protocol):
    """A reporter that can be told what happened before it began to watch."""

    def recall(self, recorded: Iterable[Recorded]) -> None:
        """Take note of earlier events without saying anything of them."""


class Operator(Protocol):
    """One for each time that a run is driven."""

    def watching(self, pipeline: "Pipeline") -> AbstractContextManager[Watcher]:
        """Give the watcher of the run, open while it is driven."""

    def attend(self, executor: "Executor", wish: Wish) -> int:
        """Run the executor and return the exit code; `wish` is what whoever interrupts it requests."""

    def conclude(self, summary: "Summary", code: int, *, sessions_go_on: bool) -> None:
        """Learn how the run was left: `code` is this process's, the run itself may be not over.

        `sessions_go_on`: it is not over, and its sessions run without this process.
        """
