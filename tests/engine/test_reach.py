"""When a run gives up on its instance: refused, out of reach, or never answering one thing well."""

from collections.abc import Callable

import pytest

from slyflow.engine.effect import (
    Collect,
    Collected,
    Done,
    Effect,
    Heard,
    Listed,
    Listen,
    LookUp,
    Poll,
    Send,
    Stop,
    Sweep,
)
from slyflow.engine.policy import Policy
from slyflow.errors import BadReply, Gone, InstanceError, NotFound, Rejected, SlyflowError, Unavailable
from slyflow.model.artifact import Artifact, Kind
from slyflow.model.event import LaunchIntended, Warned
from slyflow.model.pipeline import FailureKind
from slyflow.model.run import StepStatus
from slyflow.model.session import LogLine, Session, Status
from tests.engine.game import Game

ONE = "steps:\n  a: {app: org/app@v1.0.0}\n"
TWO = ONE + "  b: {app: org/app@v1.0.0}\n"
GONE = NotFound("tasks.list: the instance answered 404: no such workspace", status=404)


def polling() -> Game:
    game = Game(ONE)
    game.accept("a", 7)
    return game


def looking_up() -> Game:
    game = Game(ONE)
    game.prepare()
    game.reply(game.one(Send), Unavailable("timeout"))
    return game


def listening() -> Game:
    game = Game("steps:\n  a: {app: org/app@v1.0.0, timeout: {silent: 100}}\n")
    game.accept("a", 7)
    game.poll(s7="started")
    return game


def linking() -> Game:
    """A resumed game: only then edges are read on their own."""
    game = Game("steps:\n  a: {app: org/app@v1.0.0, outputs: {p: project}}\n")
    game.accept("a", 7)
    game.poll(s7="finished")
    game.collect("a", {"p": Artifact(Kind.PROJECT, 3)})
    return game.resumed()


def next_of(game: Game, kind: type[Effect]) -> Effect:
    """Wait for the next effect of a kind; whatever else is asked meanwhile is answered well."""
    while not game.has(kind):
        other = next((effect for effect in game.open if isinstance(effect, Poll | Listen)), None)
        match other:
            case Poll():
                game.reply(other, Listed([Session(i, Status.STARTED) for i in other.ids]))
            case Listen():
                game.reply(other, Heard(LogLine("a line", "info", str(game.now))))
            case _:
                game.wait()
    return next(effect for effect in game.open if isinstance(effect, kind))


READS = [(polling, Poll), (looking_up, LookUp), (listening, Listen), (linking, Collect)]


@pytest.mark.parametrize(
    ("begin", "kind", "error"),
    [
        (begin, kind, error)
        for begin, kind in READS
        for error in (GONE, Rejected("400", status=400), InstanceError("odd"))
        if (kind, error) != (Listen, GONE)  # whether a session has gone, the polls tell
    ],
)
def test_a_read_that_is_refused_again_and_again_ends_the_run_resumably(
    begin: Callable[[], Game], kind: type[Effect], error: SlyflowError
) -> None:
    game = begin()
    begun, asked = game.now, 0
    while game.plan.halt is None:
        game.reply(next_of(game, kind), error)
        asked += 1
        assert asked < 20, "it is asked for ever"
    assert game.plan.halt.exit_code == 5
    assert error.message in game.plan.halt.message
    assert asked == Policy().most_refusals
    assert game.now - begun > 5, "it was not given time to recover"
    assert game.plan.results == {}


def test_a_log_that_is_gone_is_left_to_the_polls() -> None:
    game = listening()
    for _ in range(9):
        game.reply(next_of(game, Listen), GONE)
    assert game.plan.halt is None


def in_a_gone_place(game: Game) -> None:
    """Answer that the workspace is no more until the run is over."""
    begun, asked = game.now, 0
    while game.plan.exit_code is None:
        assert game.plan.halt is None
        assert game.now - begun < 2000, "it is asked for ever"
        reads = [effect for effect in game.open if isinstance(effect, Poll | LookUp | Sweep)]
        if reads:
            gone = frozenset(reads[0].ids) if isinstance(reads[0], Poll) else frozenset()
            game.reply(reads[0], Listed([], gone, place_gone=True))
            asked += 1
        elif game.has(Stop):
            game.reply(game.one(Stop), Done())
        else:
            game.wait()
    assert asked >= Policy().lost_misses
    assert game.now - begun >= Policy().absence


def test_a_session_is_lost_with_its_workspace() -> None:
    game = polling()
    in_a_gone_place(game)
    failure = game.result("a").failure
    assert failure is not None
    assert failure.message == "session 7 is no longer on the instance, nor is its workspace 5"
    assert game.plan.exit_code == 1


