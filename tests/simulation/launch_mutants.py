"""Bugs in how launches are sent, looked for and swept."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import slyflow.client.sessionlist
import slyflow.client.sessions
import slyflow.engine.request
from slyflow.client.page import Page
from slyflow.client.retry import READ, Budget
from slyflow.engine import launch, state
from slyflow.engine.executor import Executor
from slyflow.engine.move import Move, fail
from slyflow.engine.standing import Standing
from slyflow.engine.sweep import Sweeping
from slyflow.errors import BadReply, NotSent, Unavailable
from slyflow.model.event import LaunchIntended, LaunchNotSent, LaunchSent
from slyflow.model.pipeline import FailureKind
from slyflow.model.run import Failure
from tests.simulation.mutant import Mutant, Patch, policy


def _persist_after_submit() -> Sequence[Patch]:
    commit = Executor._commit
    held: dict[int, list[Any]] = {}

    def late(self: Executor, events: Sequence[Any]) -> None:
        kept = [event for event in events if isinstance(event, LaunchIntended | LaunchSent)]
        rest = [event for event in events if event not in kept]
        before = held.pop(id(self), []) if events else []
        if kept:
            held[id(self)] = kept
        commit(self, [*before, *rest])

    return [(Executor, "_commit", late)]


def _unknown_is_not_sent() -> Sequence[Patch]:
    on_sent = launch._on_sent

    def careless(view: Any, at: Any, watch: Any, answer: Any, now: float) -> Move:
        if isinstance(answer, Unavailable) and not isinstance(answer, NotSent):
            answer = NotSent(answer.message)
        return on_sent(view, at, watch, answer, now)

    return [(launch, "_on_sent", careless)]


def _sendings_forgotten() -> Sequence[Patch]:
    fold = state._fold_launch

    def forgetful(before: Any, event: Any) -> Any:
        return before if isinstance(event, LaunchSent) else fold(before, event)

    return [(state, "_fold_launch", forgetful)]


def _window_by_answer() -> Sequence[Patch]:
    looked_up = launch._on_looked_up

    def late(view: Any, at: Any, watch: Any, answer: Any, now: float) -> Move:
        watch.looked_at = now
        return looked_up(view, at, watch, answer, now)

    return [(launch, "_on_looked_up", late)]


def _window_by_wall_clock() -> Sequence[Patch]:
    apply = Standing._apply_step

    def aged(self: Standing, event: Any, now: float) -> None:
        apply(self, event, now)
        if isinstance(event, LaunchSent):
            self.watches[event.step].window_from = now

    return [(Standing, "_apply_step", aged)]


def _marker_of_step() -> Sequence[Patch]:
    request: Any = slyflow.engine.request
    marker = request.marker
    return [(request, "marker", lambda secret, run, step, _attempt: marker(secret, run, step, 1))]


def first_page_only() -> Sequence[Patch]:
    sessionlist: Any = slyflow.client.sessionlist
    pages = sessionlist.pages

    def first(transport: Any, method: str, body: Any) -> Iterator[Page]:
        yield next(pages(transport, method, body))

    return [(sessionlist, "pages", first)]


def _at_most_once_relaunches() -> Sequence[Patch]:
    def over(view: Any, at: Any, watch: Any) -> Move:
        watch.window_from, watch.due = None, 0.0
        return Move((LaunchNotSent(view.step.id, at.attempt, "gone", is_certain=False),))

    return [(launch, "_window_over", over)]


def _no_sweep() -> Sequence[Patch]:
    return [
        (Sweeping, "requests", lambda self, now, *, all_ended: []),
        (Sweeping, "wake", None),
        (Sweeping, "is_over", True),
    ]


def _storm_fails() -> Sequence[Patch]:
    on_prepared = launch._on_prepared

    def weak(view: Any, at: Any, watch: Any, answer: Any, now: float) -> Move:
        if isinstance(answer, Unavailable | BadReply):
            return fail(view, at, Failure(FailureKind.LAUNCH_REJECTED, answer.message))
        return on_prepared(view, at, watch, answer, now)

    return [(launch, "_on_prepared", weak)]


def _refusals_counted() -> Sequence[Patch]:
    fold = state._fold_launch

    def counting(before: Any, event: Any) -> Any:
        after = fold(before, event)
        return replace(after, doubtful=before.doubtful) if isinstance(event, LaunchNotSent) else after

    return [(state, "_fold_launch", counting)]


def _duplicates_run_on() -> Sequence[Patch]:
    stops = Sweeping._stops

    def unheard(self: Sweeping, now: float) -> Iterator[Any]:
        list(stops(self, now))
        return iter(())

    return [(Sweeping, "_stops", unheard)]


LAUNCH_MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        0, "persist_after_submit", "the intent is committed after the launch was sent", _persist_after_submit
    ),
    Mutant(
        1, "no_window", "a launch of unknown outcome is sent again at once", lambda: policy(launch_window=0.0)
    ),
    Mutant(3263, "window_by_answer", "an answer is taken for the time when it came", _window_by_answer),
    Mutant(
        1020,
        "window_by_wall_clock",
        "the window goes on by the wall clock while no process runs",
        _window_by_wall_clock,
    ),
    Mutant(
        0,
        "transport_retries",
        "the transport repeats a launch",
        lambda: [(slyflow.client.sessions, "NEVER", READ)],
    ),
    Mutant(10, "unknown_is_not_sent", "a lost reply counts as not sent", _unknown_is_not_sent),
    Mutant(1, "sendings_forgotten", "a resume does not know that a launch was sent", _sendings_forgotten),
    Mutant(
        799,
        "at_most_once_relaunches",
        "a launch that may be sent once is sent again",
        _at_most_once_relaunches,
    ),
    Mutant(86, "marker_of_step", "the marker is the same for every attempt", _marker_of_step),
    Mutant(
        58,
        "adopts_anything",
        "a foreign session with the marker is adopted",
        lambda: [(launch, "is_ours", lambda _view, _session: True)],
    ),
    Mutant(17, "storm_fails", "a storm while inputs are looked up fails the step", _storm_fails),
    Mutant(
        30, "refusals_counted", "certain refusals count as sendings of unknown outcome", _refusals_counted
    ),
    Mutant(1871, "first_page_only", "only the first page of a list is read", first_page_only),
    Mutant(530, "no_sweep", "nobody looks for second sessions", _no_sweep),
    Mutant(531, "duplicates_run_on", "second sessions are not stopped", _duplicates_run_on),
    Mutant(17, "no_retry_budget", "retries are not bounded", lambda: [(Budget, "spend", lambda self: True)]),
)
