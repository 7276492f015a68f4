"""The promise itself: whatever happens, no session twice, none lost, no false green, in every world."""

from pathlib import Path

import pytest

from tests.simulation.campaign import play, play_range
from tests.simulation.driver import Simulation
from tests.simulation.generate import world
from tests.simulation.invariants import judge

# `scripts/test` and `make simulate` play 20,000, or as many as they are told.
CHUNKS, WORLDS = 2, 100
DURABLE = 30


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_invariant_holds_in_every_world(chunk: int) -> None:
    report = play_range(chunk * WORLDS, WORLDS)
    assert report.failures == []
    assert report.within.duplicates == report.within.orphans == report.within.false_successes == 0
    # Worlds in which nothing happens would prove nothing.
    assert report.within.crashes > WORLDS / 2
    assert report.within.unknown > WORLDS / 20
    assert len(report.exit_codes) >= 3


def test_the_invariants_hold_with_the_journal_on_disk(tmp_path: Path) -> None:
    for seed in range(DURABLE):
        folder = tmp_path / str(seed)
        verdict = judge(Simulation(world(seed), folder).play())
        assert verdict.breaches == (), seed


def test_the_journal_on_disk_and_the_one_in_memory_lead_to_the_same_end(tmp_path: Path) -> None:
    for seed in range(DURABLE):
        described = world(seed)
        if described.faults.disk_full:
            continue  # that fault is drawn for the journal in memory alone
        on_disk = Simulation(described, tmp_path / str(seed)).play()
        assert on_disk.events == Simulation(described).play().events, seed


def test_a_seed_always_leads_to_the_same_end() -> None:
    assert [play(seed) for seed in range(30)] == [play(seed) for seed in range(30)]
