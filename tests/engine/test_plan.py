"""Decisions of the plan: pipeline text in, effects out."""

from dataclasses import replace
from itertools import pairwise

import pytest

from slyflow.engine.effect import (
    Accepted,
    Collect,
    Done,
    Heard,
    Listed,
    Listen,
    LookUp,
    Poll,
    Prepare,
    Prepared,
    Send,
    Stop,
    Sweep,
    WriteEdge,
)
from slyflow.engine.emergency import Kept
from slyflow.engine.policy import Policy
from slyflow.errors import AuthError, BadReply, InstanceError, NotFound, NotSent, Rejected, Unavailable
from slyflow.model.artifact import Artifact, Computed, Kind
from slyflow.model.event import (
    AttemptFailed,
    DuplicateFound,
    EdgeFailed,
    EdgeIntended,
    EdgeWritten,
    LaunchAccepted,
    LaunchIntended,
    LaunchSent,
    RunCancelled,
    RunClosed,
    RunInterrupted,
    RunResumed,
    SessionEnded,
    StepEnded,
    StepStarted,
    StopRequested,
    Warned,
)
from slyflow.model.node import EdgeKey
from slyflow.model.pipeline import FailureKind
from slyflow.model.run import StepStatus
from slyflow.model.session import LogLine, Session, Status
from slyflow.secret import Secret
from tests.engine.game import Game

ONE = "steps:\n  a: {app: org/app@v1.0.0}\n"
CHAIN = ONE + "  b: {app: org/app@v1.0.0, needs: [a]}\n"


def code(game: Game) -> int | None:
    return game.plan.exit_code


def test_one_step_runs_to_exit_code_0() -> None:
    game = Game(ONE)
    game.finish("a", 7)
    assert game.result("a").status is StepStatus.SUCCEEDED
    assert game.result("a").outputs["session"] == Artifact(Kind.APP_SESSION, 7, url="/apps/sessions/7")
    assert code(game) == 0
    assert isinstance(game.events[-1], RunClosed)


def test_intent_is_recorded_before_the_launch_is_sent() -> None:
    game = Game(ONE)
    game.prepare(watermark=40)
    kinds = [type(event) for event in game.events]
    assert kinds == [StepStarted, LaunchIntended, LaunchSent]
    assert game.events_of(LaunchIntended)[0].watermark == 40
    launch = game.one(Send).launch
    assert launch.title.startswith(launch.marker)
    assert f"marker={launch.marker}" in launch.description
    assert launch.state == {"size": 1}


def test_a_step_waits_for_what_it_needs() -> None:
    game = Game(
        "steps:\n  a: {app: org/app@v1.0.0, outputs: {p: project}}\n  b: {app: org/app@v1.0.0, needs: [a]}\n"
    )
    game.accept("a", 7)
    assert game.has(Send) == []
    game.poll(s7="finished")
    assert game.has(Send) == []
    game.collect("a", {"p": Artifact(Kind.PROJECT, 3)})
    assert game.has(Send) == []
    game.write_edges("a")
    assert game.has(Send) == ["b"]


def test_a_step_without_outputs_is_judged_by_the_list_where_that_tells_all() -> None:
    game = Game(CHAIN)
    game.accept("a", 7)
    game.poll(s7="finished")
    assert game.has(Collect) == []
    assert game.has(Send) == ["b"]


def test_a_step_without_outputs_is_read_where_the_list_may_tell_less() -> None:
    game = Game(CHAIN, traced=False)
    game.accept("a", 7)
    game.poll(s7="finished")
    assert game.has(Collect) == ["a"]


def test_what_a_step_made_reaches_the_next_launch() -> None:
    game = Game(
        "steps:\n  a: {app: org/app@v1.0.0, outputs: {p: project}}\n"
        "  b: {app: org/app@v1.0.0, target: {images_project: '${{ steps.a.outputs.p }}'},"
        " arguments: {size: '${{ steps.a.outputs.p + 1 }}'}}\n"
    )
    game.finish("a", 7, {"p": Artifact(Kind.PROJECT, 33)})
    game.reply(game.one(Prepare, "b"), Prepared(None, {}, {"images_project": Artifact(Kind.PROJECT, 33)}, {}))
    assert game.one(Send, "b").launch.state == {"size": 34, "slyProjectId": 33}


def test_an_input_that_is_not_there_is_refused_before_the_launch() -> None:
    game = Game(
        "steps:\n  a: {app: org/app@v1.0.0, target: {images_project: 3}}\n",
    )
    missing = Prepared(0, {}, {}, {"images_project": "there is no project 3"})
    game.reply(game.one(Prepare), missing)
    for _ in range(2):
        game.wait()
        game.reply(game.one(Prepare), missing)
    failure = game.result("a").failure
    assert failure is not None
    assert failure.kind is FailureKind.LAUNCH_REJECTED
    assert "no project 3" in failure.message
    assert game.has(Send) == []
    assert code(game) == 1


def test_an_input_that_is_shown_late_is_waited_for() -> None:
    game = Game(
        "steps:\n  a: {app: org/app@v1.0.0, target: {images_project: 3}}\n",
    )
    game.reply(game.one(Prepare), Prepared(0, {}, {}, {"images_project": "there is no project 3"}))
    game.wait()
    game.reply(game.one(Prepare), Prepared(0, {}, {"images_project": Artifact(Kind.PROJECT, 3)}, {}))
    assert game.one(Send).step == "a"


