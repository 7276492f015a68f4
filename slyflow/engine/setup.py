"""What a run's decisions rest on besides its events, and what one turn of the plan gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from slyflow.engine.effect import Effect
from slyflow.engine.policy import Policy
from slyflow.graph.dag import Dag
from slyflow.model.artifact import Kind
from slyflow.model.event import Event, RunCreated
from slyflow.model.pipeline import Pipeline
from slyflow.secret import Secret


@dataclass(frozen=True, slots=True)
class Setup:
    """What a run's decisions rest on besides its events.

    `durations` are earlier runs' lengths of steps in seconds. `traced`: what sessions did can be read
    back; `unwritable`: kinds of edges that the instance is too old for. `redact` is what the journal is
    written with. `was_taken_over`: another machine may have driven the run on from a copy of its journal.
    """

    pipeline: Pipeline
    dag: Dag
    run: RunCreated
    policy: Policy
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    redact: Callable[[str], str] = str
    durations: Mapping[str, float] = field(default_factory=dict)
    traced: bool = False
    unwritable: frozenset[Kind] = frozenset()
    was_taken_over: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What follows now: commit the events, then perform the effects, then look again at `wake`."""

    events: tuple[Event, ...]
    effects: tuple[Effect, ...]
    wake: float | None
