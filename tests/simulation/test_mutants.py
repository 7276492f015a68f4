"""The invariants notice every bug that is put into the code on purpose."""

import pytest

from tests.simulation.campaign import play
from tests.simulation.mutant import Mutant
from tests.simulation.mutants import MUTANTS

# A bug that this many worlds do not show is a hole in the invariants.
MOST_WORLDS = 5000


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_bug_breaks_an_invariant(mutant: Mutant) -> None:
    """A change of the engine may make another world the first to show it: then all are searched."""
    with mutant.planted():
        for seed in (mutant.seed, *range(MOST_WORLDS)):
            if play(seed).breaches:
                return
    pytest.fail(f"{MOST_WORLDS} worlds did not show that {mutant.what}")


def test_every_known_seed_is_below_the_bound() -> None:
    assert max(mutant.seed for mutant in MUTANTS) < MOST_WORLDS


def test_a_bug_is_gone_when_it_was_planted_for_a_while() -> None:
    for mutant in MUTANTS:
        before = [getattr(target, name) for target, name, _ in mutant.patches()]
        with mutant.planted():
            pass
        assert [getattr(target, name) for target, name, _ in mutant.patches()] == before
    assert play(0).breaches == ()
