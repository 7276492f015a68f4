"""Duplicates: whatever else bears a launch's marker is found, stopped, and watched until it has ended."""

import pytest

from slyflow.engine.effect import Accepted, Done, Listed, LookUp, Poll, Send, Stop, Sweep
from slyflow.engine.policy import Policy
from slyflow.errors import Unavailable
from slyflow.model.event import (
    DuplicateEnded,
    DuplicateFound,
    LaunchAccepted,
    LaunchIntended,
    LaunchResolved,
    LaunchSent,
    RunClosed,
    RunResumed,
    StepEnded,
    Warned,
)
from slyflow.model.session import Session, Status
from tests.engine.game import Game

ONE = "steps:\n  a: {app: org/app@v1.0.0}\n"
TWO = ONE + "  b: {app: org/app@v1.0.0, needs: [a]}\n"
AT_MOST_ONCE = "steps:\n  a: {app: org/app@v1.0.0, launch: at_most_once}\n"


def code(game: Game) -> int | None:
    return game.plan.exit_code


def bearing(game: Game, session_id: int, status: str = "started", module: int | None = 11) -> Session:
    """A session with the marker of the game's first launch in its title."""
    marker = game.events_of(LaunchIntended)[0].marker if game.events else ""
    return Session(session_id, Status.read(status), module_id=module, marker_text=f"{marker} game: a")


def adopted(text: str = ONE, *extra: int) -> Game:
    """Play until session 41 was adopted after a lost reply; `extra` sessions bear its marker too."""
    game = Game(text)
    game.prepare(watermark=40)
    game.reply(game.one(Send), Unavailable("timeout"))
    game.reply(game.one(LookUp), Listed([bearing(game, 41), *(bearing(game, one) for one in extra)]))
    assert game.events_of(LaunchAccepted) == [LaunchAccepted("a", 1, 41, "adopted")]
    return game


def warnings(game: Game) -> str:
    return "\n".join(warned.message for warned in game.events_of(Warned))


def until_swept(game: Game, *sessions: Session) -> Sweep:
    """Let everything else go on until a sweep is asked for, and answer it."""
    while not game.has(Sweep):
        if game.has(Poll):
            game.poll(s41="started")
        elif game.has(Stop):
            game.reply(next(effect for effect in game.open if isinstance(effect, Stop)), Done())
        else:
            game.wait()
    return game.sweep(*sessions)


def test_a_launch_that_was_never_in_doubt_is_not_swept_for() -> None:
    game = Game(TWO)
    game.finish("a", 7)
    game.finish("b", 8)
    assert game.has(Sweep) == []
    assert code(game) == 0


def test_a_launch_that_was_in_doubt_is_swept_for_before_the_run_closes() -> None:
    game = adopted()
    game.poll(s41="finished")
    assert code(game) is None
    sweep = game.sweep(bearing(game, 41, "finished"))
    assert sweep.markers == (game.events_of(LaunchIntended)[0].marker,)
    assert sweep.above == 40
    assert code(game) == 0


def test_the_run_closes_only_when_a_duplicate_has_ended() -> None:
    game = adopted(ONE, 42)
    game.poll(s41="finished")
    while not game.has(Sweep):
        game.pass_by()
    game.sweep(bearing(game, 41, "finished"), bearing(game, 42, "terminating"))
    assert code(game) is None
    until_swept(game, bearing(game, 41, "finished"), bearing(game, 42, "stopped"))
    assert game.events_of(DuplicateEnded) == [DuplicateEnded("a", 1, 42, Status.STOPPED)]
    assert code(game) == 0
    assert isinstance(game.events[-1], RunClosed)


def test_a_stop_whose_reply_was_lost_is_asked_for_again() -> None:
    game = adopted(ONE, 42)
    for _ in range(3):
        while not game.has(Stop):
            game.poll(s41="started") if game.has(Poll) else game.pass_by()
        assert game.one(Stop).session_id == 42
        game.reply(game.one(Stop), Unavailable("timeout"))


def test_a_late_first_session_is_found_a_window_after_the_launch_was_sent_again() -> None:
    game = Game(TWO, Policy(launch_window=120.0))
    game.prepare(watermark=40)
    game.reply(game.one(Send), Unavailable("timeout"))
    while not game.has(Send):
        game.reply(game.one(LookUp), Listed([])) if game.has(LookUp) else game.wait()
    again = game.now
    game.reply(game.one(Send), Accepted(41))
    until_swept(game, bearing(game, 41), bearing(game, 42))
    assert 120.0 <= game.now - again < 130.0
    assert game.events_of(DuplicateFound) == [DuplicateFound("a", 1, 42)]
    assert "keeping 41, stopping 42" in warnings(game)
    assert len(game.events_of(LaunchSent)) == 2


def test_what_a_look_up_is_about_to_find_is_no_duplicate() -> None:
    game = Game(ONE, Policy(launch_window=10.0))
    game.prepare(watermark=40)
    for _ in range(2):
        game.reply(game.one(Send), Unavailable("timeout"))
        while not game.has(Send) and not game.has(Sweep):
            game.reply(game.one(LookUp), Listed([])) if game.has(LookUp) else game.wait()
    game.sweep(bearing(game, 41))
    assert game.events_of(DuplicateFound) == []


def test_a_resumed_run_goes_on_watching_a_duplicate() -> None:
    game = adopted(ONE, 42)
    after = game.resumed()
    assert after.one(Stop).session_id == 42
    after.poll(s41="finished")
    after.go(5000.0)
    assert code(after) is None
    marker = game.events_of(LaunchIntended)[0].marker
    while code(after) is None:
        if after.has(Sweep):
            after.sweep(Session(42, Status.STOPPED, marker_text=marker))
        else:
            after.wait()
    assert after.events_of(DuplicateEnded) == [DuplicateEnded("a", 1, 42, Status.STOPPED)]
    assert code(after) == 0


