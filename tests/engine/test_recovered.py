"""Sessions from before a journal was lost: taken over in their step's turn, never launched again."""

import pytest

from slyflow.engine.effect import Collect, Listed, Poll, Prepare, Prepared, Send, Stop, WriteEdge
from slyflow.engine.policy import Policy
from slyflow.errors import Rejected, Unavailable
from slyflow.model.artifact import Artifact, Kind
from slyflow.model.event import (
    AttemptFailed,
    DuplicateFound,
    Event,
    LaunchAccepted,
    LaunchIntended,
    RunClosed,
    SessionRecovered,
    StepEnded,
    StepStarted,
    Warned,
)
from slyflow.model.pipeline import FailureKind
from slyflow.model.run import StepStatus
from tests.engine.game import Game

ONE = "steps:\n  a: {app: org/app@v1.0.0}\n"
TWO = ONE + "  b: {app: org/app@v1.0.0, needs: [a]}\n"
RETRIED = "steps:\n  a: {app: org/app@v1.0.0, retry: {max: 3, delay: 0s}}\n"
USING = """\
defaults: {workflow: required}
steps:
  a: {app: org/app@v1.0.0, inputs: {given: {project: 5}}}
"""
MADE = "steps:\n  a: {app: org/app@v1.0.0, outputs: {made: project}, retry: {max: 3, delay: 0s}}\n"


def recovered(step: str, session_id: int, attempt: int = 1) -> SessionRecovered:
    return SessionRecovered(step, attempt, session_id, f"sf-{step}{attempt}")


def game(text: str, *known: Event, traced: bool = True) -> Game:
    return Game(text, replayed=known, traced=traced)


def close(played: Game) -> int | None:
    """Let the sweep before the end find nothing, and return the exit code."""
    for _ in range(10):
        if played.plan.exit_code is None:
            played.pass_by()
    return played.plan.exit_code


def test_a_steps_session_is_taken_over_and_the_next_step_is_launched() -> None:
    played = game(TWO, recovered("a", 41))
    assert played.events == [
        StepStarted("a"),
        LaunchIntended("a", 1, "sf-a1", "", 40),
        LaunchAccepted("a", 1, 41, "adopted"),
    ]
    played.poll(s41="finished")
    played.finish("b", 42)
    assert played.has(Send) == []
    assert close(played) == 0


def test_a_later_steps_session_waits_for_its_turn() -> None:
    played = game(TWO, recovered("a", 41), recovered("b", 42))
    assert [event.session_id for event in played.events_of(LaunchAccepted)] == [41]
    played.poll(s41="finished")
    played.poll(s42="finished")
    assert [event.session_id for event in played.events_of(LaunchAccepted)] == [41, 42]
    assert played.has(Send) == []
    assert close(played) == 0


def test_earlier_attempts_are_passed_over() -> None:
    played = game(RETRIED, recovered("a", 41, 1), recovered("a", 43, 3))
    failed = played.events_of(AttemptFailed)
    assert [(event.attempt, event.failure.kind) for event in failed] == [
        (1, FailureKind.ERROR),
        (2, FailureKind.ERROR),
    ]
    assert "its session 41 was followed" in failed[0].failure.message
    assert played.events_of(LaunchAccepted) == [LaunchAccepted("a", 3, 43, "adopted")]
    played.poll(s43="error")
    played.collect("a", log=())
    # The next attempt is a launch like any other.
    assert played.accept("a", 44).launch.marker != "sf-a3"


def test_a_second_session_of_one_attempt_is_a_duplicate_and_stopped() -> None:
    played = game(ONE, recovered("a", 42), recovered("a", 41))
    assert played.events_of(LaunchAccepted) == [LaunchAccepted("a", 1, 42, "adopted")]
    assert played.events_of(DuplicateFound) == [DuplicateFound("a", 1, 41)]
    assert played.events_of(LaunchIntended)[0].watermark == 40
    assert played.one(Stop).session_id == 41


def test_a_resume_after_the_take_over_knows_the_session() -> None:
    played = game(ONE, recovered("a", 41)).resumed()
    assert played.events == []
    played.poll(s41="finished")
    assert close(played) == 0


def test_what_a_session_used_is_looked_up_again_for_its_edges() -> None:
    played = game(USING, recovered("a", 41))
    prepare = played.one(Prepare)
    assert (prepare.compare, prepare.watermark) == ((), False)
    played.reply(prepare, Prepared(None, {}, {"given": Artifact(Kind.PROJECT, 5)}, {}))
    played.poll(s41="finished")
    played.collect("a")
    assert [effect.edge.key for effect in played.write_edges("a")] == [(41, "input", "project", "5")]
    assert close(played) == 0


def test_an_input_that_is_gone_launches_nothing_and_its_required_edge_is_missed() -> None:
    played = game(USING, recovered("a", 41))
    played.reply(played.one(Prepare), Prepared(None, {}, {}, {"given": "there is no project 5"}))
    played.poll(s41="finished")
    played.collect("a")
    assert played.has(WriteEdge) == []
    assert played.has(Send) == []
    assert close(played) == 8


def test_a_look_up_that_fails_for_now_is_made_again() -> None:
    played = game(USING, recovered("a", 41))
    played.reply(played.one(Prepare), Unavailable("away"))
    assert played.events_of(LaunchAccepted) == []
    played.wait()
    played.reply(played.one(Prepare), Rejected("no", status=400))
    assert played.events_of(LaunchAccepted) == [LaunchAccepted("a", 1, 41, "adopted")]
    assert "what its session uses is not known" in played.events_of(Warned)[0].message


def test_an_output_that_is_gone_by_now_is_not_made_again() -> None:
    played = game(MADE, recovered("a", 41))
    played.poll(s41="finished")
    while played.plan.exit_code is None:
        if played.has(Collect):
            played.collect("a", missing={"made": "gone"})
        else:
            played.pass_by()
    assert played.has(Send) == []
    failure = played.result("a").failure
    assert failure is not None
    assert failure.kind is FailureKind.OUTPUT_MISSING
    assert played.plan.exit_code == 1


@pytest.mark.parametrize("step", ["a", "b"])
def test_a_cancel_stops_a_session_whose_turn_has_not_come(step: str) -> None:
    played = game(TWO, recovered("b", 42))
    if played.has(Prepare):
        played.prepare("a")
    played.plan.cancel("stop", played.now)
    played.go()
    assert played.events_of(LaunchAccepted)[-1] == LaunchAccepted("b", 1, 42, "adopted")
    assert 42 in [effect.session_id for effect in played.open if isinstance(effect, Stop)]


def test_a_session_of_a_step_that_is_skipped_now_is_left_to_a_person() -> None:
    played = game(TWO, recovered("a", 41), recovered("b", 42))
    played.poll(s41="error")
    played.collect("a")
    assert close(played) == 3
    assert played.result("b").status is StepStatus.SKIPPED
    assert "session 42, known from before the journal was lost" in played.events_of(Warned)[-1].message
    assert [event.exit_code for event in played.events_of(RunClosed)] == [3]


def test_a_session_that_went_down_with_the_embedded_instance_is_no_failure_of_the_step() -> None:
    played = Game(ONE, Policy(lost_misses=1, lost_after=0, lists_lag=False), replayed=(recovered("a", 41),))
    while not played.has(Poll):
        played.wait()
    played.reply(played.one(Poll), Listed((), frozenset({41})))
    assert [event.failure.kind for event in played.events_of(AttemptFailed)] == [FailureKind.LOST]
    assert played.events_of(StepEnded) == []
