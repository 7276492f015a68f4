"""Drives one run from its journal to its end, or to where it can be resumed."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from random import Random
from time import monotonic

from slyflow.engine.emergency import Emergency
from slyflow.engine.executor import Executor, Request
from slyflow.engine.journal import Journal
from slyflow.engine.lease import was_taken_over
from slyflow.engine.performer import Performer
from slyflow.engine.plan import Plan
from slyflow.engine.policy import EMBEDDED, Policy
from slyflow.engine.runs import STOP_FILE, durations
from slyflow.engine.setup import Setup
from slyflow.errors import NotFound, SlyflowError
from slyflow.graph.dag import Dag
from slyflow.model.event import Recorded, RunCreated
from slyflow.model.instance import Instance
from slyflow.model.pipeline import Pipeline
from slyflow.report.summary import summarize
from slyflow.running.connect import Connection
from slyflow.running.graphless import missing_graph, unwritable
from slyflow.running.operator import Operator, Watcher
from slyflow.running.secrets import read_secrets
from slyflow.running.world import World
from slyflow.settings import Settings

_SHARED = (
    "the home is on a file system that other machines may use too ({}), where a lock may not keep them out:"
    " drive the run from one machine alone"
)


class Drive:
    """One run and everything it is driven with; the operator watches it and may interrupt it."""

    def __init__(
        self,
        pipeline: Pipeline,
        dag: Dag,
        connection: Connection,
        settings: Settings,
        world: World,
        operator: Operator,
        durations: Mapping[str, float] | None = None,
    ) -> None:
        """`durations` are what steps took in an earlier run, if they have been looked up already."""
        self._pipeline = pipeline
        self._dag = dag
        self._connection = connection
        self._settings = settings
        self._world = world
        self._operator = operator
        self._durations = durations

    def to_its_end(
        self,
        journal: Journal,
        recorded: Sequence[Recorded],
        created: RunCreated,
        *,
        cancel: str | None = None,
    ) -> int:
        """Return the run's exit code, or the one of the signal that ended it early.

        `recorded` is all that the journal holds, and `created` the first of it, with its secrets where
        this process knows them. The last event is news, those before were told already. `cancel` is the
        reason to cancel the run first. An error that ends this process leaves the run resumable.
        """
        try:
            code = self._execute(journal, recorded, created, cancel)
        except SlyflowError as error:
            self._connection.leave_sessions()
            self._conclude(journal, recorded, error.exit_code)
            raise
        self._conclude(journal, recorded, code)
        return code

    def _execute(
        self, journal: Journal, recorded: Sequence[Recorded], created: RunCreated, cancel: str | None
    ) -> int:
        # Whoever interrupts a stop wants to leave it.
        stops = cancel is None and self._settings.on_interrupt == "stop"
        with self._operator.watching(self._pipeline) as watcher:
            executor = self._executor(journal, recorded, created, watcher)
            if cancel is not None:
                executor.request(Request("cancel", cancel))
            return self._operator.attend(executor, "cancel" if stops else "interrupt")

    def _conclude(self, journal: Journal, recorded: Sequence[Recorded], code: int) -> None:
        summary = summarize(journal.events(recorded), self._pipeline)
        is_over = summary.exit_code is not None
        left = not is_over and self._connection.leave_sessions()
        self._operator.conclude(summary, code, sessions_go_on=left)

    def _executor(
        self, journal: Journal, recorded: Sequence[Recorded], created: RunCreated, watcher: Watcher
    ) -> Executor:
        watcher.recall(recorded[:-1])
        watcher.report(recorded[-1])
        instance = self._connection.instance
        setup = Setup(
            pipeline=self._pipeline,
            dag=self._dag,
            run=created,
            policy=policy(self._settings, max_sessions=created.max_sessions, is_embedded=instance.embedded),
            secrets=read_secrets(self._pipeline, self._world),
            redact=self._world.audience.redact,
            durations=self._earlier(journal, recorded, created),
            traced=instance.tracing is not None,
            unwritable=unwritable(instance.version),
            was_taken_over=was_taken_over(recorded),
        )
        plan = Plan(setup, Random(), monotonic())  # noqa: S311 - spreads retries
        plan.replay(recorded, monotonic())
        if len(recorded) == 1:
            for warning in missing_graph(instance.version, self._pipeline):
                plan.warn(warning, monotonic())
            if journal.shared_kind is not None:
                plan.warn(_SHARED.format(journal.shared_kind), monotonic())
        _take_back(journal.emergency, instance, plan)
        stop_file = journal.folder / STOP_FILE
        return Executor(
            plan,
            journal,
            Performer(instance),
            watcher,
            watch=stop_file.exists,
            emergency=journal.emergency,
        )

    def _earlier(
        self, journal: Journal, recorded: Sequence[Recorded], created: RunCreated
    ) -> Mapping[str, float]:
        if self._durations is not None:
            return self._durations
        return durations(self._settings.home, created.pipeline, {journal.folder: recorded})


def _take_back(emergency: Emergency, instance: Instance, plan: Plan) -> None:
    """Go on with the sessions that an earlier process could not journal, as far as the instance has them."""
    for kept in emergency.kept():
        with suppress(NotFound):
            plan.adopt(kept, instance.sessions.info(kept.session_id), monotonic())


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
