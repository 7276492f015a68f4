"""The events of one run as they come, for any number of threads that follow them."""

import threading
from collections.abc import Iterable, Iterator

from slyflow.model.event import Recorded
from slyflow.model.pipeline import Pipeline
from slyflow.report.summary import Fold, Summary


class Log:
    """Grows in one thread until it is closed; whoever follows it is told every event from the first.

    `pipeline` None: this version cannot read its file.
    """

    def __init__(self, pipeline: Pipeline | None, events: Iterable[Recorded] = ()) -> None:
        self.pipeline = pipeline
        self._changed = threading.Condition()
        self._events: list[Recorded] = []
        self._fold = Fold(pipeline)
        self._is_closed = False
        for recorded in events:
            self.add(recorded)

    def add(self, recorded: Recorded) -> None:
        """Take the next event."""
        with self._changed:
            self._events.append(recorded)
            self._fold.add(recorded)
            self._changed.notify_all()

    def close(self) -> None:
        """No further event will come."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    @property
    def is_closed(self) -> bool:
        return self._is_closed

    def __len__(self) -> int:
        return len(self._events)

    @property
    def events(self) -> tuple[Recorded, ...]:
        """Everything so far."""
        with self._changed:
            return tuple(self._events)

    @property
    def summary(self) -> Summary:
        """The run as it stands; its first event must have come."""
        with self._changed:
            return self._fold.summary

    def follow(self) -> Iterator[Recorded]:
        """Yield every event from the first; the next ones are waited for until the log is closed."""
        told = 0
        while fresh := self._after(told):
            yield from fresh
            told += len(fresh)

    def wait_for_end(self, timeout: float | None = None) -> bool:
        """Wait until the log is closed, at most `timeout` seconds; say whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: self._is_closed, timeout)

    def _after(self, told: int) -> list[Recorded]:
        with self._changed:
            self._changed.wait_for(lambda: len(self._events) > told or self._is_closed)
            return self._events[told:]
