"""The plan of a run: every decision, taken from the journal's facts and the replies of the world.

`handle` takes what came back, `advance` says what follows: facts to commit first, effects to perform
then, and when to look again. Nothing here performs anything, waits, or reads a clock.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from random import Random

from slyflow.engine import condition, phases, recovered, running, verdict
from slyflow.engine.effect import (
    Effect,
    Listed,
    Poll,
    Prepare,
    Prepared,
    Reply,
    Send,
    Sweep,
    WriteEdge,
)
from slyflow.engine.emergency import Kept
from slyflow.engine.move import Move
from slyflow.engine.reach import Reach
from slyflow.engine.schedule import Asking, Timers
from slyflow.engine.setup import Setup, Turn
from slyflow.engine.standing import Standing
from slyflow.engine.state import Phase, StepState
from slyflow.engine.timeline import ages
from slyflow.errors import AuthError, ExpressionError, SlyflowError
from slyflow.model.event import (
    Event,
    LaunchAccepted,
    Recorded,
    RunCancelled,
    RunClosed,
    RunInterrupted,
    StepEnded,
    StepStarted,
    StopRequested,
    Warned,
)
from slyflow.model.pipeline import FailureKind, ValuesAction
from slyflow.model.run import Failure, StepResult, StepStatus
from slyflow.model.session import Session


class Plan:
    """The decisions about one run. All times are seconds on one monotonic clock."""

    def __init__(self, setup: Setup, random: Random, now: float) -> None:
        self.setup = setup
        self._standing = Standing(setup, random, now)
        self._reach = Reach(setup.policy)
        self._timers = Timers()
        self._events: list[Event] = []
        self._effects: list[Effect] = []
        self._interrupted = False
        self._asking = Asking()

    @property
    def results(self) -> Mapping[str, StepResult]:
        """How the steps that are over ended."""
        return self._standing.results

    @property
    def exit_code(self) -> int | None:
        """The run's, None until it is closed."""
        return self._standing.exit_code

    @property
    def halt(self) -> SlyflowError | None:
        """Why the run cannot be driven on from here, None while it can."""
        return self._reach.halt

    @property
    def is_sending(self) -> bool:
        """Whether a launch or an edge is on its way, so that leaving now would leave its outcome unknown."""
        return any(isinstance(watch.doing, Send | WriteEdge) for watch in self._standing.watches.values())

    def replay(self, recorded: Sequence[Recorded], now: float) -> None:
        """Take in what the journal says; `now` is on the clock that the last of it was recorded by."""
        for entry, age in zip(recorded, ages(recorded, now), strict=True):
            self._standing.apply(entry.event, now - age)
            if isinstance(entry.event, StepEnded) and self.setup.secrets:
                self._compute_again(entry.event)
        self._standing.inherit(now)

    def _compute_again(self, event: StepEnded) -> None:
        """Restore values made of secrets: the journal has `***` where a secret stood.

        Values made of what no longer is known stay hidden.
        """
        standing = self._standing
        action = standing.steps[event.step].action
        if isinstance(action, ValuesAction) and event.result.status is StepStatus.SUCCEEDED:
            with suppress(ExpressionError):
                outputs = condition.values(action, standing.scope(event.step), self.setup.run.files)
                standing.results[event.step] = replace(event.result, outputs=outputs, hidden=())

    def cancel(self, reason: str, now: float) -> None:
        """Stop what runs and start no more of `steps`; `finally` still runs."""
        if not self._standing.is_cancelled:
            self._record(RunCancelled(reason), now)
            self._standing.stirred.update(dict.fromkeys(self._standing.states))

    def interrupt(self, reason: str, now: float) -> None:
        """Begin nothing new; replies under way are still taken in."""
        if not self._interrupted:
            self._record(RunInterrupted(reason), now)
            self._interrupted = True

    def warn(self, message: str, now: float) -> None:
        """Record something a person should know."""
        self._record(Warned(message), now)

    def marker(self, step: str) -> str:
        """Return the marker of the step's launch."""
        return self._standing.states[step].marker

    def adopt(self, kept: Kept, session: Session, now: float) -> None:
        """Go on with a session that the journal could not take, if it is that of the launch in doubt."""
        if self._standing.is_launched_as(kept, session):
            self._record(LaunchAccepted(kept.step, kept.attempt, session.id, "adopted"), now)

    def handle(self, reply: Reply, now: float) -> None:
        """Take in how an effect ended."""
        self._reach.note(reply, now)
        if isinstance(reply.effect, Poll):
            self._on_poll(reply.effect, reply.answer, now)
            return
        if isinstance(reply.effect, Sweep):
            for event in self._standing.sweeping.answered(reply.effect, reply.answer, self._standing, now):
                self._record(event, now)
            return
        if isinstance(reply.effect, Prepare) and reply.effect.watermark:
            self._standing.stirred.update(self._asking.answered(reply.effect.workspace))
        step = reply.effect.step
        watch = self._standing.watches[step]
        if watch.doing is not reply.effect:
            return
        watch.doing = None
        self._standing.stirred[step] = None
        if isinstance(reply.answer, AuthError):
            return
        if isinstance(reply.answer, Prepared) and reply.answer.watermark is not None:
            self._standing.raise_watermark(self.setup.run.workspaces[step], reply.answer.watermark)
        view, state = self._standing.view(step), self._standing.states[step]
        self._make(step, phases.on_reply(view, state, watch, reply, now), now)

    def advance(self, now: float) -> Turn:
        """Decide everything that can be decided now."""
        standing, stirred = self._standing, self._standing.stirred
        stirred.update(dict.fromkeys(self._timers.pop_due(now)))
        drives_on = not self._interrupted and self.halt is None
        while stirred and drives_on:
            step = next(iter(stirred))
            del stirred[step]
            self._consider(step, now)
            if not stirred:
                self._grant_slots(now)
        wake = None
        if drives_on:
            self._effects.extend(standing.polling.requests(now))
            self._sweep(now)
            self._close(now)
            wake = self._wake()
        turn = Turn(tuple(self._events), tuple(self._effects), wake)
        self._events, self._effects = [], []
        return turn

    def _wake(self) -> float | None:
        times = (self._timers.next, self._standing.polling.wake, self._standing.sweeping.wake)
        return min((time for time in times if time is not None), default=None)

    # Facts

    def _record(self, event: Event, now: float) -> None:
        self._events.append(event)
        self._standing.apply(event, now)

    # Decisions about one step

    def _consider(self, step: str, now: float) -> None:
        standing = self._standing
        watch = standing.watches[step]
        if watch.doing is not None:
            return
        if standing.is_cancelled and not standing.steps[step].is_final and self._cancel_step(step, now):
            return
        state = standing.states[step]
        if state.phase is Phase.WAITING:
            self._consider_waiting(step, now)
        elif state.phase is Phase.READY:
            self._consider_ready(step, now)
        elif state.phase is not Phase.OVER:
            self._make(step, phases.next_move(standing.view(step), state, watch, now), now)

    def _make(self, step: str, move: Move, now: float) -> None:
        for event in move.events:
            self._record(event, now)
            self._standing.stirred[step] = None
        effects = [effect for effect in move.effects if self._asking.may_ask(effect)]
        self._effects.extend(effects)
        if effects:
            self._standing.watches[step].doing = effects[-1]
        if move.wake is not None:
            self._timers.add(move.wake, step)

    def _cancel_step(self, step: str, now: float) -> bool:
        """Cancel what has no session; have stopped what has one. Says whether that settles the step."""
        state = self._standing.states[step]
        failure = Failure(FailureKind.CANCELLED, "the run was cancelled")
        unsent = state.phase is Phase.LAUNCHING and state.sending != "open"
        if state.phase in (Phase.WAITING, Phase.READY) or unsent:
            if self._standing.recovered.get(step) and recovered.concerns(self._standing.view(step), state):
                events = recovered.taken_at_once(self._standing.view(step), state)
                self._make(step, Move(tuple(events)), now)
                return True
            self._record(StepEnded(step, StepResult(StepStatus.CANCELLED, failure=failure)), now)
            return True
        if state.phase is Phase.RUNNING and state.stop is None:
            self._record(StopRequested(step, state.attempt, failure), now)
        return False

    def _consider_waiting(self, step: str, now: float) -> None:
        standing = self._standing
        spec = standing.steps[step]
        needed = standing.needed(spec)
        if needed is None:
            return
        forgiven = [name for name in needed if standing.steps[name].allow_failure]
        scope, files = standing.scope(step), self.setup.run.files
        result = condition.result_without_session(spec, needed, forgiven, scope, files)
        if result is not None:
            self._record(StepEnded(step, result), now)
        else:
            standing.ready.push(step)
            standing.states[step] = StepState(phase=Phase.READY)

    def _consider_ready(self, step: str, now: float) -> None:
        due = self._standing.watches[step].due
        if now < due:
            self._timers.add(due, step)
        else:
            self._standing.ready.push(step)

    def _grant_slots(self, now: float) -> None:
        while self._standing.slots_taken < self.setup.policy.max_sessions:
            step = self._standing.ready.pop()
            if step is None:
                return
            if self._standing.states[step].phase is Phase.READY:
                self._record(StepStarted(step), now)
                self._standing.stirred[step] = None

    # Sessions and the instance

    def _on_poll(self, poll: Poll, answer: object, now: float) -> None:
        well = isinstance(answer, Listed)
        asked_at = self._standing.polling.answered(poll.workspace, now, well=well)
        if not isinstance(answer, Listed):
            return
        listed = {session.id: session for session in answer.sessions}
        followed = self._standing.polling.running.get(poll.workspace, {})
        for session_id in poll.ids:
            step = followed.get(session_id)
            if step is None or (session_id not in listed and session_id not in answer.gone):
                continue
            watch, state = self._standing.watches[step], self._standing.states[step]
            session = listed.get(session_id)
            if session is not None:
                watch.seen_at = asked_at  # an answer may take minutes
            view = self._standing.view(step)
            move = running.on_listed(view, state, watch, session, now, place_gone=answer.place_gone)
            self._make(step, move, now)
            if self._standing.states[step].phase is Phase.ENDED:
                self._standing.watches[step].row = session
            self._standing.stirred[step] = None

    # The whole run

    def _sweep(self, now: float) -> None:
        """Look for duplicates of launches whose outcome was unknown, and have them stopped."""
        if self.exit_code is None:
            standing = self._standing
            self._effects.extend(standing.sweeping.requests(now, all_ended=standing.all_ended))

    def _close(self, now: float) -> None:
        standing = self._standing
        if standing.exit_code is not None or not (standing.all_ended and standing.sweeping.is_over):
            return
        code = verdict.exit_code(verdict.counting(self.setup.pipeline, self.results))
        if standing.sweeping.needs_human:
            code = verdict.NEEDS_HUMAN
        for found in standing.unclaimed():
            message = f"session {found.session_id}, known from before the journal was lost, was left as it is"
            self._record(Warned(message, found.step), now)
            code = verdict.NEEDS_HUMAN
        outputs, missing = verdict.returned(self.setup.pipeline, standing.scope(None), self.setup.run.files)
        for name, why in missing.items():
            self._record(Warned(f'output "{name}" of the pipeline: {why}'), now)
            code = code or verdict.STEP_FAILED
        self._record(RunClosed(code, outputs), now)
