"""The lease on a run: who its journal says drives it, and whether another process may.

The lock on the run's folder keeps two processes of one machine apart, and only those that have the same
file. The lease is in the journal, and is copied with it.
"""

from collections.abc import Callable, Iterable

from slyflow.errors import Locked
from slyflow.model.driver import Driver
from slyflow.model.event import Recorded, RunClosed, RunCreated, RunInterrupted, RunResumed


def holder(recorded: Iterable[Recorded]) -> Driver | None:
    """Return the process that took the run up last and did not let go of it, None when there is none."""
    found: Driver | None = None
    for entry in recorded:
        match entry.event:
            case RunCreated() | RunResumed():
                found = entry.event.driver
            case RunInterrupted() | RunClosed():
                found = None
            case _:
                pass
    return found


def was_taken_over(recorded: Iterable[Recorded]) -> bool:
    """Return whether a person ever had the run taken from a process that had not let go of it."""
    return any(
        isinstance(entry.event, RunResumed) and entry.event.taken_from is not None for entry in recorded
    )


def check(run: str, held_by: Driver | None, here: Driver, lives: Callable[[Driver], bool]) -> None:
    """Locked when the run may be driven by a process that this machine's lock says nothing of.

    `here` has the lock of the run's folder.
    """
    if held_by is None:
        return
    if not _is_same_machine(held_by, here):
        raise Locked(
            f"the run {run} is driven by {held_by}, another machine, which has not let go of it",
            hint="resume it there, or add --take-over once it certainly drives the run no more",
        )
    is_copy = held_by.lock != here.lock
    if is_copy and held_by.boot == here.boot and lives(held_by):
        raise Locked(
            f"the run {run} is driven by {held_by}, from the folder that this one is a copy of",
            hint="stop it there, or add --take-over once it certainly drives the run no more",
        )


def _is_same_machine(one: Driver, other: Driver) -> bool:
    """Machines are told apart by their ids; where one has none, by their starts."""
    if one.machine is not None and other.machine is not None:
        return one.machine == other.machine
    return one.boot is not None and one.boot == other.boot
