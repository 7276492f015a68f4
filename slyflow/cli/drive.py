"""Drives one run from its journal to its end, or to where it can be resumed."""

import shlex
from dataclasses import replace
from random import Random
from time import monotonic
from typing import Literal

from slyflow.cli.connect import Connection
from slyflow.cli.context import Context
from slyflow.cli.graphless import missing_graph, unwritable
from slyflow.cli.secrets import read_secrets
from slyflow.cli.settings import Settings
from slyflow.cli.signals import listening
from slyflow.cli.watching import Watcher, watcher
from slyflow.engine.executor import INTERRUPTED, Executor, Request
from slyflow.engine.journal import Journal, utc_now
from slyflow.engine.performer import Performer
from slyflow.engine.plan import Plan
from slyflow.engine.policy import EMBEDDED, Policy
from slyflow.engine.runs import STOP_FILE, durations
from slyflow.engine.setup import Setup
from slyflow.engine.verdict import STEP_FAILED
from slyflow.errors import SlyflowError
from slyflow.graph.dag import Dag
from slyflow.model.event import RunCreated
from slyflow.model.pipeline import Pipeline
from slyflow.report.document import run_document
from slyflow.report.line import Part
from slyflow.report.summary import summarize


class Drive:
    """One run and everything it is driven with.

    `quiet` and `as_json` say what is told meanwhile and at the end.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        dag: Dag,
        connection: Connection,
        settings: Settings,
        context: Context,
        *,
        quiet: bool,
        as_json: bool,
    ) -> None:
        self._pipeline = pipeline
        self._dag = dag
        self._connection = connection
        self._settings = settings
        self._context = context
        self._quiet = quiet
        self._as_json = as_json

    def to_its_end(self, journal: Journal, created: RunCreated, *, cancel: str | None = None) -> int:
        """Return the run's exit code, or the one of the signal that ended it early.

        `created` is the run's first event, with its secrets where this process knows them. The journal's
        last event is news, those before were told already. `cancel` is the reason to cancel the run
        first. An error that ends this process leaves the run resumable.
        """
        try:
            code = self._execute(journal, created, cancel)
        except SlyflowError as error:
            self._connection.leave_sessions()
            self._conclude(journal, error.exit_code)
            raise
        self._conclude(journal, code)
        return code

    def _execute(self, journal: Journal, created: RunCreated, cancel: str | None) -> int:
        console = self._context.console
        with watcher(console, self._pipeline, quiet=self._quiet, as_json=self._as_json) as reporter:
            executor = self._executor(journal, created, reporter)
            # Whoever interrupts a stop wants to leave it.
            stops = cancel is None and self._settings.on_interrupt == "stop"
            what: Literal["cancel", "interrupt"] = "cancel" if stops else "interrupt"
            with listening(lambda name: executor.request(Request(what, name))) as signals:
                if cancel is not None:
                    executor.request(Request("cancel", cancel))
                try:
                    with signals.interrupting():
                        code = executor.run()
                except KeyboardInterrupt:
                    code = INTERRUPTED
        ended_by_signal = code == INTERRUPTED or (stops and code == STEP_FAILED)
        return signals.exit_code if ended_by_signal and signals.exit_code is not None else code

    def _conclude(self, journal: Journal, code: int) -> None:
        """Print the document, and how to go on with a run that is not over."""
        console = self._context.console
        summary = summarize(journal.events(), self._pipeline)
        if self._as_json:
            console.json(run_document(summary, exit_code=code))
        if summary.exit_code is None:
            left = "its sessions go on running; " if self._connection.leave_sessions() else ""
            console.note(Part("not over: ", "warn"), f"{left}resume it with")
            console.note("  ", self._resume_command(summary.run))

    def _executor(self, journal: Journal, created: RunCreated, reporter: Watcher) -> Executor:
        recorded = journal.events()
        reporter.recall(recorded[:-1])
        reporter.report(recorded[-1])
        instance = self._connection.instance
        setup = Setup(
            pipeline=self._pipeline,
            dag=self._dag,
            run=created,
            policy=policy(self._settings, max_sessions=created.max_sessions, is_embedded=instance.embedded),
            secrets=read_secrets(self._pipeline, self._context),
            redact=self._context.console.redact,
            durations=durations(self._settings.home, created.pipeline),
            traced=instance.tracing is not None,
            unwritable=unwritable(instance.version),
        )
        plan = Plan(setup, Random(), monotonic())  # noqa: S311 - spreads retries
        plan.replay(recorded, monotonic(), utc_now())
        if len(recorded) == 1:
            for warning in missing_graph(instance.version, self._pipeline):
                plan.warn(warning, monotonic())
        stop_file = journal.folder / STOP_FILE
        return Executor(plan, journal, Performer(instance), reporter, watch=stop_file.exists)

    def _resume_command(self, run: str) -> str:
        origin = self._settings.origins["home"]
        home = ["--home", str(self._settings.home)] if origin.source == "flag" else []
        return shlex.join(["slyflow", "resume", run, *home])


def policy(settings: Settings, *, max_sessions: int, is_embedded: bool) -> Policy:
    """Return how patient the engine is with this kind of instance, as the settings change it."""
    base = EMBEDDED if is_embedded else Policy()
    floor = base.poll_floor if settings.poll_interval is None else settings.poll_interval
    return replace(
        base,
        max_sessions=max_sessions,
        poll_floor=floor,
        poll_ceiling=max(floor, base.poll_ceiling),
        launch_window=base.launch_window if settings.launch_window is None else settings.launch_window,
        unreachable_after=(
            base.unreachable_after if settings.unreachable_after is None else settings.unreachable_after
        ),
    )
