"""What fails is told as a small world that can be pasted into a test."""

from tests.simulation.behaviour import behaviour
from tests.simulation.generate import world
from tests.simulation.mutants import MUTANTS
from tests.simulation.shrink import fails, shrink
from tests.simulation.world import Action, Faults, StepPlan, Storm, World, paste

NO_WINDOW = next(mutant for mutant in MUTANTS if mutant.name == "no_window")


def test_a_failing_world_becomes_a_small_one_that_fails_too() -> None:
    with NO_WINDOW.planted():
        seed = next(seed for seed in range(5000) if len(world(seed).steps) > 2 and fails(world(seed), "I1"))
        small = shrink(world(seed), "I1", most_tries=150)
        assert fails(small, "I1")
    assert len(small.steps) < len(world(seed).steps)
    assert not fails(small, "I1")


def test_a_world_is_told_as_python_that_makes_it() -> None:
    names = {kind.__name__: kind for kind in (Action, Faults, StepPlan, Storm, World)}
    for seed in range(200):
        assert eval(paste(world(seed)), dict(names)) == world(seed)


def test_sessions_go_the_same_way_however_often_they_are_asked_about() -> None:
    for seed in range(50):
        step = world(seed).steps[0]
        assert behaviour(world(seed), step, 1) == behaviour(world(seed), step, 1)
        assert behaviour(world(seed), step, 1) != behaviour(world(seed), step, 2)