class TestLaunch:
    def test_not_sent_is_sent_again_with_the_same_marker(self) -> None:
        game = Game(ONE)
        game.prepare()
        first = game.one(Send)
        game.reply(first, NotSent("connection refused"))
        assert game.has(Send) == []
        game.wait()
        second = game.one(Send)
        assert second.launch.marker == first.launch.marker
        assert [sent.sending for sent in game.events_of(LaunchSent)] == [1, 2]

    def test_retry_after_is_waited_for(self) -> None:
        game = Game(ONE)
        game.prepare()
        game.reply(game.one(Send), NotSent("429", retry_after=90.0))
        game.go(89.0)
        assert game.has(Send) == []
        game.go(2.0)
        assert game.has(Send) == ["a"]

    @pytest.mark.parametrize("error", [Unavailable("timeout"), BadReply("not JSON"), InstanceError("odd")])
    def test_unknown_outcome_is_looked_for_and_adopted(self, error: InstanceError) -> None:
        game = Game(ONE)
        game.prepare(watermark=40)
        game.reply(game.one(Send), error)
        look = game.one(LookUp)
        assert look.above == 40
        game.reply(look, Listed([Session(41, Status.STARTED, module_id=11, workspace_id=5, created_by=7)]))
        assert game.events_of(LaunchAccepted) == [LaunchAccepted("a", 1, 41, "adopted")]
        assert len(game.events_of(LaunchSent)) == 1

    def test_unknown_outcome_is_sent_again_only_after_the_window(self) -> None:
        game = Game(ONE, Policy(launch_window=120.0))
        game.prepare()
        game.reply(game.one(Send), Unavailable("timeout"))
        begun = game.now
        while not game.has(Send):
            if game.has(LookUp):
                game.reply(game.one(LookUp), Listed([]))
            else:
                game.wait()
        assert game.now - begun >= 120.0
        assert len({launch.marker for launch in game.events_of(LaunchIntended)}) == 1

    def test_only_a_look_up_begun_after_the_window_ends_it(self) -> None:
        """One that is answered late tells of lists that were read long before."""
        game = Game(ONE, Policy(launch_window=120.0))
        game.prepare()
        game.reply(game.one(Send), Unavailable("timeout"))
        game.now += 130.0
        game.reply(game.one(LookUp), Listed([]))
        assert game.has(Send) == []
        while not game.has(LookUp):
            game.wait()
        game.reply(game.one(LookUp), Listed([]))
        assert game.has(Send) == ["a"]

    def test_at_most_once_leaves_it_to_a_person(self) -> None:
        game = Game("steps:\n  a: {app: org/app@v1.0.0, launch: at_most_once, retry: {max: 3}}\n")
        game.prepare()
        game.reply(game.one(Send), Unavailable("timeout"))
        while code(game) is None:
            if game.has(LookUp):
                game.reply(game.one(LookUp), Listed([]))
            else:
                game.pass_by()
        assert code(game) == 3
        assert len(game.events_of(LaunchSent)) == 1

    def test_rejected_is_looked_for_once_then_fails(self) -> None:
        game = Game(ONE)
        game.prepare()
        game.reply(game.one(Send), Rejected("no such agent", status=400))
        game.reply(game.one(LookUp), Listed([]))
        failure = game.result("a").failure
        assert failure is not None
        assert (failure.kind, failure.message) == (FailureKind.LAUNCH_REJECTED, "no such agent")

    def looked_up(self, created_by: int | None, *resumed_by: int | None, text: str = ONE) -> Game:
        """Play until a look-up found a session by this user, in a run resumed with these users' tokens."""
        game = Game(text)
        game.prepare()
        resumes = tuple(RunResumed("0", None, user) for user in resumed_by)
        after = Game(text, replayed=(*game.events, *resumes))
        session = Session(41, Status.STARTED, module_id=11, workspace_id=5, created_by=created_by)
        after.reply(after.one(LookUp), Listed([session]))
        return after

    @pytest.mark.parametrize("created_by", [7, 8, None])
    def test_a_session_of_any_user_that_drove_the_run_is_adopted(self, created_by: int | None) -> None:
        assert len(self.looked_up(created_by, 8).events_of(LaunchAccepted)) == 1

    def test_a_session_of_another_user_is_not_adopted(self) -> None:
        assert self.looked_up(9, 8).events_of(LaunchAccepted) == []

    def test_where_the_instance_tells_no_user_any_is_adopted(self) -> None:
        assert len(self.looked_up(9, None).events_of(LaunchAccepted)) == 1

    def test_a_step_that_names_its_user_is_adopted_whoever_made_it(self) -> None:
        text = "steps:\n  a: {app: org/app@v1.0.0, user: 9}\n"
        assert len(self.looked_up(9, 8, text=text).events_of(LaunchAccepted)) == 1

    def test_a_foreign_session_with_our_marker_is_neither_adopted_nor_doubled(self) -> None:
        game = Game(ONE)
        game.prepare()
        game.reply(game.one(Send), Unavailable("timeout"))
        while code(game) is None:
            if game.has(LookUp):
                game.reply(game.one(LookUp), Listed([Session(41, Status.STARTED, module_id=99)]))
            else:
                game.pass_by()
        assert game.events_of(LaunchAccepted) == []
        assert len(game.events_of(LaunchSent)) == 1
        assert code(game) == 3
        assert any("foreign" in warned.message for warned in game.events_of(Warned))

    def test_a_launch_whose_outcome_stays_unknown_is_not_sent_for_ever(self) -> None:
        game = Game(ONE, Policy(most_sendings=3))
        while code(game) is None:
            if game.has(Prepare):
                game.prepare()
            elif game.has(Send):
                game.reply(game.one(Send), BadReply("HTTP 500"))
            elif game.has(LookUp):
                game.reply(game.one(LookUp), Listed([]))
            else:
                game.pass_by()
        assert len(game.events_of(LaunchSent)) == 3
        assert code(game) == 3

    def test_a_sending_that_was_certainly_refused_is_not_counted(self) -> None:
        game = Game(ONE, Policy(most_sendings=2))
        game.prepare()
        for _ in range(7):
            game.reply(game.one(Send), NotSent("HTTP 429"))
            game.wait()
        for _ in range(2):
            game.reply(game.one(Send), BadReply("HTTP 500"))
            while code(game) is None and not game.has(Send):
                game.reply(game.one(LookUp), Listed([])) if game.has(LookUp) else game.pass_by()
        assert len(game.events_of(LaunchSent)) == 9
        failure = game.result("a").failure
        assert failure is not None
        assert "2 times over" in failure.message

    def test_a_launch_of_unknown_outcome_is_never_allowed_to_fail(self) -> None:
        game = Game("steps:\n  a: {app: org/app@v1.0.0, launch: at_most_once, allow_failure: true}\n")
        game.prepare()
        game.reply(game.one(Send), Unavailable("timeout"))
        while code(game) is None:
            if game.has(LookUp):
                game.reply(game.one(LookUp), Listed([]))
            else:
                game.pass_by()
        assert code(game) == 3

    def test_a_duplicate_is_stopped_and_reported(self) -> None:
        game = Game(ONE)
        game.prepare()
        game.reply(game.one(Send), Unavailable("timeout"))
        game.reply(game.one(LookUp), Listed([Session(42, Status.STARTED), Session(41, Status.STARTED)]))
        assert game.events_of(LaunchAccepted) == [LaunchAccepted("a", 1, 41, "adopted")]
        assert game.events_of(DuplicateFound) == [DuplicateFound("a", 1, 42)]
        assert game.one(Stop).session_id == 42
        assert any("more than once" in warned.message for warned in game.events_of(Warned))

    def test_a_refused_token_halts_the_run_and_keeps_the_sending_open(self) -> None:
        game = Game(ONE)
        game.prepare()
        game.reply(game.one(Send), AuthError("401"))
        assert isinstance(game.plan.halt, AuthError)
        assert game.open == []
        after = game.resumed()
        assert after.has(LookUp) == ["a"]


