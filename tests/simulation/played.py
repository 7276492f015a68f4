"""What a simulation leaves behind: its instance, its journal, its processes, for the invariants to judge."""

from dataclasses import dataclass, field
from functools import cached_property

from slyflow.engine.effect import Answer, Effect, Poll
from slyflow.engine.performer import Performer
from slyflow.model.event import Event
from tests.simulation.client import CountingBudget
from tests.simulation.durable import DurableStore
from tests.simulation.pipelines import Loaded
from tests.simulation.server import Server
from tests.simulation.store import Store
from tests.simulation.wire import Wire
from tests.simulation.witness import Breach
from tests.simulation.world import World


class Counting(Performer):
    """The real performer; counts how often the running sessions were asked for."""

    polls = 0

    def perform(self, effect: Effect) -> Answer:
        self.polls += isinstance(effect, Poll)
        return super().perform(effect)


@dataclass(frozen=True, slots=True)
class Process:
    """One process of a run: when it began and ended, and what it did it with."""

    begin: float
    end: float
    wire: Wire
    budget: CountingBudget
    performer: Counting


@dataclass
class Played:
    """A world after its end: what everybody knows, for the invariants to judge."""

    world: World
    loaded: Loaded
    server: Server
    store: Store | DurableStore
    breaches: list[Breach]
    exit_code: int | None = None
    crashes: int = 0
    processes: int = 0
    ended_at: float = 0.0
    finished_at: dict[str, float] = field(default_factory=dict)
    found_at: dict[int, float] = field(default_factory=dict)
    stop_asked_at: dict[str, float] = field(default_factory=dict)
    drives: list[Process] = field(default_factory=list)
    is_cancelled: bool = False

    @cached_property
    def events(self) -> list[Event]:
        """Everything that the journal has at the end."""
        return [entry.event for entry in self.store.recorded()]
