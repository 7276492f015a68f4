"""Where a run stands: everything folded from its events, and the volatile memory beside it."""

from collections.abc import Iterator
from random import Random

from slyflow.engine import launch, running, verdict
from slyflow.engine.effect import Others
from slyflow.engine.emergency import Kept
from slyflow.engine.meanwhile import Meanwhile
from slyflow.engine.move import View, Watch
from slyflow.engine.polling import Polling
from slyflow.engine.query import globs
from slyflow.engine.schedule import ReadyQueue
from slyflow.engine.setup import Setup
from slyflow.engine.state import Phase, StepEvent, StepState, fold
from slyflow.engine.sweep import Sweeping
from slyflow.model.artifact import Artifact, Kind
from slyflow.model.event import (
    AttemptFailed,
    Event,
    LaunchAccepted,
    LaunchIntended,
    LaunchResolved,
    OutputsFound,
    RunCancelled,
    RunClosed,
    RunCreated,
    RunInterrupted,
    RunResumed,
    SessionChanged,
    SessionRecovered,
    StepEnded,
    StopRequested,
    Warned,
)
from slyflow.model.launch import Workspace
from slyflow.model.pipeline import AppAction, Step, When
from slyflow.model.run import StepResult, StepStatus
from slyflow.model.session import Session
from slyflow.model.value import Json
from slyflow.syntax.expression import Scope