class TestKeptBesideTheJournal:
    """A session whose id the journal could not take."""

    def resumed(self) -> tuple[Game, str]:
        game = Game(ONE)
        game.prepare()
        marker = game.one(Send).launch.marker
        return game.resumed(), marker

    def session(self, marker: str, module: int = 11) -> Session:
        return Session(41, Status.STARTED, module_id=module, marker_text=f"{marker} game: a")

    def test_is_gone_on_with(self) -> None:
        game, marker = self.resumed()
        game.plan.adopt(Kept("a", 1, 41, marker), self.session(marker), game.now)
        game.go()
        assert game.events == [LaunchAccepted("a", 1, 41, "adopted")]
        game.poll(s41="finished")
        game.collect("a")
        while code(game) is None:
            game.pass_by()
        assert code(game) == 0

    def test_is_held_to_the_launch_in_doubt(self) -> None:
        game, marker = self.resumed()
        good = self.session(marker)
        for kept, session in (
            (Kept("b", 1, 41, marker), good),
            (Kept("a", 2, 41, marker), good),
            (Kept("a", 1, 41, "sf-another"), self.session("sf-another")),
            (Kept("a", 1, 41, marker), self.session("sf-another")),
            (Kept("a", 1, 41, marker), self.session(marker, module=99)),
        ):
            game.plan.adopt(kept, session, game.now)
        game.go()
        assert game.events_of(LaunchAccepted) == []
        assert game.has(LookUp) == ["a"]

    def test_is_not_taken_twice(self) -> None:
        game, marker = self.resumed()
        for _ in range(2):
            game.plan.adopt(Kept("a", 1, 41, marker), self.session(marker), game.now)
        game.go()
        assert game.events_of(LaunchAccepted) == [LaunchAccepted("a", 1, 41, "adopted")]


class TestResume:
    def test_a_sending_of_unknown_outcome_is_looked_for(self) -> None:
        game = Game(ONE)
        game.prepare()
        after = game.resumed()
        assert after.has(Send) == []
        assert after.has(LookUp) == ["a"]

    def test_an_intent_without_a_sending_is_sent(self) -> None:
        game = Game(ONE)
        game.prepare()
        game.events = [event for event in game.events if not isinstance(event, LaunchSent)]
        after = game.resumed()
        assert after.has(Send) == ["a"]
        assert after.one(Send).launch.marker == game.one(Send).launch.marker

    def test_an_accepted_session_is_polled_not_launched(self) -> None:
        game = Game(ONE)
        game.accept("a", 7)
        after = game.resumed()
        after.poll(s7="finished")
        after.collect("a")
        assert code(after) == 0
        assert after.events_of(LaunchSent) == []

    def test_a_step_that_is_over_never_runs_again(self) -> None:
        game = Game(CHAIN)
        game.finish("a", 7)
        after = game.resumed()
        assert after.has(Send) + after.has(LookUp) == ["b"]

    LOST = {"meta": {"error": {"message": "runner lost: the instance ended"}}}  # noqa: RUF012 - never changed

    def test_a_session_lost_with_the_embedded_instance_is_launched_again(self) -> None:
        game = Game(ONE)
        game.accept("a", 7)
        after = game.resumed()
        after.poll(s7="error")
        after.collect("a", info=self.LOST)
        after.finish("a", 8)
        assert code(after) == 0
        intents = game.events_of(LaunchIntended) + after.events_of(LaunchIntended)
        assert len({intent.marker for intent in intents}) == 2

    def test_a_session_lost_under_our_eyes_is_not(self) -> None:
        game = Game(ONE)
        game.accept("a", 7)
        game.poll(s7="error")
        game.collect("a", info=self.LOST)
        failure = game.result("a").failure
        assert failure is not None
        assert failure.kind is FailureKind.LOST
        assert code(game) == 1

    def test_a_run_that_is_over_stays_over(self) -> None:
        game = Game(ONE)
        game.finish("a", 7)
        after = game.resumed()
        assert code(after) == 0
        assert after.events == []
        assert after.open == []

    def test_every_prefix_of_the_journal_leads_to_the_same_end(self) -> None:
        whole = Game(CHAIN + "  c: {values: {x: '${{ 1 + 1 }}'}, needs: [b]}\n")
        whole.finish("a", 7)
        whole.finish("b", 8)
        ids = {"a": 7, "b": 8}
        for length in range(len(whole.events) + 1):
            part = Game(whole.text, replayed=tuple(whole.events[:length]))
            for _ in range(200):
                if code(part) is not None:
                    break
                self._answer_something(part, ids)
            assert code(part) == 0, length
            launched = [e for e in (*whole.events[:length], *part.events) if isinstance(e, LaunchAccepted)]
            assert [(event.step, event.session_id) for event in launched] == [("a", 7), ("b", 8)]

    @staticmethod
    def _answer_something(game: Game, ids: dict[str, int]) -> None:
        if not game.open:
            game.wait()
            return
        effect = game.open[0]
        match effect:
            case Prepare():
                game.prepare(effect.step)
            case Send():
                game.reply(effect, Accepted(ids[effect.step]))
            case LookUp():
                game.reply(effect, Listed([Session(ids[effect.step], Status.STARTED)]))
            case Poll():
                game.reply(effect, Listed([Session(i, Status.FINISHED) for i in effect.ids]))
            case Sweep():
                game.sweep()
            case Collect():
                game.collect(effect.step)
            case _:
                game.reply(effect, Done())


