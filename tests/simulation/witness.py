"""Watches a world from outside: what was committed, what is being sent, and every breach of an invariant."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from slyflow.model.event import (
    DuplicateFound,
    EdgeIntended,
    Event,
    LaunchAccepted,
    LaunchIntended,
    LaunchSent,
    SessionEnded,
    StepEnded,
    StopRequested,
)
from tests.simulation.ledger import Ledger, parse_description
from tests.simulation.pipelines import Loaded


@dataclass(frozen=True, slots=True)
class Breach:
    """An invariant that did not hold, by its number in reliability.md, and what was seen instead."""

    invariant: str
    what: str


@dataclass(slots=True)
class Committed:
    """What the journal has, kept in sets so that each request can be held against it."""

    intents: set[str] = field(default_factory=set)
    sendings: dict[str, int] = field(default_factory=dict)
    markers: dict[tuple[str, int], str] = field(default_factory=dict)
    accepted: set[int] = field(default_factory=set)
    ended_sessions: set[int] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    edges: dict[tuple[int, str, str, str], int] = field(default_factory=dict)


class Witness:
    """Holds every request that acts against what was committed before it, at the moment it leaves."""

    def __init__(self, loaded: Loaded, ledger: Ledger) -> None:
        self.breaches: list[Breach] = []
        self.committed = Committed()
        self.driver = 0
        self.finished_at: dict[str, float] = {}
        self.found_at: dict[int, float] = {}
        self.stop_asked_at: dict[str, float] = {}
        self._loaded = loaded
        self._ledger = ledger
        self._session_of: dict[str, int] = {}

    def breach(self, invariant: str, what: str) -> None:
        """Note that an invariant does not hold."""
        self.breaches.append(Breach(invariant, what))

    def commit(self, event: Event, at: float) -> None:
        """Take note of a fact that is in the journal from now on."""
        committed = self.committed
        match event:
            case LaunchIntended():
                committed.intents.add(event.marker)
                committed.markers[event.step, event.attempt] = event.marker
            case LaunchSent():
                marker = committed.markers.get((event.step, event.attempt), "")
                committed.sendings[marker] = committed.sendings.get(marker, 0) + 1
            case LaunchAccepted():
                committed.accepted.add(event.session_id)
                self._session_of[event.step] = event.session_id
                self._ledger.may_vanish(event.session_id, at)
            case SessionEnded():
                committed.ended_sessions.add(self._session_of.get(event.step, 0))
            case EdgeIntended():
                key = event.key
                committed.edges[key] = committed.edges.get(key, 0) + 1
            case _:
                self._note_time(event, at)

    def _note_time(self, event: Event, at: float) -> None:
        if isinstance(event, DuplicateFound):
            self.found_at[event.session_id] = at
        elif isinstance(event, StopRequested):
            self.stop_asked_at[event.step] = at
        elif isinstance(event, StepEnded):
            if event.step in self.committed.ended:
                self.breach("I3", f"step {event.step} ended twice")
            self.committed.ended.add(event.step)
            self.finished_at[event.step] = at

    def sending(self, method: str, body: Mapping[str, Any], process: int, at: float) -> None:
        """Judge a request that acts, before it leaves."""
        if process != self.driver:
            self.breach("I10", f"process {process} sends {method} while {self.driver or 'none'} drives")
        if method == "tasks.run.app":
            self._launching(body)
        elif method != "tasks.stop":
            self._linking(method, body, at)

    def _launching(self, body: Mapping[str, Any]) -> None:
        ours = parse_description(body["description"])
        assert ours is not None
        _, step, attempt, marker = ours
        if not body["taskName"].startswith(marker):
            self.breach("I5", f"the title of {step} does not begin with its marker")
        if marker not in self.committed.intents:
            self.breach("I5", f"{step} attempt {attempt} was sent before its intent was committed")
        sent = sum(launch.key == marker for launch in self._ledger.launches)
        if self.committed.sendings.get(marker, 0) <= sent:
            self.breach("I5", f"{step} attempt {attempt}: sending {sent + 1} was not committed")
        if step in self.committed.ended:
            self.breach("I3", f"{step} was launched again after it had ended")
        self._check_order(step)

    def _check_order(self, step: str) -> None:
        spec = self._loaded.pipeline.all_steps[step]
        before = set(self._loaded.dag.needs(step))
        if spec.is_final:
            before |= set(self._loaded.pipeline.steps)
        missing = sorted(before - self.committed.ended)
        if missing:
            self.breach("I4", f"{step} was launched before {', '.join(missing)} had ended")

    def _linking(self, method: str, body: Mapping[str, Any], at: float) -> None:
        session_id = body["node"]["id"]
        direction = "input" if method.endswith("input") else "output"
        key = (session_id, direction, body["type"], str(body["id"]))
        sent = sum(edge.key == key and edge.outcome != "unsent" for edge in self._ledger.edges)
        if self.committed.edges.get(key, 0) <= sent:
            self.breach("I7", f"edge {key} was sent before its intent was committed")
        session = self._ledger.sessions.get(session_id)
        if session is None:
            self.breach("I7", f"edge {key} is of no session")
        elif session_id not in self.committed.ended_sessions or not session.is_terminal(at):
            self.breach("I4", f"edge {key} was written before its session had ended")
