"""The sweep: what a launch of once unknown outcome may have left besides the session that the run knows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from slyflow.engine.effect import Listed, Stop, Sweep
from slyflow.engine.policy import Policy
from slyflow.engine.state import Phase, StepEvent, StepState
from slyflow.model.event import (
    AttemptFailed,
    DuplicateEnded,
    DuplicateFound,
    Event,
    LaunchAccepted,
    LaunchNotSent,
    LaunchResolved,
    StepEnded,
    Warned,
)
from slyflow.model.launch import Workspace
from slyflow.model.pipeline import FailureKind
from slyflow.model.session import Session, Status

NEVER = float("inf")


@dataclass(slots=True)
class Doubt:
    """An attempt whose launch was of unknown outcome for a while, and its session, None while it has none.

    `is_given_up`: nobody knows to this day whether there is one.
    """

    step: str
    attempt: int
    workspace: Workspace
    above: int
    kept: int | None = None
    is_given_up: bool = False


@dataclass(slots=True)
class Duplicate:
    """A second session of an attempt, asked to stop until it has ended; `stopped_at` is the first time."""

    step: str
    attempt: int
    stop_due: float
    stopped_at: float | None = None
    misses: int = 0
    missed_since: float = 0.0


class World(Protocol):
    """What a sweep has to know of the run to tell a duplicate from a session that is wanted."""

    @property
    def states(self) -> Mapping[str, StepState]: ...

    @property
    def is_cancelled(self) -> bool: ...

    def is_ours(self, step: str, session: Session) -> bool:
        """Whether the session is of the step's app, in its workspace, by our user, as far as is told."""


