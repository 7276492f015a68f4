"""When a run gives up on its instance: refused, out of reach, or never answering one thing well."""

from collections.abc import Callable

import pytest

from slyflow.engine.effect import (
    Collect,
    Collected,
    Effect,
    Heard,
    Listed,
    Listen,
    LookUp,
    Poll,
    Send,
    Stop,
)
from slyflow.engine.policy import Policy
from slyflow.errors import BadReply, Gone, InstanceError, NotFound, Rejected, SlyflowError, Unavailable
from slyflow.model.artifact import Artifact, Kind
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


@pytest.mark.parametrize(("begin", "kind"), READS, ids=["poll", "look-up", "listen", "collect"])
@pytest.mark.parametrize("error", [GONE, Rejected("400", status=400), InstanceError("odd")], ids=str)
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
    game.prepare("b")
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