def test_a_duplicate_that_has_ended_before_a_crash_is_not_stopped_again() -> None:
    game = adopted(ONE, 42)
    game.reply(game.one(Stop), Done())
    until_swept(game, bearing(game, 41), bearing(game, 42, "stopped"))
    after = game.resumed()
    assert after.has(Stop) == []


def test_a_duplicate_that_never_ends_is_named_and_left_to_a_person() -> None:
    game = adopted(ONE, 42)
    game.poll(s41="finished")
    begun = game.now
    while code(game) is None:
        until_swept(game, bearing(game, 42)) if game.has(Sweep) else game.pass_by()
        assert game.now - begun < 1000
    assert code(game) == 3
    assert "42" in game.events_of(Warned)[-1].message


def test_a_duplicate_that_is_gone_has_ended_once_it_stays_away() -> None:
    game = adopted(ONE, 42)
    game.poll(s41="finished")
    begun, looks = game.now, 0
    while code(game) is None:
        until_swept(game) if game.has(Sweep) else game.pass_by()
        looks += 1
    assert looks >= Policy().lost_misses
    assert game.now - begun >= Policy().absence
    assert game.events_of(DuplicateEnded) == [DuplicateEnded("a", 1, 42, Status.UNKNOWN)]
    assert code(game) == 0


def test_a_foreign_session_with_our_marker_is_never_stopped() -> None:
    game = adopted()
    game.poll(s41="finished")
    until_swept(game, bearing(game, 66, module=99))
    assert game.has(Stop) == []
    assert code(game) == 0
    assert "session 66 is not ours" in warnings(game)


def given_up(text: str = AT_MOST_ONCE) -> Game:
    game = Game(text)
    game.prepare(watermark=40)
    game.reply(game.one(Send), Unavailable("timeout"))
    while not game.has(Sweep):
        game.reply(game.one(LookUp), Listed([])) if game.has(LookUp) else game.wait()
    return game


def test_a_session_of_a_launch_that_was_given_up_is_named_not_stopped() -> None:
    game = given_up()
    game.sweep(bearing(game, 41))
    assert game.has(Stop) == []
    assert code(game) == 3
    assert "session 41 turned up" in warnings(game)


def test_a_session_that_turns_up_in_a_cancelled_run_is_stopped() -> None:
    game = Game(ONE)
    game.prepare(watermark=40)
    game.reply(game.one(Send), Unavailable("timeout"))
    game.plan.cancel("a person asked", game.now)
    while not game.has(Sweep):
        game.reply(game.one(LookUp), Listed([])) if game.has(LookUp) else game.wait()
    game.sweep(bearing(game, 41))
    assert game.one(Stop).session_id == 41
    until_swept(game, bearing(game, 41, "stopped"))
    assert code(game) == 1


@pytest.mark.parametrize("failures", [1, 4])
def test_a_sweep_that_fails_is_made_again(failures: int) -> None:
    game = adopted()
    game.poll(s41="finished")
    begun = game.now
    for _ in range(failures):
        while not game.has(Sweep):
            game.wait()
        game.reply(game.one(Sweep), Unavailable("down"))
        assert code(game) is None
    until_swept(game)
    assert code(game) == 0
    assert game.now > begun


RESOLVED = AT_MOST_ONCE + "  b: {app: org/app@v1.0.0, needs: [a]}\nfinally:\n  f: {values: {x: '${{ 1 }}'}}\n"


def closed_unknown() -> Game:
    game = given_up(RESOLVED)
    game.sweep()
    assert code(game) == 3
    return game


def resolved(game: Game, session_id: int | None) -> Game:
    facts = (RunResumed("0"), LaunchResolved("a", 1, session_id))
    return Game(game.text, replayed=(*game.events, *facts))


def test_a_step_goes_on_with_the_session_that_a_person_names() -> None:
    after = resolved(closed_unknown(), 41)
    assert code(after) is None
    after.poll(s41="finished")
    after.finish("b", 42)
    until_swept(after, bearing(after, 41, "finished"))
    assert code(after) == 0
    assert [event.step for event in after.events_of(LaunchSent)] == ["b"]
    assert [event.step for event in after.events_of(StepEnded)] == ["a", "b"]


def test_a_step_is_launched_again_with_its_marker_when_a_person_says_so() -> None:
    game = closed_unknown()
    after = resolved(game, None)
    send = after.one(Send, "a")
    assert send.launch.marker == game.events_of(LaunchIntended)[0].marker
    after.reply(send, Accepted(41))
    after.poll(s41="finished")
    after.finish("b", 42)
    until_swept(after)
    assert code(after) == 0


def test_a_session_that_turns_up_beside_a_resolved_one_is_a_duplicate() -> None:
    game = closed_unknown()
    after = resolved(game, 42)
    after.poll(s42="finished")
    after.finish("b", 43)
    marker = game.events_of(LaunchIntended)[0].marker
    until_swept(after, Session(41, Status.STARTED, marker_text=marker))
    assert after.events_of(DuplicateFound) == [DuplicateFound("a", 1, 41)]


def test_a_resolved_run_survives_a_crash() -> None:
    after = resolved(closed_unknown(), 41).resumed()
    assert code(after) is None
    after.poll(s41="finished")
    after.finish("b", 42)
    until_swept(after)
    assert code(after) == 0
