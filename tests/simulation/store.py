"""A run's journal in memory: what is committed survives a crash, encoded; what is not is lost."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from random import Random

from slyflow.engine.codec import decode, encode
from slyflow.engine.redaction import without_secrets
from slyflow.errors import Locked, StoreError
from slyflow.model.event import Event, Recorded
from tests.simulation.crash import CrashPlan


class Store:
    """The file of a journal: its rows as text, and which process holds the lock, 0 for none."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, str, float, str, str]] = []
        self.holder = 0
        self._decoded: list[Recorded] = []

    def recorded(self) -> tuple[Recorded, ...]:
        """Read everything back; a row is decoded once, since it never changes."""
        for number, at, monotonic, kind, data in self.rows[len(self._decoded) :]:
            self._decoded.append(Recorded(number, at, decode(kind, data), monotonic))
        return tuple(self._decoded)


class MemoryJournal:
    """The one writer of a store, with the same promises as `engine.journal.Journal`."""

    folder = Path("/nowhere")

    def __init__(
        self,
        store: Store,
        process: int,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        committed: Callable[[Event], None],
        crashes: CrashPlan,
        random: Random,
        disk_full: float,
    ) -> None:
        """Locked when another process holds the store. `committed` is told of every fact."""
        if store.holder:
            raise Locked("another process drives the run")
        store.holder = process
        self._store = store
        self._clock = clock
        self._monotonic = monotonic
        self._committed = committed
        self._crashes = crashes
        self._random = random
        self._disk_full = disk_full

    def events(self) -> tuple[Recorded, ...]:
        return self._store.recorded()

    def append(self, events: Sequence[Event]) -> list[Recorded]:
        """Commit the events in one transaction and return them numbered."""
        self._crashes.point()
        if self._disk_full and self._random.random() < self._disk_full:
            raise StoreError("the disk is full")
        at = self._clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        first = len(self._store.rows) + 1
        now = self._monotonic()
        recorded = [Recorded(first + place, at, event, now) for place, event in enumerate(events)]
        self._store.rows += [
            (entry.number, at, now, *encode(without_secrets(entry.event, str))) for entry in recorded
        ]
        for event in events:
            self._committed(event)
        self._crashes.point()
        return recorded

    def close(self) -> None:
        self._store.holder = 0