class TestSecretsOfAResume:
    SECRETS = {"KEY": Secret("hunter2")}  # noqa: RUF012 - never changed
    TEXT = (
        "secrets: [KEY]\n"
        "steps:\n"
        "  a: {app: org/app@v1.0.0, outputs: {v: {value: '${{ task.meta.v }}'}, p: project}}\n"
        "  c: {values: {x: '${{ steps.a.outputs.v }}!', y: '${{ steps.a.outputs.p }}'}}\n"
        "  b: {app: org/app@v1.0.0, arguments: {size: '${{ %s }}'}, needs: [a]}\n"
        "outputs: {v: '${{ steps.a.outputs.v }}'}\n"
    )

    def until_a_ended(self, name: str) -> Game:
        game = Game(self.TEXT % name, secrets=self.SECRETS)
        game.accept("a", 7)
        game.poll(s7="finished")
        game.collect("a", {"p": Artifact(Kind.PROJECT, 3)}, info={"meta": {"v": "key hunter2"}})
        return game

    def test_a_run_that_goes_on_uses_the_output_whole(self) -> None:
        game = self.until_a_ended("steps.a.outputs.v")
        game.write_edges("a")
        assert game.one(Send, "b").launch.state == {"size": "key hunter2"}

    @pytest.mark.parametrize("name", ["steps.a.outputs.v", "steps.c.outputs.x", "size(steps.c.outputs.x)"])
    def test_a_resume_launches_nothing_with_what_the_journal_does_not_keep(self, name: str) -> None:
        game = self.until_a_ended(name)
        game.write_edges("a")
        game.events = [event for event in game.events if getattr(event, "step", None) != "b"]
        after = game.resumed()
        failure = after.result("b").failure
        assert failure is not None
        assert failure.kind is FailureKind.LAUNCH_REJECTED
        assert "secret" in failure.message
        assert after.has(Send) == []
        assert code(after) == 1

    def test_a_launch_that_was_sent_is_looked_for_all_the_same(self) -> None:
        game = self.until_a_ended("steps.a.outputs.v")
        game.write_edges("a")
        after = game.resumed()
        after.reply(after.one(LookUp), Listed([Session(8, Status.STARTED)]))
        after.poll(s8="finished")
        after.sweep()
        assert code(after) == 0

    def test_a_resume_uses_the_other_outputs(self) -> None:
        game = self.until_a_ended("steps.a.outputs.p")
        game.write_edges("a")
        game.events = [event for event in game.events if getattr(event, "step", None) != "b"]
        after = game.resumed()
        after.finish("b", 8)
        assert code(after) == 0
        assert after.events_of(RunClosed) == [
            RunClosed(
                0,
                {"v": "key ***"},
            )
        ]

    def test_outputs_found_but_not_yet_linked_are_looked_for_again(self) -> None:
        game = self.until_a_ended("steps.a.outputs.v")
        after = game.resumed()
        assert after.has(WriteEdge) == []
        after.collect("a", {"p": Artifact(Kind.PROJECT, 3)}, info={"meta": {"v": "key hunter2"}})
        after.write_edges("a")
        assert after.one(Send, "b").launch.state == {"size": "key hunter2"}

    def test_an_input_with_a_secret_in_its_path_gets_no_wrong_edge(self) -> None:
        text = "steps:\n  a: {app: org/app@v1.0.0, workflow: required, inputs: {i: {folder: '/hunter2'}}}\n"
        game = Game(text, secrets=self.SECRETS)
        game.reply(game.one(Prepare), Prepared(0, {}, {"i": Artifact(Kind.FOLDER, path="/hunter2")}, {}))
        game.reply(game.one(Send), Accepted(7))
        after = game.resumed()
        after.poll(s7="finished")
        after.collect("a")
        assert after.events_of(EdgeWritten) == []
        assert code(after) == 8


class TestStatuses:
    def test_error_fails_with_the_sessions_last_loud_line(self) -> None:
        game = Game(ONE)
        game.accept("a", 7)
        game.poll(s7="error")
        game.collect("a", log=(LogLine("boom", "fatal"), LogLine("bye", "info")))
        failure = game.result("a").failure
        assert failure is not None
        assert failure.kind is FailureKind.ERROR
        assert "boom" in failure.message
        assert code(game) == 1

    def test_stopped_by_someone_is_never_success(self) -> None:
        game = Game(ONE)
        game.accept("a", 7)
        game.poll(s7="stopped")
        game.collect("a")
        assert game.result("a").status is StepStatus.CANCELLED
        assert code(game) == 1

    def test_finished_with_is_error_is_a_soft_error(self) -> None:
        game = Game(ONE)
        game.accept("a", 7)
        game.poll({"meta": {"output": {"general": {"isError": True, "title": "no images"}}}}, s7="finished")
        failure = game.result("a").failure
        assert failure is not None
        assert (failure.kind, failure.message) == (FailureKind.SOFT_ERROR, "no images")

    def test_an_unknown_status_counts_as_running_and_warns_once(self) -> None:
        game = Game(ONE)
        game.accept("a", 7)
        game.poll(s7="dreaming")
        game.poll(s7="dreaming")
        assert len(game.events_of(Warned)) == 1
        assert "a" not in game.plan.results

    def test_terminating_is_not_the_end(self) -> None:
        game = Game(ONE)
        game.accept("a", 7)
        game.poll(s7="terminating")
        assert game.events_of(SessionEnded) == []

    def test_lost_only_after_three_confirmed_misses_over_a_minute(self) -> None:
        game = Game(ONE, Policy(lost_after=60.0, launch_window=0.0))
        game.accept("a", 7)
        begun = game.now
        while "a" not in game.plan.results:
            while not game.has(Poll):
                game.wait()
            game.reply(game.one(Poll), Listed([], frozenset({7})))
        failure = game.result("a").failure
        assert failure is not None
        assert failure.kind is FailureKind.LOST
        assert game.now - begun >= 60.0

    @pytest.mark.parametrize(
        ("policy", "least"),
        [
            (Policy(lost_after=60.0, launch_window=300.0), 300.0),
            (Policy(lost_after=60.0, launch_window=300.0, lists_lag=False), 60.0),
        ],
    )
    def test_a_session_that_a_list_may_not_show_yet_is_not_lost(self, policy: Policy, least: float) -> None:
        game = Game(ONE, policy)
        game.accept("a", 7)
        begun = game.now
        while "a" not in game.plan.results:
            while not game.has(Poll):
                game.wait()
            game.reply(game.one(Poll), Listed([], frozenset({7})))
        assert least <= game.now - begun < least + 90.0

    def test_an_ended_session_is_lost_only_when_it_stays_gone(self) -> None:
        game = Game(ONE, Policy(lost_after=60.0, launch_window=0.0), traced=False)
        game.accept("a", 7)
        game.poll(s7="finished")
        begun, looks = game.now, 0
        while "a" not in game.plan.results:
            while not game.has(Collect):
                game.wait()
            game.reply(game.one(Collect), NotFound("gone", status=404))
            looks += 1
        failure = game.result("a").failure
        assert failure is not None
        assert failure.kind is FailureKind.LOST
        assert looks == 3
        assert game.now - begun >= 60.0

    def test_an_ended_session_that_was_missing_for_a_moment_counts(self) -> None:
        game = Game(ONE, traced=False)
        game.accept("a", 7)
        game.poll(s7="finished")
        game.reply(game.one(Collect), NotFound("gone", status=404))
        while not game.has(Collect):
            game.wait()
        game.collect("a")
        assert code(game) == 0

    def test_absent_from_one_list_changes_nothing(self) -> None:
        game = Game(ONE)
        game.accept("a", 7)
        while not game.has(Poll):
            game.wait()
        game.reply(game.one(Poll), Listed([]))
        game.poll(s7="finished")
        game.collect("a")
        assert code(game) == 0


