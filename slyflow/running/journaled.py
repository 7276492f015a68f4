"""Runs read back from their journals: what a run said it would do, and how far it got."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from slyflow.engine.journal import read
from slyflow.engine.runs import find_run
from slyflow.errors import StoreError
from slyflow.model.event import Recorded, RunClosed, RunCreated, RunResumed
from slyflow.model.pipeline import Pipeline
from slyflow.report.summary import Summary, summarize
from slyflow.syntax.load import load_source


@dataclass(frozen=True, slots=True)
class Journaled:
    """A run as its journal tells it; `pipeline` is None when this version cannot read its file."""

    folder: Path
    created: RunCreated
    events: Sequence[Recorded]
    pipeline: Pipeline | None

    @property
    def summary(self) -> Summary:
        return summarize(self.events, self.pipeline)

    @property
    def exit_code(self) -> int | None:
        """The run's, None while it is not over; a long journal tells it sooner than a summary does."""
        ends = (entry.event for entry in reversed(self.events))
        last = next((event for event in ends if isinstance(event, RunClosed | RunResumed)), None)
        return last.exit_code if isinstance(last, RunClosed) else None


def read_run(folder: Path) -> Journaled:
    """Return the run in this folder; StoreError when its journal cannot be read or says nothing."""
    events = read(folder)
    if not events or not isinstance(events[0].event, RunCreated):
        raise StoreError(
            f"the journal in {folder} does not say what was to be run",
            hint="if the run is starting at this moment, try again; else see slyflow recover",
        )
    created = events[0].event
    loaded = load_source(created.source, created.path, created.files)
    return Journaled(folder, created, events, loaded.pipeline)


def find(home: Path, name: str) -> Journaled:
    """Return the run of this id, its beginning or end, or the `last` one; UsageError when there is none."""
    return read_run(find_run(home, name))
