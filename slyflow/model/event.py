"""Events: past-tense facts of a run, committed to its journal before anything follows from them."""

from collections.abc import Mapping
from typing import Literal, Protocol

from slyflow.model.artifact import Artifact, Output
from slyflow.model.node import EdgeKey
from slyflow.model.run import Failure, StepResult
from slyflow.model.runevent import (
    RunCancelled,
    RunClosed,
    RunCreated,
    RunInterrupted,
    RunResumed,
    Warned,
)
from slyflow.model.session import Status
from slyflow.record import field, record

__all__ = [
    "AttemptFailed",
    "DuplicateEnded",
    "DuplicateFound",
    "EdgeFailed",
    "EdgeIntended",
    "EdgeWritten",
    "Event",
    "LaunchAccepted",
    "LaunchIntended",
    "LaunchNotSent",
    "LaunchResolved",
    "LaunchSent",
    "OutputsFound",
    "Recorded",
    "Reporter",
    "RunCancelled",
    "RunClosed",
    "RunCreated",
    "RunInterrupted",
    "RunResumed",
    "SessionChanged",
    "SessionEnded",
    "StepEnded",
    "StepStarted",
    "StopRequested",
    "Warned",
]


@record(frozen=True)
class LaunchIntended:
    """A launch is about to be sent. `watermark` is a session id that the new session's is above.

    `before` lists the ids of what existed before, by kind, for outputs found by comparing lists;
    `inputs` are the artifacts the session uses.
    """

    step: str
    attempt: int
    marker: str
    payload_sha256: str
    watermark: int
    before: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    inputs: Mapping[str, Artifact] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()


@record(frozen=True)
class LaunchSent:
    """The n-th sending of this launch is about to leave this machine."""

    step: str
    attempt: int
    sending: int


@record(frozen=True)
class LaunchNotSent:
    """The last sending was not accepted; it may be sent again.

    `is_certain` False: no session with its marker showed up for the whole launch window, that is all.
    """

    step: str
    attempt: int
    reason: str
    is_certain: bool = True


@record(frozen=True)
class LaunchAccepted:
    """The instance has the session, told by its reply or found by its marker."""

    step: str
    attempt: int
    session_id: int
    how: Literal["reply", "adopted"]


@record(frozen=True)
class LaunchResolved:
    """A person said what became of a launch of unknown outcome; its step, which had failed, goes on.

    `session_id` is the launch's session, None when there is none and it shall be sent again.
    """

    step: str
    attempt: int
    session_id: int | None


@record(frozen=True)
class SessionRecovered:
    """The instance has a session of an attempt whose journal was lost; the first one told of each counts.

    `marker` is the one that it bears. It is taken over when its step's turn comes.
    """

    step: str
    attempt: int
    session_id: int
    marker: str


@record(frozen=True)
class DuplicateFound:
    """The instance has a session of this attempt that is not the one the run goes on with; it is stopped."""

    step: str
    attempt: int
    session_id: int


@record(frozen=True)
class DuplicateEnded:
    """A duplicate is terminal."""

    step: str
    attempt: int
    session_id: int
    status: Status


@record(frozen=True)
class SessionChanged:
    """The session's status changed."""

    step: str
    attempt: int
    status: Status


@record(frozen=True)
class StopRequested:
    """The session is to be stopped because of `failure` (a timeout, a cancel)."""

    step: str
    attempt: int
    failure: Failure


@record(frozen=True)
class SessionEnded:
    """The session is terminal; whether the attempt succeeded is not said yet."""

    step: str
    attempt: int
    status: Status


@record(frozen=True)
class OutputsFound:
    """Every declared output was found and checked, and `success_when` holds."""

    step: str
    attempt: int
    outputs: Mapping[str, Output | None]
    hidden: tuple[str, ...] = ()


@record(frozen=True)
class EdgeIntended:
    """An edge is about to be written; once more for each time that it is sent again after a doubt."""

    step: str
    attempt: int
    key: EdgeKey


@record(frozen=True)
class EdgeWritten:
    """The edge stands.

    `how` is `app` when the app itself had written it, `found` when its reply was lost and the graph has it.
    """

    step: str
    attempt: int
    key: EdgeKey
    how: Literal["reply", "app", "found"]


@record(frozen=True)
class EdgeFailed:
    """The edge was refused, or it is unknown whether it was written."""

    step: str
    attempt: int
    key: EdgeKey
    message: str


@record(frozen=True)
class AttemptFailed:
    """An attempt failed; the next one starts `delay` seconds later."""

    step: str
    attempt: int
    failure: Failure
    delay: float


@record(frozen=True)
class StepStarted:
    """The step's conditions hold; its first attempt waits for a free slot no longer."""

    step: str


@record(frozen=True)
class StepEnded:
    """A step is over; it is never run again in this run."""

    step: str
    result: StepResult


Event = (
    RunCreated
    | LaunchIntended
    | LaunchSent
    | LaunchNotSent
    | LaunchAccepted
    | LaunchResolved
    | SessionRecovered
    | DuplicateFound
    | DuplicateEnded
    | SessionChanged
    | StopRequested
    | SessionEnded
    | OutputsFound
    | EdgeIntended
    | EdgeWritten
    | EdgeFailed
    | AttemptFailed
    | StepStarted
    | StepEnded
    | Warned
    | RunInterrupted
    | RunCancelled
    | RunResumed
    | RunClosed
)


@record(frozen=True)
class Recorded:
    """An event as it stands in the journal; `number` counts from 1, `at` is UTC in ISO 8601.

    `clock` are seconds on the monotonic clock of whoever recorded it, None where a journal keeps none.
    """

    number: int
    at: str
    event: Event
    clock: float | None = None


class Reporter(Protocol):
    """Watches a run: told of every event after it was committed, in order, never of anything else."""

    def report(self, recorded: Recorded) -> None:
        """Take note of one event; must not block for long."""
