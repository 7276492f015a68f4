"""Whatever people, machines and instances do in whatever order, the invariants hold at every moment."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.simulation.invariants import judge
from tests.simulation.live import Live
from tests.simulation.mutants import MUTANTS
from tests.simulation.world import Action, Faults, StepPlan, Storm, World

CHAIN = (
    StepPlan("a", output="project", workflow="required"),
    StepPlan("b", needs=("a",), reads=("a",), retry_max=1, output="value", run_limit=900),
    StepPlan("c", final=True, when="always"),
)
DIAMOND = (
    StepPlan("a", output="project"),
    StepPlan("b", reads=("a",), launch="at_most_once", queue_limit=300),
    StepPlan("c", needs=("a",), allow_failure=True, retry_max=2, retry_kinds=("error",)),
    StepPlan("d", needs=("b", "c"), when="no_failure", workflow="required", output="project"),
)
WORLDS = (
    World(0, CHAIN, window=60.0, late=30.0, lag=20.0, unruly=0.3, page_size=2, foreign=3),
    World(0, DIAMOND, window=30.0, late=10.0, lag=20.0, unruly=0.3, filters="refused", copies=True),
    World(
        0,
        CHAIN,
        embedded=True,
        window=3.0,
        late=5.0,
        poll_floor=0.5,
        unreachable_after=30.0,
        honours_key=True,
    ),
    World(0, DIAMOND, max_sessions=1, window=60.0, late=5.0, lag=50.0, filters="ignored", page_size=5),
)
CALM = Faults()
ROUGH = Faults(
    unsent=0.06, busy=0.05, failed_before=0.04, failed_after=0.05, cut_before=0.03, cut_after=0.05,
    garbled=0.04, late=0.2, shifting=0.3,
)  # fmt: skip
LOST = Faults(failed_before=0.2, cut_after=0.3, late=0.4)
FAULTS = st.sampled_from((LOST, ROUGH, CALM))
# Most of what is to be seen comes before a stop.
is_well_under_way = precondition(lambda machine: len(machine.live.store.recorded()) > 25)
is_driven = precondition(lambda machine: machine.live.driven is not None)
is_idle = precondition(lambda machine: machine.live.driven is None and machine.live.exit_code is None)
has_sessions = precondition(lambda machine: bool(machine.live.live_sessions))


class Run(RuleBasedStateMachine):
    """A run, and all that can happen to it; the real core drives it in virtual time."""

    @initialize(world=st.sampled_from(WORLDS), seed=st.integers(0, 10_000), faults=FAULTS)
    def begin(self, world: World, seed: int, faults: Faults) -> None:
        self.live = Live(replace(world, seed=seed, faults=faults))
        self.live.start()

    @is_idle
    @rule(points=st.none() | st.integers(0, 40))
    def start(self, points: int | None) -> None:
        if points is not None:
            self.live.die_at(points)
        self.live.start()

    @rule(seconds=st.sampled_from((0.2, 1.0, 5.0, 20.0, 60.0, 300.0, 4000.0)))
    def time_passes(self, seconds: float) -> None:
        self.live.go(seconds)

    @is_driven
    @rule()
    def kill(self) -> None:
        self.live.kill()

    @is_driven
    @rule()
    def interrupt(self) -> None:
        self.live.act(Action(0.0, "interrupt"))

    @is_well_under_way
    @rule()
    def stop(self) -> None:
        self.live.act(Action(0.0, "stop"))

    @is_driven
    @rule()
    def second_process(self) -> None:
        self.live.act(Action(0.0, "second"))

    @rule(seconds=st.sampled_from((86_400.0, -86_400.0, 3.0)))
    def clock_jumps(self, seconds: float) -> None:
        self.live.jump(seconds)

    @rule(seconds=st.sampled_from((5.0, 100.0)))
    def token_is_revoked(self, seconds: float) -> None:
        self.live.revoke(seconds)

    @rule(faults=FAULTS)
    def faults_change(self, faults: Faults) -> None:
        self.live.change(faults=faults)

    @rule(
        kind=st.sampled_from(("away", "silent", "failing", "busy")),
        length=st.sampled_from((10.0, 120.0, 1500.0)),
    )
    def storm_comes(self, kind: str, length: float) -> None:
        self.live.storm(Storm(0.0, length, kind))  # type: ignore[arg-type]  # one of its kinds

    @has_sessions
    @rule(data=st.data())
    def somebody_stops_a_session(self, data: st.DataObject) -> None:
        self.live.somebody_stops(data.draw(st.sampled_from(self.live.live_sessions)))

    @invariant()
    def nothing_is_broken(self) -> None:
        if hasattr(self, "live"):
            assert self.live.breaches() == ()

    def teardown(self) -> None:
        if hasattr(self, "live"):
            code = self.live.finish()
            assert code is not None
            assert judge(self.live.played(code)).breaches == ()


def play(examples: int, steps: int, **more: Any) -> None:
    chosen = settings(max_examples=examples, stateful_step_count=steps, **more)
    run_state_machine_as_test(Run, settings=chosen)


def test_every_order_of_events_keeps_the_invariants() -> None:
    play(100, 30)


@pytest.mark.slow
def test_many_long_orders_of_events_keep_the_invariants() -> None:
    play(500, 50)


@pytest.mark.parametrize("name", ["started_is_ended", "sendings_forgotten", "edge_twice", "step_end_lost"])
def test_a_bug_is_found_by_the_order_of_events_that_shows_it(name: str) -> None:
    mutant = next(mutant for mutant in MUTANTS if mutant.name == name)
    with mutant.planted(), pytest.raises(AssertionError):
        play(200, 30, phases=[Phase.generate], report_multiple_bugs=False, derandomize=True)