class TestOutputs:
    TEXT = "steps:\n  a: {app: org/app@v1.0.0, outputs: {p: project}}\n"

    def test_a_missing_output_fails_soon_on_an_instance_without_lag(self) -> None:
        game = Game(self.TEXT)
        game.accept("a", 7)
        game.poll(s7="finished")
        game.collect("a", missing={"p": "the session created no project"})
        for _ in range(2):
            game.wait()
            game.collect("a", missing={"p": "the session created no project"})
        failure = game.result("a").failure
        assert failure is not None
        assert failure.kind is FailureKind.OUTPUT_MISSING
        assert "created no project" in failure.message

    def test_a_missing_output_is_looked_for_again_where_lists_lag(self) -> None:
        game = Game(self.TEXT, traced=False)
        game.accept("a", 7)
        game.poll(s7="finished")
        game.collect("a")
        game.wait()
        game.collect("a", {"p": Artifact(Kind.PROJECT, 3)})
        game.write_edges("a")
        assert code(game) == 0

    def test_a_resume_looks_for_outputs_as_long_as_a_first_process_does(self) -> None:
        game = Game(self.TEXT, traced=False)
        game.accept("a", 7)
        game.poll(s7="finished")
        after = Game(self.TEXT, traced=False, replayed=tuple(game.events), age=4000.0)
        after.collect("a", missing={"p": "nothing there"})
        assert "a" not in after.plan.results
        after.go(29.0)
        after.collect("a", {"p": Artifact(Kind.PROJECT, 3)})
        after.write_edges("a")
        assert code(after) == 0

    def test_an_optional_output_may_be_null(self) -> None:
        game = Game("steps:\n  a: {app: org/app@v1.0.0, outputs: {p: {project: task, optional: true}}}\n")
        game.finish("a", 7)
        assert game.result("a").outputs["p"] is None
        assert code(game) == 0

    def test_an_ambiguous_output_fails_even_an_optional_one(self) -> None:
        game = Game("steps:\n  a: {app: org/app@v1.0.0, outputs: {p: {project: created, optional: true}}}\n")
        game.accept("a", 7)
        game.poll(s7="finished")
        game.collect("a", missing={"p": "2 of kind project"}, ambiguous=frozenset({"p"}))
        failure = game.result("a").failure
        assert failure is not None
        assert failure.kind is FailureKind.OUTPUT_MISSING
        assert code(game) == 1

    def test_a_value_of_another_type_is_missing(self) -> None:
        game = Game(
            "steps:\n  a: {app: org/app@v1.0.0, outputs: {n: {value: '${{ task.meta.n }}', type: number}}}\n"
        )
        game.accept("a", 7)
        game.poll(s7="finished")
        game.collect("a", info={"meta": {"n": "many"}})
        for _ in range(2):
            game.wait()
            game.collect("a", info={"meta": {"n": "many"}})
        failure = game.result("a").failure
        assert failure is not None
        assert "expected number" in failure.message

    @pytest.mark.parametrize(("n", "status"), [(3, StepStatus.SUCCEEDED), (0, StepStatus.FAILED)])
    def test_success_when_has_the_last_word(self, n: int, status: StepStatus) -> None:
        game = Game(
            "steps:\n  a: {app: org/app@v1.0.0, success_when: '${{ outputs.n > 1 }}',"
            " outputs: {n: {value: '${{ task.meta.n }}', type: integer}}}\n"
        )
        game.accept("a", 7)
        game.poll(s7="finished")
        game.collect("a", info={"meta": {"n": n}})
        assert game.result("a").status is status


