"""Who was under way beside a step, as the plan tells whoever looks for its outputs."""

from slyflow.engine.effect import Collect, Listed, LookUp, Others, Poll, Send
from slyflow.engine.policy import Policy
from slyflow.errors import NotSent, Unavailable
from slyflow.model.artifact import Artifact, Kind
from slyflow.model.event import LaunchIntended
from slyflow.model.session import Session, Status
from tests.engine.game import Game

OUT = "outputs: {p: {project: task}}"
PARALLEL = f"steps:\n  a: {{app: org/app@v1.0.0, {OUT}}}\n  b: {{app: org/app@v1.0.0, {OUT}}}\n"
CHAIN = PARALLEL.replace("b: {app", "b: {needs: [a], app")


def launched(text: str = PARALLEL, policy: Policy | None = None) -> Game:
    game = Game(text, policy or Policy(), traced=False)
    game.accept("a", 7)
    return game


def others(game: Game, step: str) -> Others:
    return game.one(Collect, step).others


def test_a_step_that_ran_alone_has_nobody_beside_it() -> None:
    game = launched(CHAIN)
    game.poll(s7="finished")
    assert others(game, "a").beside == ()
    game.collect("a", {"p": Artifact(Kind.PROJECT, 3)})
    game.write_edges("a")
    game.accept("b", 8)
    game.poll(s8="finished")
    assert others(game, "b").beside == ()
    assert others(game, "b").made == {(Kind.PROJECT, 3): "a"}


def test_a_session_that_goes_on_is_beside() -> None:
    game = launched()
    game.accept("b", 8)
    game.poll(s7="finished", s8="started")
    assert others(game, "a").beside == ("b",)


def test_one_that_ended_meanwhile_is_beside_too() -> None:
    game = launched()
    game.accept("b", 8)
    game.poll(s7="finished", s8="started")
    game.collect("a", {"p": Artifact(Kind.PROJECT, 3)})
    game.write_edges("a")
    game.poll(s8="finished")
    assert others(game, "b").beside == ("a",)


def test_so_it_is_after_a_resume() -> None:
    game = launched()
    game.accept("b", 8)
    after = game.resumed()
    after.poll(s7="finished", s8="started")
    assert others(after, "a").beside == ("b",)


def test_a_launch_that_was_certainly_not_accepted_is_not() -> None:
    game = launched()
    game.reply(game.one(Send, "b"), NotSent("HTTP 429", retry_after=300.0))
    game.poll(s7="finished")
    assert others(game, "a").beside == ()


def test_one_whose_outcome_is_unknown_is() -> None:
    game = launched()
    game.reply(game.one(Send, "b"), Unavailable("timeout"))
    while not game.has(Collect):
        if game.has(Poll):
            game.poll(s7="finished")
        elif game.has(LookUp):
            game.reply(game.one(LookUp), Listed([]))
        else:
            game.wait()
    assert others(game, "a").beside == ("b",)


def test_a_duplicate_of_its_own_is_beside_a_step() -> None:
    game = Game(PARALLEL, Policy(max_sessions=1), traced=False)
    game.prepare("a", watermark=40)
    game.reply(game.one(Send), Unavailable("timeout"))
    marker = game.events_of(LaunchIntended)[0].marker
    both = [Session(i, Status.STARTED, module_id=11, marker_text=marker) for i in (41, 42)]
    game.reply(game.one(LookUp), Listed(both))
    while not game.has(Collect):
        game.poll(s41="finished") if game.has(Poll) else game.wait()
    assert others(game, "a").beside == ("a",)


GLOBS = (
    "steps:\n"
    "  a: {app: org/app@v1.0.0, outputs: {f: {file: {path: '/out/*'}}}}\n"
    "  b: {app: org/app@v1.0.0, outputs: {v: {value: {file: '/out/${{ session.id }}/v.json'}},"
    " d: {folder: {path: /dir/}}}}\n"
)


def test_the_globs_of_who_was_beside_are_told() -> None:
    game = launched(GLOBS)
    game.accept("b", 8)
    game.poll(s7="finished", s8="started")
    assert others(game, "a").globs == {"b": ("/out/8/v.json", "/dir/**")}
