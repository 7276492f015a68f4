"""Makes a failing world small: takes away whatever it fails without."""

from collections.abc import Iterator
from dataclasses import Field, fields, replace
from typing import Any

from tests.simulation.driver import Simulation
from tests.simulation.invariants import judge
from tests.simulation.world import Faults, StepPlan, World

MOST_TRIES = 600


def shrink(world: World, invariant: str, most_tries: int = MOST_TRIES) -> World:
    """Return the smallest world found in which the invariant does not hold, as in the one given."""
    tries = 0
    progress = True
    while progress:
        progress = False
        for smaller in candidates(world):
            tries += 1
            if tries > most_tries:
                return world
            if fails(smaller, invariant):
                world, progress = smaller, True
                break
    return world


def fails(world: World, invariant: str) -> bool:
    """Whether the invariant does not hold in a world."""
    return any(breach.invariant == invariant for breach in judge(Simulation(world).play()).breaches)


def candidates(world: World) -> Iterator[World]:
    """Yield worlds that lack one thing, the large things first."""
    for place in range(len(world.steps) - 1, -1, -1):
        smaller = _without_step(world, place)
        if smaller is not None:
            yield smaller
    yield from _without_events(world)
    yield from _calmer(world)
    for place, step in enumerate(world.steps):
        for plainer in _plainer(step):
            yield _with_step(world, place, plainer)


def _calmer(world: World) -> Iterator[World]:
    """Yield worlds with one kind of fault less, or with one setting as it usually is."""
    for fault in fields(Faults):
        if getattr(world.faults, fault.name):
            yield replace(world, faults=replace(world.faults, **{fault.name: 0.0}))
    for field in fields(World):
        if field.name not in ("seed", "steps") and getattr(world, field.name) != field.default:
            yield replace(world, **_usual(field))


def _usual(field: Field[Any]) -> dict[str, Any]:
    return {field.name: field.default}


def _without_events(world: World) -> Iterator[World]:
    """Yield worlds with one storm, crash, action, jump or window less."""
    for name in ("storms", "crashes", "actions", "revoked", "jumps"):
        items = getattr(world, name)
        for place in range(len(items)):
            yield replace(world, **{name: items[:place] + items[place + 1 :]})


def _without_step(world: World, place: int) -> World | None:
    """Return the world without a step, None when another one reads it or it is the last of its kind."""
    gone = world.steps[place]
    rest = world.steps[:place] + world.steps[place + 1 :]
    is_read = any(gone.id in step.reads or f"steps.{gone.id}." in step.condition for step in rest)
    if is_read or not any(not step.final for step in rest):
        return None
    kept = (replace(step, needs=tuple(need for need in step.needs if need != gone.id)) for step in rest)
    return replace(world, steps=tuple(kept))


def _with_step(world: World, place: int, step: StepPlan) -> World:
    return replace(world, steps=(*world.steps[:place], step, *world.steps[place + 1 :]))


def _plainer(step: StepPlan) -> Iterator[StepPlan]:
    for field in fields(StepPlan):
        if field.name in ("id", "values", "final", "output") or getattr(step, field.name) == field.default:
            continue
        if field.name == "needs" or (field.name == "when" and step.values):
            continue
        yield replace(step, **_usual(field))
