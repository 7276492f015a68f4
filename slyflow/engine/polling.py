"""When to ask for the running sessions: one list request a workspace for all of them."""

from dataclasses import dataclass, field

from slyflow.engine.effect import Poll
from slyflow.engine.policy import Policy
from slyflow.model.launch import Workspace


@dataclass(slots=True)
class Polling:
    """The running sessions by workspace, and when to ask next. Times are on the monotonic clock.

    `asked` are the workspaces of which answers are awaited, and when they were asked for.
    """

    policy: Policy
    running: dict[Workspace, dict[int, str]] = field(default_factory=dict)
    due: float = 0.0
    youngest: float = 0.0
    tries: int = 0
    asked: dict[Workspace, float] = field(default_factory=dict)

    def add(self, workspace: Workspace, session_id: int, step: str, now: float) -> None:
        """Begin to follow a session accepted at `now`."""
        soon = now + self.policy.poll_floor
        self.due = min(self.due, soon) if self.running else max(self.due, soon)
        self.running.setdefault(workspace, {})[session_id] = step
        self.youngest = max(self.youngest, now)

    def remove(self, workspace: Workspace, session_id: int) -> None:
        """Follow it no longer."""
        sessions = self.running.get(workspace, {})
        sessions.pop(session_id, None)
        if not sessions:
            self.running.pop(workspace, None)

    def requests(self, now: float) -> list[Poll]:
        """Return the requests to make now; none while the last ones are under way."""
        if self.asked or not self.running or now < self.due:
            return []
        self.asked.update(dict.fromkeys(self.running, now))
        return [Poll(place, tuple(sessions), self._patience) for place, sessions in self.running.items()]

    def answered(self, workspace: Workspace, now: float, *, well: bool) -> float:
        """Set when to ask next, after an answer or a failure; return when was asked."""
        asked_at = self.asked.pop(workspace, now)
        self.tries = 0 if well else self.tries + 1
        interval = self._interval(now)
        self.due = now + (interval if well else max(interval, self.policy.pause(self.tries)))
        return asked_at

    @property
    def _patience(self) -> float:
        """Only one request may wait: each takes a thread, and there are few."""
        return self.policy.poll_patience if len(self.running) == 1 else 0.0

    def _interval(self, now: float) -> float:
        if self._patience:
            return self.policy.poll_floor
        return self.policy.poll_interval(now - self.youngest) * max(1, len(self.running))

    @property
    def wake(self) -> float | None:
        """When to ask next, None while nothing runs or answers are awaited."""
        return self.due if self.running and not self.asked else None
