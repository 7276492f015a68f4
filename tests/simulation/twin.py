"""Compares a world with its twin: the same pipeline and sessions where nothing else goes wrong (I9)."""

from collections.abc import Mapping
from dataclasses import replace

from slyflow.model.event import AttemptFailed, StepEnded
from slyflow.model.pipeline import FailureKind
from slyflow.model.run import StepResult
from tests.simulation.driver import Simulation
from tests.simulation.played import Played
from tests.simulation.witness import Breach
from tests.simulation.world import Faults, World

# What faults alone, or people, may bring about; the rest must be the same with and without them.
_OF_FAULTS = frozenset(
    {
        FailureKind.LAUNCH_UNKNOWN,
        FailureKind.LAUNCH_REJECTED,
        FailureKind.EDGE_FAILED,
        FailureKind.CANCELLED,
        FailureKind.LOST,
    }
)


def twin_of(world: World) -> World:
    """Return the world without faults, crashes and people."""
    return replace(
        world,
        late=0.0,
        lag=0.0,
        faults=Faults(),
        storms=(),
        revoked=(),
        crashes=(),
        actions=(),
        jumps=(),
        foreign=0,
        copies=False,
    )


def differences(played: Played) -> tuple[Breach, ...]:
    """Return how the steps ended otherwise than in the twin; nothing where faults may decide that."""
    results = _results(played)
    if not _is_comparable(played, results):
        return ()
    expected = _results(Simulation(twin_of(played.world)).play())
    if _kinds(expected) & _OF_FAULTS:
        return ()
    return tuple(
        Breach("I9", f"{step} is {_told(result)}, but {_told(expected[step])} where nothing goes wrong")
        for step, result in results.items()
        if _told(result) != _told(expected[step])
    )


def _is_comparable(played: Played, results: Mapping[str, StepResult]) -> bool:
    world = played.world
    return (
        world.is_within_bounds
        and played.exit_code is not None
        and not played.is_cancelled
        and not (_kinds(results) | _of_attempts(played)) & _OF_FAULTS
    )


def _of_attempts(played: Played) -> set[FailureKind]:
    """Return why attempts failed: one that a fault used up has the next one's session behave in its place."""
    return {event.failure.kind for event in played.events if isinstance(event, AttemptFailed)}


def _kinds(results: Mapping[str, StepResult]) -> set[FailureKind]:
    return {result.failure.kind for result in results.values() if result.failure is not None}


def _results(played: Played) -> dict[str, StepResult]:
    return {event.step: event.result for event in played.events if isinstance(event, StepEnded)}


def _told(result: StepResult) -> str:
    return f"{result.status} ({result.failure.kind})" if result.failure else str(result.status)