def test_a_run_whose_workspace_is_gone_can_be_stopped() -> None:
    game = polling()
    game.plan.cancel("a person asked", game.now)
    game.go()
    in_a_gone_place(game)
    assert game.plan.exit_code == 1


def test_a_launch_in_doubt_stays_in_doubt_where_its_workspace_is_gone() -> None:
    game = looking_up()
    in_a_gone_place(game)
    failure = game.result("a").failure
    assert failure is not None
    assert failure.kind is FailureKind.LAUNCH_UNKNOWN
    assert "workspace 5" in failure.message
    assert game.plan.exit_code == 3


def test_a_launch_that_was_once_in_doubt_is_never_all_well_where_its_workspace_is_gone() -> None:
    game = looking_up()
    marker = game.events_of(LaunchIntended)[0].marker
    game.reply(game.one(LookUp), Listed([Session(7, Status.STARTED, module_id=11, marker_text=marker)]))
    game.poll(s7="finished")
    game.collect("a")
    assert game.result("a").status is StepStatus.SUCCEEDED
    in_a_gone_place(game)
    assert game.plan.exit_code == 3
    assert "workspace 5" in game.events_of(Warned)[-1].message


def test_a_workspace_that_comes_back_was_not_gone() -> None:
    game = polling()
    for _ in range(9):
        for _ in range(2):
            game.reply(next_of(game, Poll), Listed([], frozenset({7}), place_gone=True))
        game.poll(s7="started")
    assert game.plan.results == {}


def test_a_refusal_that_passes_ends_nothing() -> None:
    game = polling()
    for _ in range(4):
        for _ in range(Policy().most_refusals - 1):
            game.reply(next_of(game, Poll), GONE)
        game.poll(s7="started")
    assert game.plan.halt is None


def test_the_error_says_where_and_what_to_do() -> None:
    game = polling()
    while game.plan.halt is None:
        game.reply(next_of(game, Poll), GONE)
    assert "tasks.list" in game.plan.halt.message
    assert "workspace 5" in game.plan.halt.message
    assert game.plan.halt.hint is not None
    assert "resume" in game.plan.halt.hint


@pytest.mark.parametrize("error", [Unavailable("down"), BadReply("half a JSON")], ids=["down", "garbled"])
def test_a_read_that_never_succeeds_ends_the_run_though_others_do(error: SlyflowError) -> None:
    game = Game(TWO, Policy(unreachable_after=600.0))
    game.accept("a", 7)
    game.reply(game.one(Send, "b"), Unavailable("timeout"))
    begun = game.now
    while game.plan.halt is None:
        game.reply(next_of(game, LookUp), error)
        assert game.now - begun < 1200, "it is asked for ever"
    assert game.plan.halt is error
    assert game.now - begun >= 600


def test_an_embedded_instance_that_has_ended_ends_the_run_at_once() -> None:
    game = polling()
    game.reply(next_of(game, Poll), Gone("the embedded instance has ended"))
    assert isinstance(game.plan.halt, Gone)
    assert game.plan.halt.exit_code == 5


def test_two_failures_far_apart_end_nothing() -> None:
    game = Game(TWO.replace("b: {", "b: {timeout: {silent: 4000}, "), Policy(unreachable_after=600.0))
    game.accept("a", 7)
    game.accept("b", 8)
    for _ in range(2):
        game.reply(next_of(game, Listen), Unavailable("reset"))
    assert game.now > 2000.0
    assert game.plan.halt is None


def test_stops_that_fail_end_nothing() -> None:
    """They are asked for again until the status says that the session has ended."""
    game = Game(ONE)
    game.accept("a", 7)
    game.plan.cancel("a person asked", game.now)
    game.go()
    for _ in range(9):
        game.reply(next_of(game, Stop), InstanceError("odd"))
    assert game.plan.halt is None


def test_a_collect_of_a_session_that_stays_gone_fails_the_step_and_not_the_run() -> None:
    game = Game("steps:\n  a: {app: org/app@v1.0.0, outputs: {p: project}}\n")
    game.accept("a", 7)
    game.poll(s7="finished")
    while game.plan.exit_code is None:
        game.reply(next_of(game, Collect), NotFound("gone", status=404))
    assert game.plan.exit_code == 1
    assert game.plan.halt is None


def test_collected_edges_end_a_streak() -> None:
    game = linking()
    for _ in range(Policy().most_refusals - 1):
        game.reply(next_of(game, Collect), GONE)
    game.reply(next_of(game, Collect), Collected(Session(7, Status.FINISHED), edges=frozenset()))
    game.write_edges("a")
    assert game.plan.exit_code == 0
