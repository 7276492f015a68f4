"""A world that is played by hand: every process starts, goes on, and dies when it is told to."""

from collections.abc import Sequence
from dataclasses import replace

from slyflow.engine.executor import INTERRUPTED
from slyflow.errors import SlyflowError
from tests.simulation.crash import Crash
from tests.simulation.driven import Driven
from tests.simulation.driver import MOST_PROCESSES, Simulation, closed_with
from tests.simulation.invariants import standing
from tests.simulation.ledger import Session
from tests.simulation.stage import Paused, Stuck
from tests.simulation.witness import Breach
from tests.simulation.world import Action, Faults, Storm, World

# So long, in seconds, may what is left of a run take when nothing goes wrong any more.
LONGEST_END = 200_000.0


class Live(Simulation):
    """One world, and the process that drives its run at the moment, if any."""

    def __init__(self, world: World) -> None:
        # Whoever may be stopped looks out for it.
        super().__init__(replace(world, actions=(Action(float("inf"), "stop"),)))
        self.driven: Driven | None = None

    @property
    def exit_code(self) -> int | None:
        """The run's, None while it is open."""
        return closed_with(self.store.recorded())

    @property
    def live_sessions(self) -> Sequence[Session]:
        """The run's sessions that have not ended."""
        now = self.agenda.now
        return [s for s in self.server.ledger.sessions.values() if s.step and not s.is_terminal(now)]

    def start(self) -> None:
        """Begin a process, which runs or resumes the run; one drives it at most."""
        assert self.driven is None
        self._process += 1
        try:
            self.driven = self._start()
        except (Crash, SlyflowError):
            self._bury()

    def go(self, seconds: float) -> None:
        """Let time pass; the process ends when it leaves the run or dies."""
        until = self.agenda.now + seconds
        if self.driven is not None:
            assert self._inbox is not None
            self._inbox.until = until
            try:
                code = self.driven.drive()
            except Paused:
                return
            except (Crash, SlyflowError):
                pass
            else:
                assert code in (self.exit_code, INTERRUPTED)
            self.kill()
        self.agenda.pass_until(until)

    def kill(self) -> None:
        """End the process at once."""
        if self.driven is not None:
            self._drives.append(self.driven.process(self.agenda.now))
            self.driven = None
        self._bury()

    def die_at(self, point: int) -> None:
        """Have the process die after so many commits, requests and answers."""
        self._crashes.arm(point)

    def act(self, what: Action) -> None:
        """Have somebody stop the run, interrupt its process, or start a second one, now."""
        self._act(what)

    def jump(self, seconds: float) -> None:
        """Set the wall clock."""
        self._jump += seconds

    def change(self, **changes: object) -> None:
        """Have the instance behave otherwise from now on."""
        self.world = replace(self.world, **changes)  # type: ignore[arg-type]  # the names of its fields
        self.server.world = self.world
        if self.driven is not None:
            self.driven.wire.world = self.world

    def storm(self, storm: Storm) -> None:
        """Have the instance out of reach for a while, from now on."""
        self.change(storms=(*self.world.storms, replace(storm, begin=self.agenda.now)))

    def revoke(self, seconds: float) -> None:
        """Refuse the token; after so many seconds somebody has a new one for the next process."""
        self.change(revoked=(*self.world.revoked, (self.agenda.now, seconds)))

    def somebody_stops(self, session: Session) -> None:
        """End a session as a person does who does not know of the run."""
        at = max(self.agenda.now, session.shown_at)
        session.timeline = [point for point in session.timeline if point[0] <= at]
        session.timeline.append((at, "stopped"))
        session.ending = "stopped"

    def breaches(self) -> Sequence[Breach]:
        """Return what does not hold by now."""
        return standing(self.played(None))

    def finish(self) -> int | None:
        """Let nothing go wrong any more, and drive the run to its end; return its exit code."""
        self.change(storms=(), revoked=tuple((at, 0.0) for at, _ in self.world.revoked), faults=Faults())
        self._crashes.arm(10**9)
        for _ in range(MOST_PROCESSES):
            if self.exit_code is not None:
                break
            if self.driven is None:
                self.start()
            try:
                self.go(LONGEST_END)
            except Stuck:
                self.witness.breach("I12", "the run waits for ever")
                break
        self.kill()
        return self.exit_code