class TestEdges:
    TEXT = (
        "steps:\n  a: {app: org/app@v1.0.0, workflow: required,"
        " outputs: {p: project, q: {dataset: created}}}\n"
    )
    FOUND = {"p": Artifact(Kind.PROJECT, 3), "q": Artifact(Kind.DATASET, 4)}  # noqa: RUF012 - never changed

    def to_edges(self, text: str = TEXT, *, traced: bool = True) -> Game:
        game = Game(text, traced=traced)
        game.accept("a", 7)
        game.poll(s7="finished")
        game.collect("a", self.FOUND)
        return game

    def test_each_output_is_one_edge(self) -> None:
        game = self.to_edges()
        written = game.write_edges("a")
        assert [effect.edge.key for effect in written] == [
            (7, "output", "project", "3"),
            (7, "output", "dataset", "4"),
        ]
        assert code(game) == 0

    def test_a_refused_required_edge_gives_exit_code_8(self) -> None:
        game = self.to_edges()
        game.reply(game.one(WriteEdge), Rejected("no", status=400))
        game.write_edges("a")
        assert len(game.events_of(EdgeFailed)) == 1
        assert code(game) == 8

    def test_a_refused_best_effort_edge_gives_exit_code_0(self) -> None:
        game = self.to_edges(self.TEXT.replace("required", "best_effort"))
        game.reply(game.one(WriteEdge), Rejected("no", status=400))
        game.write_edges("a")
        assert code(game) == 0

    def test_an_unknown_outcome_is_never_written_twice(self) -> None:
        game = self.to_edges(traced=False)
        game.reply(game.one(WriteEdge), Unavailable("timeout"))
        assert game.one(WriteEdge).edge.kind is Kind.DATASET
        game.write_edges("a")
        assert code(game) == 8

    PROJECT: EdgeKey = (7, "output", "project", "3")
    DATASET: EdgeKey = (7, "output", "dataset", "4")

    def read_back(self, game: Game, *standing: EdgeKey) -> None:
        while not game.has(Collect):
            game.wait()
        game.collect("a", edges=frozenset(standing), info={"read": "back"})

    @pytest.mark.parametrize("error", [Unavailable("timeout"), BadReply("half a JSON")])
    def test_an_unknown_outcome_is_read_back_where_the_graph_can_be(self, error: InstanceError) -> None:
        game = self.to_edges()
        game.reply(game.one(WriteEdge), error)
        assert game.has(WriteEdge) == []
        self.read_back(game, self.PROJECT)
        assert game.events_of(EdgeWritten) == [EdgeWritten("a", 1, self.PROJECT, "found")]
        assert [effect.edge.key for effect in game.write_edges("a")] == [self.DATASET]
        assert code(game) == 0

    def test_an_edge_that_does_not_stand_is_sent_again(self) -> None:
        game = self.to_edges()
        game.reply(game.one(WriteEdge), Unavailable("timeout"))
        self.read_back(game)
        assert [effect.edge.key for effect in game.write_edges("a")] == [self.PROJECT, self.DATASET]
        assert [event.key for event in game.events_of(EdgeIntended)] == [self.PROJECT] * 2 + [self.DATASET]
        assert [event.how for event in game.events_of(EdgeWritten)] == ["reply", "reply"]

    def test_an_edge_that_never_stands_is_not_sent_for_ever(self) -> None:
        game = self.to_edges(self.TEXT.replace(", q: {dataset: created}", ""))
        sent = 0
        while code(game) is None:
            game.reply(game.one(WriteEdge), Unavailable("timeout"))
            sent += 1
            self.read_back(game)
        assert code(game) == 8
        assert sent == Policy().most_edge_sendings

    def test_a_crash_while_an_edge_is_sent_sends_it_once_more(self) -> None:
        after = self.to_edges(traced=False).resumed()
        assert after.one(WriteEdge).edge.key == self.PROJECT
        assert [event.key for event in after.events_of(EdgeIntended)] == [self.PROJECT]
        after.write_edges("a")
        assert code(after) == 0

    @pytest.mark.parametrize(("policy", "exit_code"), [("required", 8), ("best_effort", 0)])
    def test_the_third_sending_of_an_edge_is_given_up(self, policy: str, exit_code: int) -> None:
        after = self.to_edges(self.TEXT.replace("required", policy), traced=False).resumed().resumed()
        assert [event.key for event in after.events_of(EdgeFailed)] == [self.PROJECT]
        assert [effect.edge.key for effect in after.write_edges("a")] == [self.DATASET]
        assert code(after) == exit_code

    def test_a_crash_sends_no_edge_that_stands(self) -> None:
        after = self.to_edges().resumed()
        assert after.has(WriteEdge) == []
        self.read_back(after, self.PROJECT, self.DATASET)
        assert [event.how for event in after.events_of(EdgeWritten)] == ["found", "app"]
        assert code(after) == 0

    def test_not_sent_counts_as_no_sending(self) -> None:
        game = self.to_edges(traced=False)
        for _ in range(5):
            game.reply(game.one(WriteEdge), NotSent("refused"))
            game.wait()
        assert len(game.events_of(EdgeIntended)) == 1
        game.write_edges("a")
        assert code(game) == 0

    def test_an_edge_whose_path_holds_a_secret_is_known_again(self) -> None:
        text = "secrets: [KEY]\nsteps:\n  a: {app: org/app@v1.0.0, outputs: {f: folder}}\n"
        game = Game(text, secrets={"KEY": Secret("hunter2")}, traced=False)
        game.accept("a", 7)
        game.poll(s7="finished")
        game.collect("a", {"f": Artifact(Kind.FOLDER, path="/hunter2")})
        game.reply(game.one(WriteEdge), Done())
        ended = [event for event in game.events if isinstance(event, StepEnded)]
        game.events = [event for event in game.events if not isinstance(event, StepEnded | RunClosed)]
        after = game.resumed()
        after.collect("a", {"f": Artifact(Kind.FOLDER, path="/hunter2")})
        assert after.has(WriteEdge) == []
        assert len(ended) == 1
        assert code(after) == 0

    def test_an_edge_that_was_not_sent_is_written_later(self) -> None:
        game = self.to_edges()
        effect = game.one(WriteEdge)
        game.reply(effect, NotSent("refused"))
        game.wait()
        assert game.one(WriteEdge).edge == effect.edge

    def test_an_edge_the_app_wrote_is_not_written_again(self) -> None:
        game = Game(self.TEXT)
        game.accept("a", 7)
        game.poll(s7="finished")
        game.collect("a", self.FOUND, edges=frozenset({(7, "output", "project", "3")}))
        assert [effect.edge.kind for effect in game.write_edges("a")] == [Kind.DATASET]
        assert [event.how for event in game.events_of(EdgeWritten)] == ["app", "reply"]

    def test_settings_without_edges_get_a_session_edge(self) -> None:
        game = Game("steps:\n  a: {app: org/app@v1.0.0, node: {title: T}}\n")
        game.accept("a", 7)
        game.poll(s7="finished")
        game.collect("a")
        (written,) = game.write_edges("a")
        assert written.edge.key == (7, "output", "app_session", "7")
        assert written.edge.node is not None
        assert written.edge.node.title == "T"

    @pytest.mark.parametrize(("policy", "exit_code"), [("required", 8), ("best_effort", 0)])
    def test_only_the_edges_that_an_old_instance_cannot_take_are_left_out(
        self, policy: str, exit_code: int
    ) -> None:
        game = Game(self.TEXT.replace("required", policy), unwritable=frozenset({Kind.PROJECT}))
        game.accept("a", 7)
        game.poll(s7="finished")
        game.collect("a", self.FOUND)
        assert [effect.edge.key for effect in game.write_edges("a")] == [self.DATASET]
        assert code(game) == exit_code

    def test_off_writes_none(self) -> None:
        game = self.to_edges(self.TEXT.replace("required", "'off'"))
        assert game.write_edges("a") == []
        assert code(game) == 0


