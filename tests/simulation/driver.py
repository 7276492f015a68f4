"""Runs one world: process after process drives the real executor until the run is closed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

from slyflow.client.instance import Instance
from slyflow.engine.executor import INTERRUPTED, Request
from slyflow.engine.plan import Plan
from slyflow.engine.policy import EMBEDDED, Policy
from slyflow.engine.setup import Setup
from slyflow.errors import AuthError, Locked, SlyflowError
from slyflow.model.driver import Driver
from slyflow.model.event import Event, Recorded, RunCancelled, RunClosed, RunCreated, RunResumed
from tests.simulation.client import instance_over
from tests.simulation.crash import Crash, CrashPlan
from tests.simulation.driven import Driven, Silent
from tests.simulation.durable import DurableJournal, DurableStore
from tests.simulation.pipelines import APP, FIRST_USER, NAME, WORKSPACE, load
from tests.simulation.played import Counting, Played, Process
from tests.simulation.server import Server
from tests.simulation.stage import LONGEST, Agenda, Inbox, Pool, Stuck
from tests.simulation.store import MemoryJournal, Store
from tests.simulation.wire import URL, Wire
from tests.simulation.witness import Witness
from tests.simulation.world import Action, World

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
# So many processes may drive a run once nothing goes wrong any more.
MOST_PROCESSES = 60
# How long a person takes to resume a run, in seconds; short times meet requests that are still on their way.
_PAUSES = (0.05, 1.0, 5.0, 30.0, 300.0, 4000.0)
_STOP_EVERY = 20.0


class Simulation:
    """One world, from the first process to the last."""

    def __init__(self, world: World, folder: Path | None = None) -> None:
        """With a `folder` the journal is the real one, there, and what goes over the wire is bytes."""
        self.world = world
        self.loaded = load(world.steps)
        self.server = Server(world)
        self.witness = Witness(self.loaded, self.server.ledger)
        self.agenda = Agenda()
        self.store: Store | DurableStore = DurableStore(folder) if folder else Store()
        self._opened: MemoryJournal | DurableJournal | None = None
        self._crashes = CrashPlan(world.crashes)
        self._random = Random(f"{world.seed}/wire")
        self._process = 0
        self._jump = 0.0
        self._inbox: Inbox | None = None
        self._is_stopped = False
        self._was_cancelled = False
        self._drives: list[Process] = []
        self._policy = policy(world)

    def play(self) -> Played:
        """Drive the run to its end, through every crash."""
        for action in self.world.actions:
            self.agenda.at(action.at, partial(self._act, action))
        code, calm = None, 0
        try:
            while code is None and calm < MOST_PROCESSES:
                calm += self.agenda.now >= self.world.calm_from
                code = self._next_process()
        except Stuck:
            self.witness.breach("I12", f"process {self._process} waits for ever at {self.agenda.now:.0f} s")
        else:
            if code is None:
                self.witness.breach("I12", f"{calm} processes did not end the run when all was calm again")
        return self.played(code)

    def played(self, code: int | None) -> Played:
        """Return what has been played until now, with the run's exit code."""
        return Played(
            self.world,
            self.loaded,
            self.server,
            self.store,
            self.witness.breaches,
            exit_code=code,
            crashes=self._crashes.crashes,
            processes=self._process,
            ended_at=self.agenda.now,
            finished_at=self.witness.finished_at,
            found_at=self.witness.found_at,
            stop_asked_at=self.witness.stop_asked_at,
            drives=self._drives,
            is_cancelled=self._was_cancelled,
        )

    def _next_process(self) -> int | None:
        """Start a process and return the run's exit code when it closes the run, or finds it closed."""
        closed = closed_with(self.store.recorded())
        if closed is not None:
            return closed
        self._process += 1
        if self._process > 1 and self._process - 2 < len(self.world.jumps):
            self._jump += self.world.jumps[self._process - 2]
        pause = self._random.choice(_PAUSES)
        try:
            code = self._drive()
        except Crash:
            pass
        except SlyflowError as error:
            pause = self._pause_after(error)
        else:
            if code != INTERRUPTED:
                return code
        finally:
            self._bury()
        self.agenda.pass_until(self.agenda.now + pause)
        return None

    def _bury(self) -> None:
        """Let go of all that the process had, however it ended."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None
        self.witness.driver = 0
        self.server.hang_up(self._process, self.agenda.now)
        self._inbox = None
        self.agenda.forget(self._process)

    def _pause_after(self, error: SlyflowError) -> float:
        if not isinstance(error, AuthError):
            return 120.0
        now = self.agenda.now
        over = (begin + length - now for begin, length in self.world.revoked if begin <= now < begin + length)
        return max(over, default=1.0)

    def _drive(self) -> int:
        driven = self._start()
        try:
            return driven.drive()
        finally:
            self._drives.append(driven.process(self.agenda.now))

    def _start(self) -> Driven:
        """Do what a process does before it drives the run."""
        number = self._process
        wire = Wire(self.world, self.server, self.witness, self._crashes, self._random)
        wire.process, wire.local = number, self.agenda.now
        wire.generation = sum(begin + length <= self.agenda.now for begin, length in self.world.revoked)
        instance, budget = instance_over(
            wire,
            self._random,
            embedded=self.world.embedded,
            in_bytes=isinstance(self.store, DurableStore),
        )
        self._opened = journal = self._journal()
        self.witness.driver = number
        assert instance.embedded is self.world.embedded
        self._begin(journal, instance, wire)
        self.agenda.pass_until(wire.local)
        plan = self._plan(journal, instance)
        inbox = Inbox(self.agenda)
        performer = Counting(instance)
        self._inbox = inbox
        return Driven(
            plan,
            journal,  # type: ignore[arg-type]  # its `append` is all that an executor asks of it
            performer,
            Silent(),
            clock=self._monotonic,
            watch=lambda: self._is_stopped,
            watch_every=_STOP_EVERY if any(a.kind == "stop" for a in self.world.actions) else LONGEST,
        ).on(inbox, Pool(self.agenda, inbox, wire), Process(self.agenda.now, 0.0, wire, budget, performer))

    def _journal(self) -> MemoryJournal | DurableJournal:
        """Open the journal as a process does; Locked while another one has it."""
        if isinstance(self.store, DurableStore):
            return DurableJournal(self.store, self._wall, self._monotonic, self._commit, self._crashes)
        return MemoryJournal(
            self.store,
            self._process,
            self._wall,
            self._monotonic,
            self._commit,
            self._crashes,
            self._random,
            self.world.faults.disk_full if self.agenda.now < self.world.calm_from else 0.0,
        )

    def _commit(self, event: Event) -> None:
        self.witness.commit(event, self.agenda.now)

    def _begin(self, journal: MemoryJournal | DurableJournal, instance: Instance, wire: Wire) -> None:
        """Write the first event of a run, or take it up again as `slyflow resume` does."""
        if not journal.events():
            journal.append([self._created(FIRST_USER + wire.generation)])
            return
        journal.append([RunResumed("0", URL, instance.catalog.user(), self._driver())])

    def _created(self, user: int) -> RunCreated:
        steps = self.loaded.pipeline.all_steps
        return RunCreated(
            run_id="run1",
            pipeline=NAME,
            path="world.yaml",
            source=self.loaded.source,
            files={},
            params={},
            instance_url=URL,
            home_instance=self.world.embedded,
            secret_hex=f"{self.world.seed:064x}",
            slyflow_version="0",
            started_at="2026-01-01T00:00:00Z",
            max_sessions=self.world.max_sessions,
            driver=self._driver(),
            apps=dict.fromkeys(self.loaded.app_steps, APP),
            workspaces=dict.fromkeys(steps, replace(WORKSPACE, user_id=user)),
            agents=dict.fromkeys(self.loaded.app_steps),
        )

    def _plan(self, journal: MemoryJournal | DurableJournal, instance: Instance) -> Plan:
        recorded = journal.events()
        created = recorded[0].event
        assert isinstance(created, RunCreated)
        setup = Setup(self.loaded.pipeline, self.loaded.dag, created, self._policy, traced=instance.embedded)
        plan = Plan(setup, Random(self._random.random()), self._monotonic())
        plan.replay(recorded, self._monotonic())
        is_known = any(isinstance(entry.event, RunCancelled) for entry in recorded)
        if self._was_cancelled and not is_known:
            plan.cancel("slyflow stop asked for it", self._monotonic())
        return plan

    def _monotonic(self) -> float:
        """After every second process the machine is started anew, and its clock is another."""
        return self.agenda.now + 1000.0 * (self._boot % 3)

    @property
    def _boot(self) -> int:
        return self._process // 2

    def _driver(self) -> Driver:
        return Driver("host", "machine", f"boot {self._boot}", self._process, self._process, "lock")

    def _wall(self) -> datetime:
        return BEGIN + timedelta(seconds=self.agenda.now + self._jump)

    # What people do

    def _act(self, action: Action) -> None:
        if action.kind == "stop":
            self._is_stopped = self._was_cancelled = True
        elif self._inbox is None:
            return
        elif action.kind == "interrupt":
            self._inbox.put(Request("interrupt", "SIGINT"))
        else:
            self._second()

    def _second(self) -> None:
        """Somebody resumes the run while a process drives it."""
        try:
            self._journal()
        except Locked:
            return
        self.witness.breach("I10", "a second process got the lock")


def policy(world: World) -> Policy:
    """Return how patient the run of a world is."""
    if world.embedded:
        return replace(
            EMBEDDED,
            max_sessions=world.max_sessions,
            poll_floor=world.poll_floor,
            poll_patience=2.0,
            launch_window=world.window,
            unreachable_after=world.unreachable_after,
        )
    return Policy(
        max_sessions=world.max_sessions,
        poll_floor=world.poll_floor,
        poll_ceiling=max(world.poll_floor, 60.0),
        launch_window=world.window,
        unreachable_after=world.unreachable_after,
    )


def closed_with(recorded: Sequence[Recorded]) -> int | None:
    """Return the exit code that the journal says, None while the run is open."""
    last = recorded[-1].event if recorded else None
    return last.exit_code if isinstance(last, RunClosed) else None
