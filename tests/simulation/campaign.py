"""Plays the worlds of a range of seeds in several processes."""

import gc
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.driver import Simulation
from tests.simulation.generate import SHARED, world
from tests.simulation.invariants import Verdict, judge
from tests.simulation.report import Report
from tests.simulation.twin import differences
from tests.simulation.world import World

# Worlds a process plays before it reports; whole pipelines, since they are parsed once in each process.
CHUNK = 10 * SHARED
# Every so many worlds are compared with the same world without any faults.
TWIN_EVERY = 8
# After so many worlds their cycles are freed: nothing else is new by then, and memory that is warm is fast.
FREED_EVERY = 8


def play(seed: int) -> Verdict:
    """Play the world of a seed and judge it."""
    return play_world(world(seed))


def play_world(described: World) -> Verdict:
    """Play a world and judge it."""
    played = Simulation(described).play()
    verdict = judge(played)
    return verdict.with_breaches(differences(played)) if described.seed % TWIN_EVERY == 0 else verdict


def play_range(first: int, count: int) -> Report:
    """Play worlds in this process."""
    report = Report()
    gc.disable()
    gc.collect()
    gc.freeze()
    for seed in range(first, first + count):
        described = world(seed)
        report.add(described, play_world(described))
        if seed % FREED_EVERY == 0:
            gc.collect()
    gc.unfreeze()
    gc.enable()
    return report


def chunks(first: int, count: int) -> list[tuple[int, int]]:
    """Return the first seeds and the lengths of the chunks of a range of seeds."""
    return [(seed, min(CHUNK, first + count - seed)) for seed in range(first, first + count, CHUNK)]


def campaign(parts: Sequence[tuple[int, int]], jobs: int) -> Iterator[tuple[int, int, Report]]:
    """Yield, as they come, the first seed and the length of a chunk and what its worlds came to."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        for (first, count), report in zip(parts, pool.map(_play_chunk, parts), strict=True):
            yield first, count, report


def _play_chunk(chunk: tuple[int, int]) -> Report:
    return play_range(*chunk)