class TestTime:
    def test_running_too_long_is_stopped_and_then_fails(self) -> None:
        game = Game("steps:\n  a: {app: org/app@v1.0.0, timeout: {run: 100}}\n")
        game.accept("a", 7)
        game.poll(s7="started")
        game.go(100.0)
        assert game.has(Stop) == []
        game.poll(s7="started")
        assert game.one(Stop).session_id == 7
        game.reply(game.one(Stop), Done())
        assert "a" not in game.plan.results
        game.poll(s7="stopped")
        game.collect("a")
        failure = game.result("a").failure
        assert failure is not None
        assert failure.kind is FailureKind.RUN_TIMEOUT
        assert code(game) == 1

    def test_what_ended_otherwise_before_a_poll_told_of_the_limit_did_not_run_too_long(self) -> None:
        text = "steps:\n  a: {app: org/app@v1.0.0, timeout: {run: 100}}\n"
        game = Game(text)
        game.accept("a", 7)
        game.poll(s7="started")
        after = Game(text, replayed=tuple(game.events), age=4000.0)
        assert after.has(Stop) == []
        after.poll(s7="error")
        after.collect("a")
        failure = after.result("a").failure
        assert failure is not None
        assert failure.kind is FailureKind.ERROR

    def test_a_poll_tells_nothing_of_a_limit_that_passed_after_it_was_asked_for(self) -> None:
        game = Game("steps:\n  a: {app: org/app@v1.0.0, timeout: {queue: 10}}\n")
        game.accept("a", 7)
        while not game.has(Poll):
            game.wait()
        game.go(60.0)
        game.poll(s7="queued")
        assert game.has(Stop) == []
        game.poll(s7="queued")
        assert game.one(Stop).session_id == 7

    def test_an_unconfirmed_stop_is_asked_for_again(self) -> None:
        game = Game("steps:\n  a: {app: org/app@v1.0.0, timeout: {queue: 10}}\n")
        game.accept("a", 7)
        game.go(10.0)
        game.poll(s7="queued")
        game.reply(game.one(Stop), Unavailable("timeout"))
        game.go(10.0)
        assert game.has(Stop) == ["a"]

    QUEUED = "steps:\n  a: {app: org/app@v1.0.0, timeout: {queue: 100, start: 100}}\n"

    def test_a_queue_limit_that_passed_unseen_stops_nothing_before_the_next_poll(self) -> None:
        game = Game(self.QUEUED)
        game.accept("a", 7)
        game.go(1000.0)
        assert game.has(Stop) == []
        game.poll(s7="started")
        assert game.has(Stop) == []
        assert game.events_of(StopRequested) == []

    def test_a_resume_long_after_the_queue_limit_looks_before_it_stops(self) -> None:
        game = Game(self.QUEUED)
        game.accept("a", 7)
        after = Game(self.QUEUED, replayed=tuple(game.events), age=4000.0)
        assert after.has(Stop) == []
        after.poll(s7="queued")
        assert after.has(Stop) == ["a"]
        assert after.events_of(StopRequested)[0].failure.kind is FailureKind.QUEUE_TIMEOUT

    def test_finishing_before_the_stop_arrived_counts(self) -> None:
        game = Game("steps:\n  a: {app: org/app@v1.0.0, timeout: {run: 100}}\n")
        game.accept("a", 7)
        game.poll(s7="started")
        game.go(100.0)
        game.poll(s7="finished")
        game.collect("a")
        assert code(game) == 0

    def test_the_next_attempt_waits_for_its_delay_and_has_its_own_marker(self) -> None:
        game = Game("steps:\n  a: {app: org/app@v1.0.0, retry: {max: 1, delay: 60}}\n")
        first = game.accept("a", 7)
        game.poll(s7="error")
        game.collect("a")
        (failed,) = game.events_of(AttemptFailed)
        assert 48.0 <= failed.delay <= 60.0
        game.go(47.0)
        assert game.has(Send) == []
        game.go(14.0)
        second = game.accept("a", 8)
        assert second.launch.marker != first.launch.marker
        game.poll(s8="error")
        game.collect("a")
        assert game.result("a").status is StepStatus.FAILED
        assert code(game) == 1

    def test_a_kind_that_is_not_listed_is_not_retried(self) -> None:
        game = Game("steps:\n  a: {app: org/app@v1.0.0, retry: {max: 1, kinds: [lost]}}\n")
        game.accept("a", 7)
        game.poll(s7="error")
        game.collect("a")
        assert code(game) == 1

    SILENT = "steps:\n  a: {app: org/app@v1.0.0, timeout: {silent: 100}}\n"

    def listened(self, game: Game, line: str) -> None:
        while not game.has(Listen):
            if game.has(Poll):
                game.poll(s7="started")
            else:
                game.wait()
        game.reply(game.one(Listen), Heard(LogLine(line)))

    def test_a_session_that_says_nothing_new_is_stalled(self) -> None:
        game = Game(self.SILENT)
        game.accept("a", 7)
        game.poll(s7="started")
        begun = game.now
        while not game.has(Stop):
            self.listened(game, "the same")
        assert game.now - begun >= 100.0
        assert game.events_of(StopRequested)[0].failure.kind is FailureKind.STALLED

    def test_a_session_that_talks_is_not_stalled(self) -> None:
        game = Game(self.SILENT)
        game.accept("a", 7)
        game.poll(s7="started")
        for number in range(12):
            self.listened(game, f"line {number}")
        assert game.events_of(StopRequested) == []

    def test_a_resume_listens_before_it_calls_a_session_silent(self) -> None:
        game = Game(self.SILENT)
        game.accept("a", 7)
        game.poll(s7="started")
        after = Game(game.text, replayed=tuple(game.events), age=5000.0)
        assert after.events_of(StopRequested) == []
        self.listened(after, "still talking")
        assert after.events_of(StopRequested) == []


class TestConditions:
    def test_a_false_condition_skips_and_so_does_what_needs_it(self) -> None:
        game = Game(
            "steps:\n  a: {app: org/app@v1.0.0, if: '${{ false }}'}\n  b: {app: org/app@v1.0.0, needs: [a]}\n"
        )
        assert [game.result(step).status for step in "ab"] == [StepStatus.SKIPPED, StepStatus.SKIPPED]
        assert code(game) == 0

    def test_no_failure_runs_after_a_skip(self) -> None:
        game = Game(
            "steps:\n  a: {app: org/app@v1.0.0, if: '${{ false }}'}\n"
            "  b: {app: org/app@v1.0.0, needs: [a], when: no_failure}\n"
        )
        assert game.has(Prepare) == ["b"]

    def test_failure_skips_dependants_and_runs_what_waits_for_it(self) -> None:
        game = Game(CHAIN + "  c: {app: org/app@v1.0.0, needs: [a], when: failure}\n")
        game.accept("a", 7)
        game.poll(s7="error")
        game.collect("a")
        assert game.result("b").reason == 'step "a" failed'
        assert game.has(Send) == ["c"]

    def test_an_allowed_failure_fails_neither_dependants_nor_the_run(self) -> None:
        game = Game(
            "steps:\n  a: {app: org/app@v1.0.0, allow_failure: true}\n"
            "  b: {app: org/app@v1.0.0, needs: [a]}\n"
        )
        game.accept("a", 7)
        game.poll(s7="error")
        game.collect("a")
        game.finish("b", 8)
        assert game.result("a").status is StepStatus.FAILED
        assert code(game) == 0

    def test_finally_runs_whatever_happened_and_sees_it(self) -> None:
        game = Game(
            ONE + "finally:\n  f: {values: {s: '${{ run.status }}', n: '${{ size(run.failures) }}'}}\n"
        )
        game.accept("a", 7)
        game.poll(s7="error")
        game.collect("a")
        assert game.result("f").outputs == {"s": Computed("failed"), "n": Computed(1)}
        assert code(game) == 1


