"""What became of a session that was waited for: how it ended, or which limit it passed."""

from collections.abc import Collection
from enum import StrEnum

from slyflow.client.output import read_output
from slyflow.client.row import at
from slyflow.model.session import Session, Status
from slyflow.record import record
from slyflow.text import format_duration, sanitize


class Phase(StrEnum):
    """Parts of a session's life that have a limit each."""

    QUEUE = "queue"
    START = "start"
    RUN = "run"


class How(StrEnum):
    """How waiting for one session ended; only FINISHED and REACHED are good."""

    FINISHED = "finished"
    REACHED = "reached"
    FAILED = "failed"
    ERROR = "error"
    STOPPED = "stopped"
    LOST = "lost"
    LATE = "late"


@record(frozen=True)
class Limits:
    """Seconds that each phase may last, None for as long as it takes."""

    queue: float | None = None
    start: float | None = None
    run: float | None = None

    def of(self, phase: Phase) -> float | None:
        """Return the limit of a phase."""
        return {Phase.QUEUE: self.queue, Phase.START: self.start, Phase.RUN: self.run}[phase]


@record(frozen=True)
class Waited:
    """One session, as it was last seen (None: never), and how waiting for it ended.

    FAILED is a session that finished and says itself that it failed. LOST was on the instance no more.
    LATE goes on, `phase` having taken longer than its limit.
    """

    id: int
    how: How
    session: Session | None = None
    phase: Phase | None = None
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        """Whether the session did what was waited for, and did not fail."""
        return self.how in (How.FINISHED, How.REACHED)

    @property
    def status(self) -> Status:
        """The session's status as it was last seen."""
        return Status.UNKNOWN if self.session is None else self.session.status

    @property
    def message(self) -> str:
        """What happened, for a person."""
        where = f"session {self.id}"
        match self.how:
            case How.FINISHED:
                return f"{where} finished"
            case How.REACHED:
                return f"{where} is {self.status}"
            case How.FAILED:
                return f"{where} finished, and says that it failed{self._words}"
            case How.ERROR:
                return f"{where} ended with an error{self._words}"
            case How.STOPPED:
                return f"{where} was stopped"
            case How.LOST:
                return f"{where} is not on the instance"
            case How.LATE:
                told = _LATE[self.phase or Phase.RUN]
                return f"{where} {told} for {format_duration(self.seconds)}, longer than its limit"

    @property
    def _words(self) -> str:
        said = "" if self.session is None else words(self.session)
        return f": {said}" if said else ""


_LATE = {Phase.QUEUE: "has been queued", Phase.START: "has been starting", Phase.RUN: "has been running"}
# A status at or after the wanted one counts as reaching it.
_ORDER = (Status.QUEUED, Status.CONSUMED, Status.STARTED, Status.DEPLOYED)


def phase_of(status: Status) -> Phase:
    """Return the phase a session of this status is in; one that nobody knows counts as running."""
    return {Status.QUEUED: Phase.QUEUE, Status.CONSUMED: Phase.START}.get(status, Phase.RUN)


def verdict(session: Session, until: Status | None) -> How | None:
    """Return how waiting for a session ends now, None while it goes on."""
    if until is not Status.FINISHED and session.status in _from(until):
        return How.REACHED
    match session.status:
        case Status.FINISHED:
            return How.FAILED if says_it_failed(session) else How.FINISHED
        case Status.ERROR:
            return How.ERROR
        case Status.STOPPED:
            return How.STOPPED
        case _:
            return None


def says_it_failed(session: Session) -> bool:
    """Whether the app said of itself that it failed, whatever its status."""
    general = read_output(session).general
    return general is not None and general.is_error


def words(session: Session) -> str:
    """Return what a session itself says about its failure, empty when it says nothing."""
    general = read_output(session).general
    if general is not None and general.is_error:
        said = ": ".join(text for text in (general.title, general.description) if text)
    else:
        # What an embedded instance says of the end.
        message = at(session.info, "meta", "error", "message")
        said = message if isinstance(message, str) else ""
    return sanitize(" ".join(sanitize(said).split()), 500)


def _from(until: Status | None) -> Collection[Status | None]:
    """Return the statuses that count as having reached `until`: itself, and those after it in a life."""
    return _ORDER[_ORDER.index(until) :] if until in _ORDER else (until,)
