"""Orders: which ready step goes first, which is looked at again when, and which asks for all."""

import heapq
from collections.abc import Mapping

from slyflow.engine.effect import Effect, Prepare
from slyflow.model.launch import Workspace


class ReadyQueue:
    """Steps that want a slot; the one with the longest remaining path comes first, then file order."""

    def __init__(self, remaining: Mapping[str, float]) -> None:
        self._rank = {step: (-length, place) for place, (step, length) in enumerate(remaining.items())}
        self._heap: list[tuple[float, int, str]] = []
        self._members: set[str] = set()

    def push(self, step: str) -> None:
        """Add a step unless it waits already."""
        if step not in self._members:
            self._members.add(step)
            heapq.heappush(self._heap, (*self._rank[step], step))

    def pop(self) -> str | None:
        """Take the next step, None when there is none."""
        if not self._heap:
            return None
        step = heapq.heappop(self._heap)[2]
        self._members.remove(step)
        return step


class Timers:
    """When to look at which step again, on the monotonic clock."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, str]] = []
        self._earliest: dict[str, float] = {}

    def add(self, due: float, step: str) -> None:
        """Look at the step at `due` at the latest; a later time than one already set changes nothing."""
        if due < self._earliest.get(step, float("inf")):
            self._earliest[step] = due
            heapq.heappush(self._heap, (due, step))

    def pop_due(self, now: float) -> list[str]:
        """Take the steps whose time has come."""
        due: list[str] = []
        while self._heap and self._heap[0][0] <= now:
            time, step = heapq.heappop(self._heap)
            if self._earliest.get(step) == time:
                del self._earliest[step]
                due.append(step)
        return due

    @property
    def next(self) -> float | None:
        """The earliest time, None when nothing waits."""
        return self._heap[0][0] if self._heap else None


class Asking:
    """Workspaces whose newest session is being asked for, by one step for all that wait to know it."""

    def __init__(self) -> None:
        self._waiting: dict[Workspace, dict[str, None]] = {}

    def may_ask(self, effect: Effect) -> bool:
        """Say whether the effect may be performed now; else its step is among those `answered` returns."""
        if not isinstance(effect, Prepare) or not effect.watermark:
            return True
        is_first = effect.workspace not in self._waiting
        self._waiting.setdefault(effect.workspace, {})[effect.step] = None
        return is_first

    def answered(self, workspace: Workspace) -> Mapping[str, None]:
        """Return the steps to look at again, the answer, or the failure, having come."""
        return self._waiting.pop(workspace)
