"""What the simulated instance itself knows to be true: its sessions, its graph, and every request it got."""

import re
from bisect import bisect_right
from collections.abc import Container
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tests.simulation.behaviour import FOREVER

TERMINAL = frozenset({"finished", "error", "stopped"})
STOPPING = 3.0
EdgeKey = tuple[int, str, str, str]
Key = TypeVar("Key")
_OURS = re.compile(r"slyflow run=(\S+) step=(\S+) attempt=(\d+) marker=(\S+)")


@dataclass(slots=True)
class Session:
    """One session as it really is. `step` is empty for one that the run did not launch.

    `shown_at` is the latest time of which a status was told: what was told is not undone.
    """

    id: int
    step: str
    attempt: int
    marker: str
    accepted_at: float
    visible_at: float
    readable_at: float
    timeline: list[tuple[float, str]]
    title: str
    description: str
    module: int
    user: int
    workspace: int
    ending: str = "finished"
    deaf_until: float = 0.0
    vanishes_at: float = FOREVER
    gone_at: float = FOREVER
    stopped_at: float | None = None
    project: int | None = None
    shown_at: float = -FOREVER

    def status(self, at: float) -> str:
        """Return the status at a time."""
        return self.timeline[max(0, bisect_right(self.timeline, (at, "~")) - 1)][1]

    def show(self, at: float) -> str:
        """Tell the status at a time."""
        self.shown_at = max(at, self.shown_at)
        return self.status(at)

    def ended_at(self) -> float:
        """Return when it became terminal, FOREVER when it never does."""
        return next((at for at, word in self.timeline if word in TERMINAL), FOREVER)

    def is_terminal(self, at: float) -> bool:
        return self.ended_at() <= at

    def is_there(self, at: float) -> bool:
        return self.readable_at <= at < self.gone_at

    def is_listed(self, at: float) -> bool:
        return self.visible_at <= at < self.gone_at

    def stop(self, at: float) -> None:
        """Take a stop in: what has not ended ends, unless the session is deaf.

        Requests that last are carried out when they are begun: an answer may be of a later time than a stop.
        """
        at = max(at, self.shown_at)
        if at < self.deaf_until:
            return
        status = self.status(at)
        self.stopped_at = at if self.stopped_at is None else self.stopped_at
        if status == "terminating":
            return
        self.timeline = [point for point in self.timeline if point[0] <= at]
        if status == "queued":
            self.timeline.append((at, "stopped"))
        else:
            self.timeline += [(at, "terminating"), (at + STOPPING, "stopped")]

    def was(self, words: Container[str], since: float, until: float) -> bool:
        """Whether the session had one of these statuses at any moment between two times."""
        later = (status for at, status in self.timeline if since < at <= until)
        return self.status(since) in words or any(status in words for status in later)

    def first(self, word: str) -> float | None:
        """Return when it first had a status."""
        return next((at for at, status in self.timeline if status == word), None)


@dataclass(frozen=True, slots=True)
class Sent(Generic[Key]):
    """A request that acts: what it was about, when it was sent, by which process, and what became of it.

    `outcome` is what the sender saw: `ok`, `unsent`, `refused`, `unknown`.
    """

    key: Key
    at: float
    process: int
    acted: bool
    outcome: str


@dataclass(slots=True)
class Ledger:
    """Every session, edge and request since the world began."""

    sessions: dict[int, Session] = field(default_factory=dict)
    launches: list[Sent[str]] = field(default_factory=list)
    edges: list[Sent[EdgeKey]] = field(default_factory=list)
    stops: list[Sent[int]] = field(default_factory=list)
    projects: dict[int, int] = field(default_factory=dict)
    requests: dict[str, int] = field(default_factory=dict)

    def of(self, step: str, attempt: int) -> list[Session]:
        """Return the sessions of an attempt that the run launched, oldest first."""
        return [s for s in self.sessions.values() if s.step == step and s.attempt == attempt]

    def may_vanish(self, session_id: int, at: float) -> None:
        """Let go of a session that the run knows of: one that vanished before looks as if it never was."""
        session = self.sessions.get(session_id)
        if session is not None and session.gone_at == FOREVER:
            session.gone_at = max(at, session.vanishes_at)

    def count(self, method: str) -> None:
        self.requests[method] = self.requests.get(method, 0) + 1


def parse_description(text: str) -> tuple[str, str, int, str] | None:
    """Return run, step, attempt and marker of a launch's description."""
    found = _OURS.match(text)
    return (found[1], found[2], int(found[3]), found[4]) if found else None
