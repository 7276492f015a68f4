"""A run's journal on disk, the real one, with the same crash points as the one in memory."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from slyflow.engine.journal import Journal, read
from slyflow.engine.journalfile import FILE
from slyflow.model.event import Event, Recorded
from tests.simulation.crash import CrashPlan


class DurableStore:
    """The folder of a run: what is committed is in its file, and the lock is the file system's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "run1"

    def recorded(self) -> tuple[Recorded, ...]:
        """Read everything back, as other processes may at any time."""
        return read(self.folder) if (self.folder / FILE).is_file() else ()


class DurableJournal:
    """The real journal; `committed` is told of every fact when it is on disk."""

    def __init__(
        self,
        store: DurableStore,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        committed: Callable[[Event], None],
        crashes: CrashPlan,
    ) -> None:
        """Locked when another process has the folder."""
        begin = Journal.open if (store.folder / FILE).is_file() else Journal.create
        self.folder = store.folder
        self._journal = begin(store.folder, redact=str, clock=clock, monotonic=monotonic)
        self._committed = committed
        self._crashes = crashes

    def events(self) -> tuple[Recorded, ...]:
        return self._journal.events()

    def append(self, events: Sequence[Event]) -> list[Recorded]:
        self._crashes.point()
        recorded = self._journal.append(events)
        for event in events:
            self._committed(event)
        self._crashes.point()
        return recorded

    def close(self) -> None:
        """End as a crash does: what is not committed is lost, and the lock is free."""
        self._journal.close()