class TestSlots:
    WIDE = "steps:\n" + "".join(f"  s{n}: {{app: org/app@v1.0.0}}\n" for n in range(5))

    def test_no_more_sessions_than_allowed(self) -> None:
        game = Game(self.WIDE, Policy(max_sessions=2))
        assert len(game.events_of(StepStarted)) == 2

    def test_the_newest_session_is_asked_for_once_for_all(self) -> None:
        game = Game(self.WIDE)
        assert game.has(Prepare) == ["s0"]
        game.prepare("s0", watermark=40)
        assert sorted(game.has(Send)) == ["s0", "s1", "s2", "s3", "s4"]
        assert {event.watermark for event in game.events_of(LaunchIntended)} == {40}

    def test_another_step_asks_when_the_asking_fails(self) -> None:
        game = Game(self.WIDE)
        game.reply(game.one(Prepare), Unavailable("away"))
        assert game.has(Prepare) == ["s1"]
        game.prepare("s1")
        assert sorted(game.has(Send)) == ["s1", "s2", "s3", "s4"]
        game.wait()
        assert "s0" in game.has(Send)

    def test_an_ended_session_frees_its_slot_at_once(self) -> None:
        game = Game(self.WIDE, Policy(max_sessions=1))
        game.accept("s0", 7)
        game.poll(s7="finished")
        assert game.has(Send) == ["s1"]

    UNEVEN = (
        "steps:\n  short: {app: org/app@v1.0.0}\n  long: {app: org/app@v1.0.0}\n"
        "  end: {app: org/app@v1.0.0, needs: [long]}\n"
    )

    def test_the_longest_remaining_path_goes_first(self) -> None:
        assert Game(self.UNEVEN, Policy(max_sessions=1)).has(Prepare) == ["long"]

    def test_known_durations_count_more_than_hops(self) -> None:
        durations = {"short": 100.0, "long": 1.0, "end": 1.0}
        game = Game(self.UNEVEN, Policy(max_sessions=1), durations=durations)
        assert game.has(Prepare) == ["short"]


class TestPolling:
    def test_one_request_asks_for_all_sessions(self) -> None:
        game = Game(TestSlots.WIDE)
        for number in range(5):
            game.accept(f"s{number}", 10 + number)
        while not game.has(Poll):
            game.wait()
        assert sorted(game.one(Poll).ids) == [10, 11, 12, 13, 14]

    def test_never_over_one_request_a_second_and_slower_for_long_sessions(self) -> None:
        game = Game(ONE)
        game.accept("a", 7)
        times = []
        while game.now < 1600.0:
            while not game.has(Poll):
                game.wait()
            times.append(game.now)
            game.reply(game.one(Poll), Listed([Session(7, Status.STARTED)]))
        gaps = [late - early for early, late in pairwise(times)]
        assert min(gaps) >= 1.0
        assert gaps[0] < 1.5
        assert gaps[-1] == 15.0

    def test_an_unreachable_instance_pauses_and_fails_no_step(self) -> None:
        game = Game(ONE, Policy(unreachable_after=3600.0))
        game.accept("a", 7)
        begun = game.now
        while game.plan.halt is None:
            while not game.has(Poll):
                game.wait()
            game.reply(game.one(Poll), Unavailable("down"))
        assert game.now - begun >= 3600.0
        assert game.plan.results == {}


class TestCancel:
    def test_stops_what_runs_and_starts_no_more(self) -> None:
        game = Game(CHAIN + "finally:\n  f: {values: {s: '${{ run.status }}'}}\n")
        game.accept("a", 7)
        game.plan.cancel("a person asked", game.now)
        game.go()
        assert game.one(Stop).session_id == 7
        game.poll(s7="stopped")
        game.collect("a")
        assert [game.result(step).status for step in "ab"] == [StepStatus.CANCELLED, StepStatus.CANCELLED]
        assert game.result("f").outputs == {"s": Computed("cancelled")}
        assert code(game) == 1

    def test_a_launch_on_its_way_is_stopped_once_it_is_known(self) -> None:
        game = Game(ONE)
        game.prepare()
        game.plan.cancel("a person asked", game.now)
        game.go()
        assert game.has(Stop) == []
        game.reply(game.one(Send), Accepted(7))
        assert game.has(Stop) == ["a"]

    def test_survives_a_crash(self) -> None:
        game = Game(CHAIN)
        game.accept("a", 7)
        game.plan.cancel("a person asked", game.now)
        game.go()
        assert game.events_of(RunCancelled)
        after = game.resumed()
        assert after.has(Stop) == ["a"]
        assert len(game.events_of(StopRequested)) == 1


def test_an_interrupt_begins_nothing_new_and_takes_in_what_returns() -> None:
    game = Game(CHAIN)
    game.prepare()
    send = game.one(Send)
    game.plan.interrupt("SIGINT", game.now)
    game.go()
    before = game.plan.is_sending
    game.reply(send, Accepted(7))
    assert (before, game.plan.is_sending) == (True, False)
    assert game.events_of(RunInterrupted)
    assert game.events_of(LaunchAccepted)
    assert game.open == []


def test_what_the_pipeline_returns_is_in_the_last_event() -> None:
    game = Game("steps:\n  a: {values: {x: '${{ 20 + 1 }}'}}\noutputs: {y: '${{ steps.a.outputs.x * 2 }}'}\n")
    assert game.events_of(RunClosed) == [RunClosed(0, {"y": 42})]


def test_a_reply_to_an_abandoned_effect_changes_nothing() -> None:
    game = Game("steps:\n  a: {app: org/app@v1.0.0, timeout: {run: 100}}\n")
    game.accept("a", 7)
    game.poll(s7="started")
    game.go(100.0)
    game.poll(s7="started")
    stop = game.one(Stop)
    game.poll(s7="stopped")
    collect = game.one(Collect)
    game.reply(stop, Unavailable("late"))
    assert game.one(Collect) is collect


def test_an_interrupted_run_waits_for_replies_alone() -> None:
    game = Game(CHAIN)
    game.prepare("a")
    game.plan.interrupt("SIGINT", game.now)
    game.go(1000.0)
    assert game.plan.is_sending
    assert game.wake is None


def test_values_that_fail_fail_their_step() -> None:
    game = Game(
        "params: {n: {type: integer}}\nsteps:\n  a: {values: {x: '${{ 1 / params.n }}'}}\n", params={"n": 0}
    )
    failure = game.result("a").failure
    assert failure is not None
    assert code(game) == 1
    assert game.events_of(StepEnded)[0].result.failure == failure


def test_policies_are_never_faster_than_their_floor() -> None:
    policy = replace(Policy(), poll_floor=2.0)
    assert policy.poll_interval(0.0) == 2.0