class Standing:
    """States and results of all steps, and who waits for what. Times are on one monotonic clock.

    `stirred` are the steps to look at again, in order.
    """

    def __init__(self, setup: Setup, random: Random, now: float) -> None:
        pipeline = setup.pipeline
        self.setup = setup
        self.steps = pipeline.all_steps
        self.states = {step: StepState() for step in self.steps}
        self.results: dict[str, StepResult] = {}
        self.watches = {step: Watch(since=now) for step in self.steps}
        self.stirred = dict.fromkeys(self.steps)
        self.exit_code: int | None = None
        self.is_cancelled = False
        self.inherited: dict[str, int] = {}
        self.recovered: dict[str, dict[int, tuple[SessionRecovered, ...]]] = {}
        self.slots_taken = 0
        remaining = setup.dag.remaining(setup.durations)
        self.ready = ReadyQueue({step: remaining[step] for step in self.steps})
        self.polling = Polling(setup.policy)
        self.sweeping = Sweeping(setup.policy)
        self._meanwhile = Meanwhile()
        self._made: dict[tuple[Kind, int], str] = {}
        self._random = random
        self._open_main = len(pipeline.steps)
        self._watermarks: dict[Workspace, int] = {}
        self._views: dict[str, View] = {}
        self._instance_url = setup.run.instance_url
        self._drivers = {workspace.user_id for workspace in setup.run.workspaces.values()}

    @property
    def all_ended(self) -> bool:
        """Whether every step is over."""
        return len(self.results) == len(self.states)

    def inherit(self, now: float) -> None:
        """Take over from earlier processes of the run: what they waited for is waited for afresh."""
        self.inherited = {step: state.attempt for step, state in self.states.items()}
        for watch in self.watches.values():
            watch.since = now

    def apply(self, event: Event, now: float) -> None:
        """Take in one more fact."""
        match event:
            case RunCancelled():
                self.is_cancelled = True
            case RunClosed():
                self.exit_code = event.exit_code
            case RunResumed():
                self._drivers.add(event.user_id)
                self._instance_url = event.instance_url or self._instance_url
            case SessionRecovered():
                known = self.recovered.setdefault(event.step, {})
                self._views.pop(event.step, None)
                known[event.attempt] = (*known.get(event.attempt, ()), event)
            case RunCreated() | RunInterrupted() | Warned():
                pass
            case _:
                if isinstance(event, LaunchResolved):
                    self._reopen(event.step)
                self._apply_step(event, now)

    def _apply_step(self, event: StepEvent, now: float) -> None:
        step = event.step
        before = self.states[step]
        after = self.states[step] = fold(before, event)
        self.slots_taken += after.holds_slot - before.holds_slot
        self.sweeping.note(event, after, self.setup.run.workspaces.get(step), now)
        self._meanwhile.note(event, before, after)
        if after.phase is not before.phase:
            self._enter(step, before, after, now)
        watch = self.watches[step]
        match event:
            case LaunchIntended() | LaunchAccepted() | LaunchResolved():
                self._note_launch(event, now)
            case SessionChanged():
                running.note_status(watch, event.status, now)
            case AttemptFailed():
                watch.due = now + event.delay
            case StopRequested():
                watch.due = now
            case OutputsFound():
                self._note_made(event)
            case StepEnded():
                self._on_step_ended(step, event.result)
            case _:
                pass

    def _enter(self, step: str, before: StepState, after: StepState, now: float) -> None:
        """Start the memory of a phase afresh; the edges that stand stay known while more are written."""
        graph = self.watches[step].graph if after.phase is Phase.LINKING else None
        self.watches[step] = Watch(since=now, graph=graph)
        workspace = self.setup.run.workspaces.get(step)
        if after.phase is Phase.RUNNING and workspace and after.session_id is not None:
            self.polling.add(workspace, after.session_id, step, now)
        elif before.phase is Phase.RUNNING and workspace and before.session_id is not None:
            self.polling.remove(workspace, before.session_id)

    def _on_step_ended(self, step: str, result: StepResult) -> None:
        self.results[step] = result
        if not self.steps[step].is_final:
            self._open_main -= 1
        self.stirred.update(dict.fromkeys(self.setup.dag.dependents(step)))
        if self._open_main == 0:
            self.stirred.update(dict.fromkeys(self.setup.pipeline.final_steps))

    def _note_launch(self, event: LaunchIntended | LaunchAccepted | LaunchResolved, now: float) -> None:
        known = event.watermark if isinstance(event, LaunchIntended) else event.session_id
        if not isinstance(event, LaunchIntended):
            self.watches[event.step].accepted_at = now
        self.raise_watermark(self.setup.run.workspaces[event.step], known or 0)

    def _note_made(self, event: OutputsFound) -> None:
        for output in event.outputs.values():
            if isinstance(output, Artifact) and output.id is not None:
                self._made.setdefault((output.kind, output.id), event.step)

    def _reopen(self, step: str) -> None:
        """Take back that a step ended, and all that was skipped for it; whatever ran stays as it is."""
        self.exit_code = None
        again = [step, *(name for name in self.setup.pipeline.final_steps if self._was_skipped(name))]
        for name in again:
            ended = self.results.pop(name, None)
            if ended is not None and not self.steps[name].is_final:
                self._open_main += 1
            if name != step:
                self.states[name] = StepState()
            dependents = self.setup.dag.dependents(name)
            again += [other for other in dependents if other not in again and self._was_skipped(other)]
        self.stirred.update(dict.fromkeys(again))

    def unclaimed(self) -> Iterator[SessionRecovered]:
        """Return the recovered sessions of steps that ended without a use for them."""
        for step, known in self.recovered.items():
            if self.states[step].attempt < max(known):
                yield from known[max(known)]

    def _was_skipped(self, step: str) -> bool:
        return step in self.results and self.results[step].status is StepStatus.SKIPPED

    def raise_watermark(self, workspace: Workspace, session_id: int) -> None:
        """Note a session id that every later session's is above."""
        self._watermarks[workspace] = max(session_id, self._watermarks.get(workspace, 0))

    def _watermark(self, workspace: Workspace) -> int | None:
        """What another machine launched may be below every id that this process saw first."""
        return 0 if self.setup.was_taken_over else self._watermarks.get(workspace)

    def needed(self, spec: Step) -> dict[str, StepResult] | None:
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

    def is_ours(self, step: str, session: Session) -> bool:
        """Whether the session is of the step's app, in its workspace, by our user, as far as is told."""
        return launch.is_ours(self.view(step), session)

    def is_launched_as(self, kept: Kept, session: Session) -> bool:
        """Whether the session is that of the launch in doubt which was kept beside the journal."""
        state = self.states.get(kept.step)
        return (
            state is not None
            and (state.phase, state.sending) == (Phase.LAUNCHING, "open")
            and (state.attempt, state.marker) == (kept.attempt, kept.marker)
            and kept.marker in session.marker_text
            and self.is_ours(kept.step, session)
        )

    def scope(self, step: str | None) -> Scope:
        """Return what expressions see now: those of a step, or with None those of the whole pipeline."""
        run = self.setup.run
        names: dict[str, Json] = {"id": run.run_id, "name": run.pipeline, "started_at": run.started_at}
        if step is not None and self.steps[step].is_final:
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

    def others(self, step: str) -> Others:
        """Return the steps beside one that looks for its outputs."""
        beside = self._meanwhile.beside(step)
        if self.setup.traced:
            return Others(tuple(beside))  # there it is on record who made what
        known = {other: globs(self.view(other), self.watches[other].info) for other in beside}
        return Others(tuple(beside), known, dict(self._made))

    def view(self, step: str) -> View:
        """Return what decisions about an app step look at; the last one while it still holds."""
        watermark = self._watermark(self.setup.run.workspaces[step])
        attempt = self.states[step].attempt
        inherited = attempt == self.inherited.get(step) or attempt in self.recovered.get(step, ())
        last = self._views.get(step)
        if last is None or last.watermark != watermark or last.inherited is not inherited:
            last = self._views[step] = self._new_view(step, watermark, inherited=inherited)
        return last

    def _new_view(self, step: str, watermark: int | None, *, inherited: bool) -> View:
        spec = self.steps[step]
        assert isinstance(spec.action, AppAction)
        setup = self.setup
        return View(
            step=spec,
            action=spec.action,
            run=setup.run,
            policy=setup.policy,
            scope=lambda: self.scope(step),
            others=lambda: self.others(step),
            random=self._random.random,
            watermark=watermark,
            traced=setup.traced,
            unwritable=setup.unwritable,
            drivers=self._drivers,
            inherited=inherited,
            redact=setup.redact,
            looks_first=setup.was_taken_over,
            recovered=self.recovered.get(step, {}),
        )
