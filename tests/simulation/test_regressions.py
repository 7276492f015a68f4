"""Worlds that once broke an invariant, made small: each is played as it was found."""

import pytest

from tests.simulation.driver import Simulation
from tests.simulation.invariants import judge
from tests.simulation.twin import differences
from tests.simulation.world import Action, Faults, StepPlan, World

WORLDS = {
    # The reply to an edge was lost, and an empty object came when the graph was read: it has no edges.
    "an answer without edges is no graph": World(
        seed=1022247,
        steps=(StepPlan(id="s0", output="project"), StepPlan(id="s1", final=True, output="project")),
        embedded=True,
        poll_floor=0.5,
        faults=Faults(unsent=0.06, failed_before=0.0269, failed_after=0.0263, cut_after=0.0495, garbled=0.04),
        actions=(Action(at=0.5, kind="interrupt"),),
    ),
}


@pytest.mark.parametrize("name", WORLDS)
def test_a_world_that_once_broke_an_invariant_keeps_it(name: str) -> None:
    played = Simulation(WORLDS[name]).play()
    assert judge(played).breaches == ()
    assert differences(played) == ()
