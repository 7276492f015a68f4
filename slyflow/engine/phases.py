"""A step's phases: which of them decides what comes next, and what a reply means."""

from typing import assert_never

from slyflow.engine import ending, launch, linking, running
from slyflow.engine.effect import Reply
from slyflow.engine.move import NOTHING, Move, View, Watch
from slyflow.engine.state import Phase, StepState


def next_move(view: View, state: StepState, watch: Watch, now: float) -> Move:
    """Ask the phase the step is in what to do next."""
    match state.phase:
        case Phase.LAUNCHING:
            return launch.next_move(view, state, watch, now)
        case Phase.RUNNING:
            return running.next_move(view, state, watch, now)
        case Phase.ENDED:
            return ending.next_move(view, state, watch, now)
        case Phase.LINKING:
            return linking.next_move(view, state, watch, now)
        case Phase.WAITING | Phase.READY | Phase.OVER:
            return NOTHING
        case _:
            assert_never(state.phase)


def on_reply(view: View, state: StepState, watch: Watch, reply: Reply, now: float) -> Move:
    """Hand a reply to the phase the step is in; the plan made sure that it belongs there."""
    match state.phase:
        case Phase.LAUNCHING:
            return launch.on_reply(view, state, watch, reply, now)
        case Phase.RUNNING:
            return running.on_reply(watch, reply, now)
        case Phase.ENDED:
            return ending.on_reply(view, state, watch, reply, now)
        case Phase.LINKING:
            return linking.on_reply(view, state, watch, reply, now)
        case Phase.WAITING | Phase.READY | Phase.OVER:
            return NOTHING
        case _:
            assert_never(state.phase)
