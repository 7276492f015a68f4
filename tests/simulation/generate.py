"""Worlds from seeds: the same seed is the same world, on every machine."""

from dataclasses import replace
from functools import lru_cache
from random import Random

from tests.simulation.world import Action, Faults, Filters, StepPlan, Storm, StormKind, World

# So many worlds in a row have the same pipeline: parsing one costs more than a whole world.
SHARED = 40
_SIZES = ((1, 3), (1, 3), (1, 3), (1, 3), (2, 6), (2, 6), (2, 6), (2, 6), (5, 12), (13, 30))
_SIZE_WEIGHTS = (12, 12, 12, 12, 12, 12, 12, 12, 3, 1)
_RETRIED = ((), (), ("error",), ("queue_timeout", "run_timeout", "start_timeout"), ("lost", "error"))
_FILTERS: tuple[Filters, ...] = ("kept", "kept", "kept", "ignored", "refused")
_STORMS: tuple[StormKind, ...] = ("away", "silent", "failing", "busy")
_FLOORS = (15.0, 30.0, 60.0)
_WINDOWS = (30.0, 60.0, 120.0)


def world(seed: int) -> World:
    """Return the world of a seed."""
    random = Random(seed)
    steps = pipeline(seed // SHARED)
    kind = random.choices(("calm", "rough", "embedded", "beyond", "still"), (30, 35, 20, 10, 5))[0]
    if kind == "still":
        return World(seed, steps, poll_floor=random.choice(_FLOORS))
    if kind == "embedded":
        return _embedded(seed, steps, random)
    return _remote(seed, steps, random, kind)


def _remote(seed: int, steps: tuple[StepPlan, ...], random: Random, kind: str) -> World:
    window = random.choice(_WINDOWS)
    late = window * random.uniform(0.0, 0.85)
    lag = (window - late) * random.choice((0.0, random.random(), 1.0))
    if kind == "beyond":
        late, lag = random.choice(((window * random.uniform(1.1, 4.0), 5.0), (5.0, window * 2.0)))
    rough = kind != "calm"
    world = World(
        seed,
        steps,
        window=window,
        late=round(late, 1),
        lag=round(lag, 1),
        poll_floor=random.choice(_FLOORS),
        max_sessions=random.choice((1, 2, 8, 8)),
        unreachable_after=random.choice((600.0, 3600.0)),
        unruly=random.choice((0.0, 0.2, 0.5)),
        faults=_faults(random, 1.0 if rough else 0.15),
        storms=_storms(random) if rough else (),
        revoked=_revoked(random),
        crashes=_crashes(random),
        actions=_actions(random),
        jumps=tuple(random.choice((0.0, 0.0, 86400.0, -86400.0)) for _ in range(3)),
        filters=random.choice(_FILTERS),
        page_size=random.choice((2, 5, 500)),
        honours_key=random.random() < 0.15,
        foreign=random.choice((0, 0, 3, 9)),
        copies=random.random() < 0.05,
        calm_from=20000.0,
    )
    return _crowded(world, random) if kind == "rough" and random.random() < 0.1 else world


def _embedded(seed: int, steps: tuple[StepPlan, ...], random: Random) -> World:
    return World(
        seed,
        steps,
        embedded=True,
        window=3.0,
        late=round(random.uniform(0.0, 6.0), 1),
        poll_floor=0.5,
        max_sessions=random.choice((1, 2, 8)),
        unreachable_after=30.0,
        unruly=random.choice((0.0, 0.2, 0.5)),
        faults=_faults(random, random.choice((0.0, 0.3, 1.0))),
        crashes=_crashes(random),
        actions=_actions(random, scale=0.05),
        honours_key=True,
        calm_from=1000.0,
    )


def _faults(random: Random, scale: float) -> Faults:
    def often(most: float) -> float:
        return round(scale * most * random.choice((0.0, random.random(), 1.0)), 4)

    return Faults(
        unsent=often(0.06),
        busy=often(0.05),
        failed_before=often(0.04),
        failed_after=often(0.05),
        cut_before=often(0.03),
        cut_after=often(0.05),
        garbled=often(0.04),
        late=often(0.2),
        refused=often(0.04) if random.random() < 0.3 else 0.0,
        shifting=often(0.5),
        disk_full=often(0.02) if random.random() < 0.2 else 0.0,
    )


def _crowded(world: World, random: Random) -> World:
    """An instance with too much to do: launches are turned away or late, and lists show them late."""
    busy, failed = random.uniform(0.2, 0.5), random.uniform(0.05, 0.3)
    faults = Faults(busy=busy, failed_before=failed, late=0.5)
    return replace(world, window=30.0, late=2.0, lag=28.0, faults=faults)


def _storms(random: Random) -> tuple[Storm, ...]:
    count = random.choice((0, 0, 1, 2))
    return tuple(
        Storm(
            round(random.uniform(0.0, 1500.0)),
            round(random.choice((random.uniform(5, 120), random.uniform(60, 900), 5000.0))),
            random.choice(_STORMS),
        )
        for _ in range(count)
    )


def _revoked(random: Random) -> tuple[tuple[float, float], ...]:
    if random.random() < 0.9:
        return ()
    return ((round(random.uniform(0.0, 800.0), 1), round(random.uniform(10.0, 1000.0), 1)),)


def _crashes(random: Random) -> tuple[int, ...]:
    count = random.choice((0, 0, 1, 1, 2, 3, 5, 8))
    return tuple(
        random.choice((random.randint(0, 8), random.randint(0, 40), random.randint(0, 200)))
        for _ in range(count)
    )


def _actions(random: Random, scale: float = 1.0) -> tuple[Action, ...]:
    actions = []
    if random.random() < 0.12:
        actions.append(Action(round(random.uniform(0.0, 600.0) * scale, 1), "stop"))
    if random.random() < 0.15:
        actions.append(Action(round(random.uniform(0.0, 600.0) * scale, 1), "interrupt"))
    if random.random() < 0.2:
        actions.append(Action(round(random.uniform(0.0, 600.0) * scale, 1), "second"))
    return tuple(actions)


@lru_cache(maxsize=2)
def pipeline(number: int) -> tuple[StepPlan, ...]:
    """Return the steps of the pipeline of that number."""
    random = Random(f"pipeline {number}")
    least, most = random.choices(_SIZES, _SIZE_WEIGHTS)[0]
    size = random.randint(least, most)
    main = max(1, size - random.choice((0, 0, 1, 2)))
    steps: list[StepPlan] = []
    for place in range(size):
        steps.append(_step(f"s{place}", steps, random, final=place >= main))
    return tuple(steps)


def _step(name: str, before: list[StepPlan], random: Random, *, final: bool) -> StepPlan:
    earlier = [step.id for step in before if step.final == final]
    needs = tuple(random.sample(earlier, min(len(earlier), random.choice((0, 1, 1, 1, 2, 3)))))
    if final:
        needs = needs[:1] if random.random() < 0.3 else ()
    when = "" if random.random() < 0.7 else random.choice(("success", "no_failure", "failure", "always"))
    condition = _condition(before, random)
    if random.random() < 0.1:
        return StepPlan(
            name, needs, tuple(earlier[:1]), values=True, final=final, when="always" if earlier else ""
        )
    makers = [
        step.id for step in before if step.output == "project" and not step.final and not step.allow_failure
    ]
    reads = (random.choice(makers),) if makers and not final and not when and random.random() < 0.6 else ()
    return StepPlan(
        name,
        needs,
        reads,
        final=final,
        when=when,
        condition=condition,
        allow_failure=random.random() < 0.15,
        retry_max=random.choice((0, 0, 0, 1, 2)),
        retry_kinds=random.choice(_RETRIED),
        launch="at_most_once" if random.random() < 0.1 else "relaunch",
        workflow=random.choice(("best_effort", "best_effort", "required", "off")),
        output=random.choice(("", "project", "project", "value")),
        queue_limit=random.choice((None, None, 300)),
        start_limit=random.choice((None, None, 300)),
        run_limit=random.choice((None, None, 900)),
    )


def _condition(before: list[StepPlan], random: Random) -> str:
    if random.random() < 0.8 or not before:
        return ""
    known = random.choice([step.id for step in before])
    return random.choice(
        ("1 == 1", "1 == 2", f"steps.{known}.succeeded", f"steps.{known}.failed", f"steps.{known}.skipped")
    )
