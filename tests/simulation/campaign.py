"""Plays the worlds of a range of seeds in several processes."""

import gc
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.driver import Simulation
from tests.simulation.generate import SHARED, world
from tests.simulation.invariants import Verdict, judge
from tests.simulation.report import Report
from tests.simulation.twin import differences

# Worlds a process plays before it reports; whole pipelines, since they are parsed once in each process.
CHUNK = 10 * SHARED
# Every so many worlds are compared with the same world without any faults.
TWIN_EVERY = 8


def play(seed: int) -> Verdict:
    """Play the world of a seed and judge it."""
    described = world(seed)
    played = Simulation(described).play()
    verdict = judge(played)
    return verdict.with_breaches(differences(played)) if seed % TWIN_EVERY == 0 else verdict


def play_range(first: int, count: int) -> Report:
    """Play worlds in this process."""
    report = Report()
    # Worlds are full of cycles, and each is garbage soon: looking for them by the thousand costs least.
    gc.disable()
    for seed in range(first, first + count):
        report.add(world(seed), play(seed))
    gc.enable()
    gc.collect()
    return report


def campaign(first: int, count: int, jobs: int) -> Iterator[tuple[int, Report]]:
    """Yield, as they come, how many worlds were played and what they came to."""
    context = multiprocessing.get_context("spawn")
    chunks = [(seed, min(CHUNK, first + count - seed)) for seed in range(first, first + count, CHUNK)]
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        starts, lengths = zip(*chunks, strict=True)
        yield from zip(lengths, pool.map(play_range, starts, lengths), strict=True)
