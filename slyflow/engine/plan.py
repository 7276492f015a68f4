"""The plan of a run: every decision, taken from the journal's facts and the replies of the world.

`handle` takes what came back, `advance` says what follows: facts to commit first, effects to perform
then, and when to look again. Nothing here performs anything, waits, or reads a clock.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from random import Random

from slyflow.engine import condition, launch, phases, running, verdict
from slyflow.engine.effect import (
    Effect,
    Listed,
    Poll,
    Prepared,
    Reply,
    Send,
    Sweep,
    WriteEdge,
)
from slyflow.engine.move import Move, View, Watch
from slyflow.engine.polling import Polling
from slyflow.engine.reach import Reach
from slyflow.engine.schedule import ReadyQueue, Timers
from slyflow.engine.setup import Setup, Turn
from slyflow.engine.state import Phase, StepEvent, StepState, fold
from slyflow.engine.sweep import Sweeping
from slyflow.errors import AuthError, ExpressionError, SlyflowError
from slyflow.model.artifact import Computed
from slyflow.model.event import (
    AttemptFailed,
    Event,
    LaunchAccepted,
    LaunchIntended,
    Recorded,
    RunCancelled,
    RunClosed,
    RunCreated,
    RunInterrupted,
    RunResumed,
    SessionChanged,
    StepEnded,
    StepStarted,
    StopRequested,
    Warned,
)
from slyflow.model.launch import Workspace
from slyflow.model.pipeline import AppAction, FailureKind, Step, ValuesAction, When
from slyflow.model.run import Failure, StepResult, StepStatus
from slyflow.model.session import Session
from slyflow.model.value import Json
from slyflow.syntax.expression import Scope, evaluate


class Plan:
    """The state of one run. All times are seconds on one monotonic clock."""

    def __init__(self, setup: Setup, random: Random, now: float) -> None:
        pipeline = setup.pipeline
        self.setup = setup
        self.states = {step: StepState() for step in pipeline.all_steps}
        self.results: dict[str, StepResult] = {}
        self.exit_code: int | None = None
        self._steps = pipeline.all_steps
        self._random = random
        self._watches = {step: Watch(since=now) for step in self.states}
        self._events: list[Event] = []
        self._effects: list[Effect] = []
        self._stirred = dict.fromkeys(self.states)
        self._timers = Timers()
        remaining = setup.dag.remaining(setup.durations)
        self._ready = ReadyQueue({step: remaining[step] for step in self.states})
        self._polling = Polling(setup.policy)
        self._sweeping = Sweeping(setup.policy)
        self._slots_taken = 0
        self._open_main = len(pipeline.steps)
        self._cancelled = False
        self._interrupted = False
        self._watermarks: dict[Workspace, int] = {}
        self._reach = Reach(setup.policy)
        self._inherited: dict[str, int] = {}
        self._instance_url = setup.run.instance_url
        self._drivers = {workspace.user_id for workspace in setup.run.workspaces.values()}

    @property
    def halt(self) -> SlyflowError | None:
        """Why the run cannot be driven on from here, None while it can."""
        return self._reach.halt

    @property
    def is_sending(self) -> bool:
        """Whether a launch or an edge is on its way, so that leaving now would leave its outcome unknown."""
        return any(isinstance(watch.doing, Send | WriteEdge) for watch in self._watches.values())

    def replay(self, recorded: Iterable[Recorded], now: float, wall: datetime) -> None:
        """Take in what the journal says; ages are measured by its wall-clock times, never negative."""
        for entry in recorded:
            age = (wall - datetime.fromisoformat(entry.at)).total_seconds()
            self._apply(entry.event, now - max(0.0, age))
            if isinstance(entry.event, StepEnded) and self.setup.secrets:
                self._compute_again(entry.event)
        self._inherited = {step: state.attempt for step, state in self.states.items()}

    def _compute_again(self, event: StepEnded) -> None:
        """Restore values made of secrets: the journal has `***` where a secret stood.

        Values made of what no longer is known stay hidden.
        """
        action = self._steps[event.step].action
        if isinstance(action, ValuesAction) and event.result.status is StepStatus.SUCCEEDED:
            with suppress(ExpressionError):
                outputs = self._values(event.step, action)
                self.results[event.step] = replace(event.result, outputs=outputs, hidden=())

    def cancel(self, reason: str, now: float) -> None:
        """Stop what runs and start no more of `steps`; `finally` still runs."""
        if not self._cancelled:
            self._record(RunCancelled(reason), now)
            self._stirred.update(dict.fromkeys(self.states))

    def interrupt(self, reason: str, now: float) -> None:
        """Begin nothing new; replies under way are still taken in."""
        if not self._interrupted:
            self._record(RunInterrupted(reason), now)
            self._interrupted = True

    def warn(self, message: str, now: float) -> None:
        """Record something a person should know."""
        self._record(Warned(message), now)

    def handle(self, reply: Reply, now: float) -> None:
        """Take in how an effect ended."""
        self._reach.note(reply, now)
        if isinstance(reply.effect, Poll):
            self._on_poll(reply.effect, reply.answer, now)
            return
        if isinstance(reply.effect, Sweep):
            for event in self._sweeping.answered(reply.effect, reply.answer, self, now):
                self._record(event, now)
            return
        step = reply.effect.step
        watch = self._watches[step]
        if watch.doing is not reply.effect:
            return
        watch.doing = None
        self._stirred[step] = None
        if isinstance(reply.answer, AuthError):
            return
        if isinstance(reply.answer, Prepared) and reply.answer.watermark is not None:
            self._raise_watermark(self.setup.run.workspaces[step], reply.answer.watermark)
        view, state = self._view(step), self.states[step]
        self._make(step, phases.on_reply(view, state, watch, reply, now), now)

    def advance(self, now: float) -> Turn:
        """Decide everything that can be decided now."""
        self._stirred.update(dict.fromkeys(self._timers.pop_due(now)))
        while self._stirred and not self._interrupted and self.halt is None:
            step = next(iter(self._stirred))
            del self._stirred[step]
            self._consider(step, now)
            if not self._stirred:
                self._grant_slots(now)
        if not self._interrupted and self.halt is None:
            self._effects.extend(self._polling.requests(now))
            self._sweep(now)
            self._close(now)
        turn = Turn(tuple(self._events), tuple(self._effects), self._wake())
        self._events, self._effects = [], []
        return turn

    def _wake(self) -> float | None:
        times = (self._timers.next, self._polling.wake, self._sweeping.wake)
        return min((time for time in times if time is not None), default=None)

    # Facts

    def _record(self, event: Event, now: float) -> None:
        self._events.append(event)
        self._apply(event, now)

    def _apply(self, event: Event, now: float) -> None:
        match event:
            case RunCancelled():
                self._cancelled = True
            case RunClosed():
                self.exit_code = event.exit_code
            case RunResumed():
                self._drivers.add(event.user_id)
                self._instance_url = event.instance_url or self._instance_url
            case RunCreated() | RunInterrupted() | Warned():
                pass
            case _:
                self._apply_step(event, now)

    def _apply_step(self, event: StepEvent, now: float) -> None:
        step = event.step
        before = self.states[step]
        after = self.states[step] = fold(before, event)
        self._slots_taken += after.holds_slot - before.holds_slot
        self._sweeping.note(event, after, self.setup.run.workspaces.get(step), now)
        if after.phase is not before.phase:
            self._enter(step, before, after, now)
        watch = self._watches[step]
        match event:
            case LaunchIntended():
                self._raise_watermark(self.setup.run.workspaces[step], event.watermark)
            case LaunchAccepted():
                watch.accepted_at = now
                self._raise_watermark(self.setup.run.workspaces[step], event.session_id)
            case SessionChanged():
                running.note_status(watch, event.status, now)
            case AttemptFailed():
                watch.due = now + event.delay
            case StopRequested():
                watch.due = now
            case StepEnded():
                self._on_step_ended(step, event.result)
            case _:
                pass

    def _enter(self, step: str, before: StepState, after: StepState, now: float) -> None:
        """Start the memory of a phase afresh; the edges that stand stay known while more are written."""
        standing = self._watches[step].standing if after.phase is Phase.LINKING else None
        self._watches[step] = Watch(since=now, standing=standing)
        workspace = self.setup.run.workspaces.get(step)
        if after.phase is Phase.RUNNING and workspace and after.session_id is not None:
            self._polling.add(workspace, after.session_id, step, now)
        elif before.phase is Phase.RUNNING and workspace and before.session_id is not None:
            self._polling.remove(workspace, before.session_id)

    def _on_step_ended(self, step: str, result: StepResult) -> None:
        self.results[step] = result
        if not self._steps[step].is_final:
            self._open_main -= 1
        self._stirred.update(dict.fromkeys(self.setup.dag.dependents(step)))
        if self._open_main == 0:
            self._stirred.update(dict.fromkeys(self.setup.pipeline.final_steps))

    def _raise_watermark(self, workspace: Workspace, session_id: int) -> None:
        self._watermarks[workspace] = max(session_id, self._watermarks.get(workspace, 0))

    # Decisions about one step

    def _consider(self, step: str, now: float) -> None:
        if self._watches[step].doing is not None:
            return
        if self._cancelled and not self._steps[step].is_final and self._cancel_step(step, now):
            return
        phase = self.states[step].phase
        if phase is Phase.WAITING:
            self._consider_waiting(step, now)
        elif phase is Phase.READY:
            self._consider_ready(step, now)
        elif phase is not Phase.OVER:
            move = phases.next_move(self._view(step), self.states[step], self._watches[step], now)
            self._make(step, move, now)

    def _make(self, step: str, move: Move, now: float) -> None:
        for event in move.events:
            self._record(event, now)
            self._stirred[step] = None
        self._effects.extend(move.effects)
        if move.effects:
            self._watches[step].doing = move.effects[-1]
        if move.wake is not None:
            self._timers.add(move.wake, step)

    def _cancel_step(self, step: str, now: float) -> bool:
        """Cancel what has no session; have stopped what has one. Says whether that settles the step."""
        state = self.states[step]
        failure = Failure(FailureKind.CANCELLED, "the run was cancelled")
        unsent = state.phase is Phase.LAUNCHING and state.sending != "open"
        if state.phase in (Phase.WAITING, Phase.READY) or unsent:
            self._record(StepEnded(step, StepResult(StepStatus.CANCELLED, failure=failure)), now)
            return True
        if state.phase is Phase.RUNNING and state.stop is None:
            self._record(StopRequested(step, state.attempt, failure), now)
        return False

    def _consider_waiting(self, step: str, now: float) -> None:
        spec = self._steps[step]
        needed = self._needed(spec)
        if needed is None:
            return
        forgiven = [name for name in needed if self._steps[name].allow_failure]
        reason = condition.why_not(spec, needed, forgiven)
        try:
            if reason is None and not self._condition_holds(spec):
                reason = "its condition is false"
            if reason is not None:
                result = StepResult(StepStatus.SKIPPED, reason=reason)
            elif isinstance(spec.action, ValuesAction):
                result = StepResult(StepStatus.SUCCEEDED, self._values(spec.id, spec.action))
            else:
                self._ready.push(step)
                self.states[step] = StepState(phase=Phase.READY)
                return
        except ExpressionError as error:
            failure = Failure(FailureKind.ERROR, error.message)
            result = StepResult(StepStatus.FAILED, failure=failure)
        self._record(StepEnded(step, result), now)

    def _needed(self, spec: Step) -> dict[str, StepResult] | None:
        """Return the results its `when` looks at, None while one of them is open.

        A final step waits for all of `steps`; its `when` looks at them too.
        """
        names = list(self.setup.dag.needs(spec.id))
        if spec.is_final:
            if self._open_main:
                return None
            if spec.when is not When.ALWAYS:
                names += self.setup.pipeline.steps
        if any(name not in self.results for name in names):
            return None
        return {name: self.results[name] for name in names}

    def _condition_holds(self, spec: Step) -> bool:
        if spec.condition is None:
            return True
        holds = evaluate(spec.condition, self._scope(spec.id), self.setup.run.files)
        if isinstance(holds, bool):
            return holds
        raise ExpressionError(f'the condition of step "{spec.id}" is {holds!r}, expected true or false')

    def _values(self, step: str, action: ValuesAction) -> dict[str, Computed]:
        scope = self._scope(step)
        return {
            name: Computed(evaluate(item.value, scope, self.setup.run.files))
            for name, item in action.values.items()
        }

    def _consider_ready(self, step: str, now: float) -> None:
        due = self._watches[step].due
        if now < due:
            self._timers.add(due, step)
        else:
            self._ready.push(step)

    def _grant_slots(self, now: float) -> None:
        while self._slots_taken < self.setup.policy.max_sessions:
            step = self._ready.pop()
            if step is None:
                return
            if self.states[step].phase is Phase.READY:
                self._record(StepStarted(step), now)
                self._stirred[step] = None

    # Sessions and the instance

    def _on_poll(self, poll: Poll, answer: object, now: float) -> None:
        well = isinstance(answer, Listed)
        self._polling.answered(poll.workspace, now, well=well)
        if not isinstance(answer, Listed):
            return
        listed = {session.id: session for session in answer.sessions}
        followed = self._polling.running.get(poll.workspace, {})
        for session_id in poll.ids:
            step = followed.get(session_id)
            if step is None or (session_id not in listed and session_id not in answer.gone):
                continue
            watch, state = self._watches[step], self.states[step]
            session = listed.get(session_id)
            self._make(step, running.on_listed(self._view(step), state, watch, session, now), now)
            if self.states[step].phase is Phase.ENDED:
                self._watches[step].row = session
            self._stirred[step] = None

    # The whole run

    @property
    def is_cancelled(self) -> bool:
        """Whether a person asked to stop the run."""
        return self._cancelled

    def is_ours(self, step: str, session: Session) -> bool:
        """Whether the session is of the step's app, in its workspace, by our user, as far as is told."""
        return launch.is_ours(self._view(step), session)

    def _sweep(self, now: float) -> None:
        """Look for duplicates of launches whose outcome was unknown, and have them stopped."""
        if self.exit_code is None:
            all_ended = len(self.results) == len(self.states)
            self._effects.extend(self._sweeping.requests(now, all_ended=all_ended))

    def _close(self, now: float) -> None:
        if self.exit_code is not None or len(self.results) < len(self.states) or not self._sweeping.is_over:
            return
        code = verdict.exit_code(verdict.counting(self.setup.pipeline, self.results))
        if self._sweeping.needs_human:
            code = verdict.NEEDS_HUMAN
        outputs: dict[str, Json] = {}
        # Secrets are taken out of what the pipeline returns anyway, so here the hidden is known well enough.
        known = {step: replace(result, hidden=()) for step, result in self.results.items()}
        scope = replace(self._scope(None), steps=known, hidden_params=())
        for name, item in self.setup.pipeline.outputs.items():
            try:
                outputs[name] = evaluate(item.value, scope, self.setup.run.files)
            except ExpressionError as error:
                self._record(Warned(f'output "{name}" of the pipeline: {error.message}'), now)
                code = code or verdict.STEP_FAILED
        self._record(RunClosed(code, outputs), now)

    def _scope(self, step: str | None) -> Scope:
        run = self.setup.run
        names: dict[str, Json] = {"id": run.run_id, "name": run.pipeline, "started_at": run.started_at}
        if step is not None and self._steps[step].is_final:
            against = verdict.counting(self.setup.pipeline, self.results)
            names["status"] = str(verdict.run_status(against))
            names["failures"] = verdict.failures(self.results)
        session: dict[str, Json] | None = None
        state = self.states[step] if step is not None else None
        if state is not None and state.session_id is not None:
            url = f"{self._instance_url}/apps/sessions/{state.session_id}"
            session = {"id": state.session_id, "url": url, "attempt": state.attempt}
        return Scope(
            params=run.params,
            secrets=self.setup.secrets,
            run=names,
            instance_url=self._instance_url,
            user_id=next((place.user_id for place in run.workspaces.values()), None),
            workspace=run.workspaces.get(step) if step is not None else None,
            steps=self.results,
            session=session,
            hidden_params=run.hidden,
        )

    def _view(self, step: str) -> View:
        spec = self._steps[step]
        assert isinstance(spec.action, AppAction)
        setup = self.setup
        return View(
            step=spec,
            action=spec.action,
            run=setup.run,
            policy=setup.policy,
            scope=lambda: self._scope(step),
            random=self._random.random,
            watermark=self._watermarks.get(setup.run.workspaces[step]),
            traced=setup.traced,
            unwritable=setup.unwritable,
            drivers=self._drivers,
            inherited=self._inherited.get(step) == self.states[step].attempt,
            redact=setup.redact,
        )
