"""Bugs in how a run goes on: order, statuses, retries, stops, edges, exit codes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from slyflow.client.workflow import Workflow
from slyflow.engine import ending, running, state, verdict
from slyflow.engine.effect import Listed, Poll
from slyflow.engine.executor import Executor
from slyflow.engine.move import Move, fail
from slyflow.engine.performer import Performer
from slyflow.engine.plan import Plan
from slyflow.engine.standing import Standing
from slyflow.engine.state import Phase
from slyflow.model.event import SessionEnded, StepEnded
from slyflow.model.pipeline import FailureKind
from slyflow.model.run import Failure, StepStatus
from slyflow.model.session import Status
from tests.simulation.launch_mutants import first_page_only
from tests.simulation.mutant import Mutant, Patch, policy


def _events_lost(kind: type) -> Sequence[Patch]:
    commit = Executor._commit

    def forgetful(self: Executor, events: Sequence[Any]) -> None:
        commit(self, [event for event in events if not isinstance(event, kind)])

    return [(Executor, "_commit", forgetful)]


def _started_is_ended() -> Sequence[Patch]:
    on_listed = running.on_listed

    def hasty(view: Any, at: Any, watch: Any, session: Any, now: float, **more: Any) -> Move:
        if session is not None and session.status is Status.STARTED:
            return Move((SessionEnded(view.step.id, at.attempt, Status.FINISHED),))
        return on_listed(view, at, watch, session, now, **more)

    return [(running, "on_listed", hasty)]


def _unknown_is_error() -> Sequence[Patch]:
    on_listed = running.on_listed

    def judging(view: Any, at: Any, watch: Any, session: Any, now: float, **more: Any) -> Move:
        if session is not None and session.status is Status.UNKNOWN:
            return Move((SessionEnded(view.step.id, at.attempt, Status.ERROR),))
        return on_listed(view, at, watch, session, now, **more)

    return [(running, "on_listed", judging)]


def _needs_ignored() -> Sequence[Patch]:
    def hasty(self: Standing, spec: Any) -> Any:
        return {name: self.results[name] for name in self.setup.dag.needs(spec.id) if name in self.results}

    return [(Standing, "needed", hasty)]


def _limit_unseen() -> Sequence[Patch]:
    next_move = running.next_move

    def blind(view: Any, at: Any, watch: Any, now: float) -> Move:
        if watch.started_at is not None:
            watch.seen_at = now
        return next_move(view, at, watch, now)

    return [(running, "next_move", blind)]


def _polled_on() -> Sequence[Patch]:
    fold = state._fold_session

    def reverting(before: Any, event: Any) -> Any:
        after = fold(before, event)
        return replace(after, phase=Phase.RUNNING) if isinstance(event, SessionEnded) else after

    return [(state, "_fold_session", reverting)]


def _attempts_forgotten() -> Sequence[Patch]:
    inherit = Standing.inherit

    def forgetful(self: Standing, now: float) -> None:
        inherit(self, now)
        for step, at in self.states.items():
            if at.phase is Phase.READY:
                self.states[step] = replace(at, attempt=0)

    return [(Standing, "inherit", forgetful)]


def _retry_before_stopped() -> Sequence[Patch]:
    next_move = running.next_move

    def hasty(view: Any, at: Any, watch: Any, now: float) -> Move:
        if at.stop is not None and at.stop.kind is not FailureKind.CANCELLED and watch.due > now:
            return fail(view, at, at.stop)
        return next_move(view, at, watch, now)

    return [(running, "next_move", hasty)]


def _absent_is_gone() -> Sequence[Patch]:
    poll = Performer._poll

    def trusting(self: Performer, effect: Poll) -> Any:
        answer = poll(self, effect)
        listed = self._instance.sessions.listed(effect.ids, effect.workspace)
        return replace(
            answer,
            sessions=tuple(listed.values()),
            gone=frozenset(effect.ids) - listed.keys(),
        )

    return [(Performer, "_poll", trusting), *policy(lost_misses=1, lost_after=0.0, lists_lag=False)]


def _page_dropped() -> Sequence[Patch]:
    poll = Performer._poll

    def hasty(self: Performer, effect: Poll) -> Any:
        if effect.patience:
            return poll(self, effect)
        listed = self._instance.sessions.listed(effect.ids, effect.workspace)
        return Listed(tuple(listed.values()), frozenset(effect.ids) - listed.keys())

    return [(Performer, "_poll", hasty), *first_page_only()]


def _finally_cancelled() -> Sequence[Patch]:
    consider = Plan._consider

    def ruthless(self: Plan, step: str, now: float) -> None:
        standing = self._standing
        if standing.is_cancelled and standing.watches[step].doing is None and self._cancel_step(step, now):
            return
        consider(self, step, now)

    return [(Plan, "_consider", ruthless)]


def _edge_twice() -> Sequence[Patch]:
    write = Workflow.write

    def twice(self: Workflow, edge: Any) -> None:
        write(self, edge)
        write(self, edge)

    return [(Workflow, "write", twice)]


def _stopped_is_fine() -> Sequence[Patch]:
    counting = verdict.counting

    def lenient(pipeline: Any, results: Any) -> Any:
        found = counting(pipeline, results)
        return [result for result in found if result.status is not StepStatus.CANCELLED]

    return [(verdict, "counting", lenient)]


def _stopped_is_finished() -> Sequence[Patch]:
    return [(ending, "status_failure", _only_errors(ending.status_failure))]


def _only_errors(judge: Callable[[Any, Any, Any], Failure | None]) -> Callable[..., Failure | None]:
    def lenient(view: Any, at: Any, answer: Any) -> Failure | None:
        return None if at.status is Status.STOPPED and at.stop is None else judge(view, at, answer)

    return lenient


RUN_MUTANTS: tuple[Mutant, ...] = (
    Mutant(1360, "attempts_forgotten", "a resume counts attempts from one", _attempts_forgotten),
    Mutant(0, "started_is_ended", "a session is judged, and linked, when it has started", _started_is_ended),
    Mutant(31, "unknown_is_error", "a status nobody knows is a failure", _unknown_is_error),
    Mutant(0, "needs_ignored", "a step does not wait for what it needs", _needs_ignored),
    Mutant(2285, "limit_unseen", "a limit counts that passed while nobody looked", _limit_unseen),
    Mutant(556, "one_look", "what one answer says is not there is missing", lambda: policy(lost_misses=1)),
    Mutant(105, "page_dropped", "a poll reads the first page, and the rest is gone", _page_dropped),
    Mutant(0, "polled_on", "a terminal status may change", _polled_on),
    Mutant(
        99,
        "retry_before_stopped",
        "the next attempt begins while a stop is not confirmed",
        _retry_before_stopped,
    ),
    Mutant(7, "absent_is_gone", "a session is lost when one list lacks it", _absent_is_gone),
    Mutant(0, "step_end_lost", "the end of a step is not committed", lambda: _events_lost(StepEnded)),
    Mutant(82, "finally_cancelled", "a stopped run does not run finally", _finally_cancelled),
    Mutant(0, "edge_twice", "an edge is sent twice", _edge_twice),
    Mutant(19, "stopped_is_fine", "exit code 0 although a step was cancelled", _stopped_is_fine),
    Mutant(
        31, "stopped_is_finished", "a session that somebody stopped counts as finished", _stopped_is_finished
    ),
    Mutant(
        7,
        "soft_errors_ignored",
        "isError is not looked at",
        lambda: [(ending, "soft_error", lambda _session: None)],
    ),
)
