"""How long ago the events of a run were, told by monotonic clocks alone: no wall clock is believed."""

from collections.abc import Iterator, Sequence

from slyflow.model.event import Recorded, RunCreated, RunResumed


def ages(recorded: Sequence[Recorded], now: float) -> list[float]:
    """Return each event's age in seconds; `now` is on the clock of the process that recorded the last one.

    Between two processes time is counted when both ran since the same start of one machine, whose clock
    goes on between them. Otherwise, and in journals that keep no clock, it stands still: an event looks
    younger than it is, never older.
    """
    if not recorded:
        return []
    times = list(_times(recorded))
    last = recorded[-1].clock
    end = times[-1] + (0.0 if last is None else max(0.0, now - last))
    return [end - time for time in times]


def _times(recorded: Sequence[Recorded]) -> Iterator[float]:
    """Yield when each event was, on one clock that begins with the first."""
    time, clock, boot = 0.0, None, None
    for entry in recorded:
        if isinstance(entry.event, RunCreated | RunResumed):
            driver = entry.event.driver
            told = driver.boot if driver is not None else None
            if told is None or told != boot:
                clock = None
            boot = told
        if clock is not None and entry.clock is not None:
            time += max(0.0, entry.clock - clock)
        clock = entry.clock
        yield time