class Sweeping:
    """Which launches are in doubt, which duplicates were found, and when to look again.

    Looked is a launch window after a launch was sent again, every few seconds while a duplicate has not
    ended, and once when every step has: before that the run cannot close. Times are monotonic.
    """

    def __init__(self, policy: Policy) -> None:
        self.needs_human = False
        self._policy = policy
        self._doubts: dict[str, Doubt] = {}
        self._duplicates: dict[int, Duplicate] = {}
        self._settled: set[int] = set()
        self._asked: set[Workspace] = set()
        self._gone_places: dict[Workspace, tuple[float, int]] = {}
        self._failed = False
        self._tries = 0
        self._due = NEVER
        self._is_last = False
        self._was_last = False

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to look for or to wait for; only to be asked when every step has ended."""
        return not self._doubts or (self._was_last and not self._duplicates)

    @property
    def wake(self) -> float | None:
        """When to look, or to ask for a stop, again; None when answers are awaited or nothing is due."""
        due = NEVER if self._asked else self._due
        if self._duplicates:
            due = min(due, *(duplicate.stop_due for duplicate in self._duplicates.values()))
        return None if due == NEVER else due

    def note(self, event: StepEvent, state: StepState, workspace: Workspace | None, now: float) -> None:
        """Take note of a fact; `state` is the step's after it."""
        match event:
            case DuplicateFound():
                self._duplicates[event.session_id] = Duplicate(event.step, event.attempt, now)
                self._due = min(self._due, now + self._policy.stop_every)
            case DuplicateEnded():
                self._duplicates.pop(event.session_id, None)
                self._settled.add(event.session_id)
            case LaunchResolved() if workspace is not None:
                doubt = self._doubt(event.step, state, workspace)
                doubt.kept, doubt.is_given_up = event.session_id, False
                self._is_last = self._was_last = self.needs_human = False
            case LaunchNotSent() | LaunchAccepted() if workspace is not None:
                self._note_launch(event, state, workspace, now)
            case AttemptFailed() | StepEnded() if workspace is not None:
                if _is_unknown(event):
                    doubt = self._doubt(event.step, state, workspace)
                    doubt.is_given_up = isinstance(event, StepEnded)
            case _:
                pass

    def _note_launch(
        self, event: LaunchNotSent | LaunchAccepted, state: StepState, workspace: Workspace, now: float
    ) -> None:
        if isinstance(event, LaunchNotSent):
            if not event.is_certain:
                self._doubt(event.step, state, workspace)
                self._due = min(self._due, now + self._policy.launch_window)
        elif event.how == "adopted" or state.marker in self._doubts:
            self._doubt(event.step, state, workspace).kept = event.session_id

    def _doubt(self, step: str, state: StepState, workspace: Workspace) -> Doubt:
        doubt = Doubt(step, state.attempt, workspace, state.watermark)
        return self._doubts.setdefault(state.marker, doubt)

    def requests(self, now: float, *, all_ended: bool) -> list[Sweep | Stop]:
        """Return what to ask now; none while the last answers are awaited."""
        stops = list(self._stops(now)) if self._duplicates else []
        if self._asked or not self._doubts:
            return [*stops]
        if all_ended and not self._is_last:
            self._is_last = True
            self._due = now
        if now < self._due:
            return [*stops]
        markers: dict[Workspace, dict[str, Doubt]] = {}
        for marker, doubt in self._doubts.items():
            markers.setdefault(doubt.workspace, {})[marker] = doubt
        self._asked.update(markers)
        sweeps = (
            Sweep(workspace, tuple(doubts), min(doubt.above for doubt in doubts.values()))
            for workspace, doubts in markers.items()
        )
        return [*stops, *sweeps]

    def _stops(self, now: float) -> Iterator[Stop]:
        for session_id, duplicate in self._duplicates.items():
            if duplicate.stop_due <= now:
                duplicate.stopped_at = now if duplicate.stopped_at is None else duplicate.stopped_at
                duplicate.stop_due = now + self._policy.stop_every
                yield Stop(duplicate.step, duplicate.attempt, session_id)

    def answered(self, sweep: Sweep, answer: object, world: World, now: float) -> list[Event]:
        """Return the facts that a sweep's answer, or its failure, makes."""
        self._asked.discard(sweep.workspace)
        events: list[Event] = []
        if isinstance(answer, Listed) and answer.place_gone:
            events += self._on_place_gone(sweep.workspace, now)
        elif isinstance(answer, Listed):
            self._gone_places.pop(sweep.workspace, None)
            for session in answer.sessions:
                events += self._judge(session, world, now)
            events += self._missing(sweep, {session.id for session in answer.sessions}, now)
        else:
            self._failed = True
        if not self._asked:
            self._set_next(now)
        return events

    def _on_place_gone(self, workspace: Workspace, now: float) -> Iterator[Event]:
        """Give up looking where the workspace stays gone, and say that nobody can tell what was there."""
        since, misses = self._gone_places.get(workspace, (now, 0))
        self._gone_places[workspace] = since, misses + 1
        if misses + 1 < self._policy.lost_misses or now - since < self._policy.absence:
            self._failed = True
            return
        self.needs_human = True
        for marker, doubt in [*self._doubts.items()]:
            if doubt.workspace == workspace:
                del self._doubts[marker]
                message = (
                    f"the workspace {workspace.id} is no longer on the instance: whether this launch left a"
                    " second session there cannot be told"
                )
                yield Warned(message, doubt.step)
                for session_id, duplicate in [*self._duplicates.items()]:
                    if (duplicate.step, duplicate.attempt) == (doubt.step, doubt.attempt):
                        yield DuplicateEnded(doubt.step, doubt.attempt, session_id, Status.UNKNOWN)

    def _set_next(self, now: float) -> None:
        if self._failed:
            self._tries += 1
            self._due = now + self._policy.pause(self._tries)
        else:
            self._tries = 0
            self._due = now + self._policy.stop_every if self._duplicates else NEVER
            self._was_last = self._is_last
        self._failed = False

    def _judge(self, session: Session, world: World, now: float) -> list[Event]:
        doubt = next((doubt for mark, doubt in self._doubts.items() if mark in session.marker_text), None)
        if doubt is None or session.id == doubt.kept or session.id in self._settled:
            return []
        step, attempt = doubt.step, doubt.attempt
        ended = DuplicateEnded(step, attempt, session.id, session.status)
        if session.id in self._duplicates:
            return [ended] if session.status.is_terminal else self._still_there(session.id, now)
        if not world.is_ours(step, session):
            return self._told(session, step, "is not ours, though it bears the marker of this step's launch")
        state = world.states[step]
        if state.phase is Phase.LAUNCHING and state.attempt == attempt:
            return []  # the launch's own look-up is about to find it
        if doubt.is_given_up and not world.is_cancelled:
            self.needs_human = True
            return self._told(
                session, step, f"turned up after its launch was given up; it is {session.status}"
            )
        found = DuplicateFound(step, attempt, session.id)
        message = (
            f"session {session.id} turned up when nothing waited for it any more; stopping it"
            if doubt.kept is None
            else f"the launch exists more than once: keeping {doubt.kept}, stopping {session.id}"
        )
        warning = Warned(message, step)
        return [warning, found, ended] if session.status.is_terminal else [warning, found]

    def _still_there(self, session_id: int, now: float) -> list[Event]:
        """Leave a duplicate that would not end in time to a person."""
        duplicate = self._duplicates[session_id]
        duplicate.misses = 0
        if duplicate.stopped_at is None or now - duplicate.stopped_at <= self._policy.duplicate_patience:
            return []
        del self._duplicates[session_id]
        self._settled.add(session_id)
        self.needs_human = True
        message = f"the duplicate session {session_id} was asked to stop but has not ended: stop it yourself"
        return [Warned(message, duplicate.step)]

    def _told(self, session: Session, step: str, what: str) -> list[Event]:
        self._settled.add(session.id)
        return [Warned(f"session {session.id} {what}", step)]

    def _missing(self, sweep: Sweep, seen: set[int], now: float) -> Iterator[Event]:
        """A duplicate that is no longer listed has gone, when it stays away: lists lag, and pages shift."""
        mine = {(doubt.step, doubt.attempt) for mark, doubt in self._doubts.items() if mark in sweep.markers}
        for session_id, duplicate in list(self._duplicates.items()):
            if session_id not in seen and (duplicate.step, duplicate.attempt) in mine:
                if duplicate.misses == 0:
                    duplicate.missed_since = now
                duplicate.misses += 1
                enough = duplicate.misses >= self._policy.lost_misses
                if enough and now - duplicate.missed_since >= self._policy.absence:
                    yield DuplicateEnded(duplicate.step, duplicate.attempt, session_id, Status.UNKNOWN)


def _is_unknown(event: AttemptFailed | StepEnded) -> bool:
    failure = event.failure if isinstance(event, AttemptFailed) else event.result.failure
    return failure is not None and failure.kind is FailureKind.LAUNCH_UNKNOWN
