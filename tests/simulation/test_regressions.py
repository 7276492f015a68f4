"""Worlds that once broke an invariant, made small: each is played as it was found."""

import pytest

from tests.simulation.driver import Simulation
from tests.simulation.invariants import judge
from tests.simulation.twin import differences
from tests.simulation.world import Action, Faults, StepPlan, Storm, World

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
    # A session ended while a storm kept its status from the run, and its limit passed meanwhile.
    "a limit that passed unseen is no cause": World(
        seed=2285,
        steps=(StepPlan(id="s0", output="project", run_limit=900),),
        unruly=0.5,
        storms=(Storm(begin=197, length=5000, kind="busy"),),
    ),
    # A launch was turned away four times, then its reply was lost: that was the fifth sending, and the last.
    "a refusal is no sending of unknown outcome": World(
        seed=30,
        steps=(StepPlan(id="s0", output="value"), StepPlan(id="s1", retry_max=1)),
        window=30.0,
        unruly=0.2,
        faults=Faults(busy=0.4811813480915374, failed_before=0.2862109573608681),
        crashes=(3,),
        filters="refused",
    ),
    # `null` came instead of a project that was there: the step's input did not exist.
    "one answer that an input is not there is not enough": World(
        seed=556,
        steps=(StepPlan(id="s0", output="project"), StepPlan(id="s1", reads=("s0",))),
        embedded=True,
        poll_floor=0.5,
        faults=Faults(
            unsent=0.06, busy=0.043, failed_after=0.05, cut_before=0.03, cut_after=0.05, garbled=0.04
        ),
        crashes=(38,),
    ),
    # And here instead of a project that a session had made: its output was missing.
    "one answer that an output is not there is not enough": World(
        seed=300552,
        steps=(StepPlan(id="s0", output="project"),),
        embedded=True,
        faults=Faults(unsent=0.06, busy=0.05, cut_before=0.0006, cut_after=0.0061, garbled=0.0022),
    ),
    # Polls were turned away for minutes: the one that came through told of the queue into which the session
    # had fallen back. Nobody could see that it had started meanwhile.
    "a session that fell back into the queue looks as if it never left it": World(
        seed=2017664,
        steps=(
            StepPlan(id="s0"),
            StepPlan(id="s1", needs=("s0",), retry_max=1, output="project"),
            StepPlan(id="s2", needs=("s1", "s0"), queue_limit=300),
            StepPlan(id="s3", needs=("s1",), condition="1 == 2", output="project"),
            StepPlan(id="s4", needs=("s0",), condition="steps.s0.skipped", output="project"),
        ),
        window=30.0,
        lag=60.0,
        unreachable_after=600.0,
        unruly=0.2,
        faults=Faults(busy=0.49442876128303015, failed_before=0.09170226201144983),
        foreign=9,
    ),
    # While nobody drove the run its session left the queue, and came to a status that slyflow does not know.
    "a status that is not known is no queue": World(
        seed=20017787,
        steps=(
            StepPlan(id="s1", output="project", start_limit=300),
            StepPlan(id="s2", output="project"),
            StepPlan(id="s5", output="project", queue_limit=300),
        ),
        poll_floor=60.0,
        max_sessions=2,
        unruly=0.5,
        faults=Faults(failed_before=0.0329, failed_after=0.036, cut_after=0.05),
        storms=(Storm(begin=232, length=68, kind="silent"),),
        crashes=(21, 14),
    ),
    # A second session was in five lists, each of which shrank as it was read; the sixth came as `[]`.
    "an empty list does not undo what others showed": World(
        seed=20023172,
        steps=(
            StepPlan(id="s0", values=True),
            StepPlan(id="s1", needs=("s0",), values=True, when="always"),
            StepPlan(id="s2", final=True, output="project"),
            StepPlan(id="s3", needs=("s2",), final=True, output="project"),
        ),
        window=30.0,
        late=112.0,
        lag=5.0,
        poll_floor=60.0,
        faults=Faults(unsent=0.06, busy=0.05, cut_before=0.03, garbled=0.04, late=0.1579, shifting=0.5),
        crashes=(0, 4),
        page_size=2,
        foreign=9,
    ),
}


@pytest.mark.parametrize("name", WORLDS)
def test_a_world_that_once_broke_an_invariant_keeps_it(name: str) -> None:
    played = Simulation(WORLDS[name]).play()
    assert judge(played).breaches == ()
    assert differences(played) == ()
