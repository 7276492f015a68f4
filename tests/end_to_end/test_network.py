"""What lies between slyflow and an instance may fail in every way: launched once, and told honestly."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from slyflow.client import Instance
from slyflow.model.event import DuplicateEnded, LaunchAccepted, LaunchIntended, LaunchSent
from slyflow.model.launch import Launch
from slyflow.model.pipeline import AppRef, WorkspaceRef
from slyflow.problem import Span
from slyflow.secret import Secret
from tests.end_to_end.proxy import Do, Proxy, Rule, proxied
from tests.end_to_end.world import Outcome, World, eventually, has

HERE = Span("x.yaml", 1, 1, 1, 2)
ONE = """
    defaults: {workflow: required}
    steps:
      one:
        app: {path: ./apps/obey}
        arguments: {file: /one.txt}
        outputs: {made: file}
    """


@contextmanager
def _behind(world: World, rules: dict[str, Rule]) -> Iterator[tuple[Proxy, dict[str, str]]]:
    """Serve the world's home and put a proxy before it; yield the environment that leads through both."""
    with world.serving() as served, proxied(served.url, rules) as proxy:
        environ = {"SERVER_ADDRESS": proxy.url, "API_TOKEN": served.token, "SLYFLOW_LAUNCH_WINDOW": "1"}
        yield proxy, environ


def _launch_events(world: World) -> list[LaunchIntended | LaunchSent | LaunchAccepted]:
    events = [entry.event for entry in world.journal()]
    return [event for event in events if isinstance(event, LaunchIntended | LaunchSent | LaunchAccepted)]


def _succeeded_once(world: World, ended: Outcome) -> None:
    assert ended.code == 0, ended.err
    assert world.launches() == ["one/1"]
    (edge,) = world.records("SELECT direction, type FROM edge")
    assert edge == {"direction": "output", "type": "file"}


@pytest.mark.parametrize("do", ["drop_reply", "bad_gateway", "garble"])
def test_a_launch_without_a_good_reply_is_adopted_not_repeated(world: World, do: Do) -> None:
    with _behind(world, {"tasks.run.app": Rule(do)}) as (proxy, environ):
        ended = world.run_pipeline(ONE, environ=environ)
        _succeeded_once(world, ended)
        assert proxy.seen["tasks.run.app"] == 1
    (accepted,) = (event for event in _launch_events(world) if isinstance(event, LaunchAccepted))
    assert accepted.how == "adopted"
    assert "unknown" in ended.err


def test_a_launch_that_never_arrived_is_sent_again_with_the_same_marker(world: World) -> None:
    with _behind(world, {"tasks.run.app": Rule("drop", times=1)}) as (proxy, environ):
        ended = world.run_pipeline(ONE, environ=environ)
        _succeeded_once(world, ended)
        assert (proxy.seen["tasks.run.app"], proxy.forwarded["tasks.run.app"]) == (2, 1)
    intended, *rest = _launch_events(world)
    assert isinstance(intended, LaunchIntended)
    assert [event.sending for event in rest if isinstance(event, LaunchSent)] == [1, 2]
    (session,) = world.sessions()
    assert f"marker={intended.marker}" in session["description"]
    assert session["name"].startswith(intended.marker)
    assert session["idempotency_key"] == intended.marker


def test_a_launch_that_arrived_twice_leaves_one_session_and_stops_the_other(world: World) -> None:
    go = world.folder / "go"
    pipeline = ONE.replace("arguments: {", f"arguments: {{wait_for: {go}, ")
    with _behind(world, {"tasks.run.app": Rule("double")}) as (_, environ):
        driver = world.start_pipeline(pipeline, environ=environ)
        driver.until(has(DuplicateEnded))
        go.touch()
        ended = driver.end()
    assert ended.code == 0, ended.err
    assert world.launches() == ["one/1", "one/1"]
    assert [row["status"] for row in world.sessions()] == ["finished", "stopped"]
    assert "more than once" in ended.err


def test_a_launch_that_may_not_be_repeated_needs_a_person(world: World) -> None:
    pipeline = ONE + "    launch: at_most_once\n"
    with _behind(world, {"tasks.run.app": Rule("drop")}) as (proxy, environ):
        ended = world.run_pipeline(pipeline, environ=environ)
        assert proxy.seen["tasks.run.app"] == 1
    assert ended.code == 3
    assert ended.step("one")["failure"]["kind"] == "launch_unknown"
    assert "slyflow resolve" in ended.err
    assert world.sessions() == []


def _unresolved(world: World, proxy: Proxy, environ: dict[str, str]) -> None:
    proxy.rules = {"tasks.run.app": Rule("drop")}
    assert world.run_pipeline(ONE + "    launch: at_most_once\n", environ=environ).code == 3
    proxy.rules = {}


def test_a_launch_that_a_person_wants_again_is_sent_again(world: World) -> None:
    with _behind(world, {}) as (proxy, environ):
        _unresolved(world, proxy, environ)
        ended = world.run("resolve", "last", "one", "--relaunch", "--json", environ=environ)
        _succeeded_once(world, ended)
        again = world.run("resolve", "last", "one", "--relaunch", environ=environ)
        assert again.code == 2
        assert "only what failed as launch_unknown" in again.err
    assert world.run("show", "last", "--json").document["exit_code"] == 0


def test_a_launch_goes_on_with_the_session_that_a_person_names(world: World) -> None:
    world.write_app("other")
    with _behind(world, {}) as (proxy, environ):
        _unresolved(world, proxy, environ)
        with Instance(environ["SERVER_ADDRESS"], Secret(environ["API_TOKEN"])) as instance:
            module = instance.catalog.app(AppRef(path="apps/obey", span=HERE), str(world.folder))
            other = instance.catalog.app(AppRef(path="apps/other", span=HERE), str(world.folder))
            space = instance.catalog.workspace(WorkspaceRef())
            state = {"file": "/one.txt"}
            wrong = instance.sessions.start(Launch("m1", other, space, "by hand", "", {}))
            right = instance.sessions.start(Launch("m2", module, space, "by hand", "", state))
        for session, why in ((wrong, "another app"), (999, "no session 999")):
            refused = world.run("resolve", "last", "one", "--adopt", str(session), environ=environ)
            assert refused.code == 2
            assert why in refused.err
        ended = world.run("resolve", "last", "one", "--adopt", str(right), "--json", environ=environ)
    assert ended.code == 0, ended.err
    assert ended.step("one")["session"] == right
    assert len(world.sessions()) == 2


def test_a_refused_launch_fails_the_step(world: World) -> None:
    with _behind(world, {"tasks.run.app": Rule("refuse")}) as (proxy, environ):
        ended = world.run_pipeline(ONE, environ=environ)
        assert proxy.seen["tasks.run.app"] == 1
    assert ended.code == 1
    assert ended.step("one")["failure"]["kind"] == "launch_rejected"
    assert world.sessions() == []


def test_a_refused_required_edge_is_exit_code_8(world: World) -> None:
    with _behind(world, {"workflow.node.add-output": Rule("refuse")}) as (_, environ):
        ended = world.run_pipeline(ONE, environ=environ)
    assert ended.code == 8
    assert ended.document["exit_code"] == 8
    assert ended.step("one")["failure"]["kind"] == "edge_failed"
    assert [row["status"] for row in world.sessions()] == ["finished"]
    assert world.records("SELECT * FROM edge") == []


def test_a_refused_edge_that_is_not_required_is_told(world: World) -> None:
    pipeline = ONE.replace("required", "best_effort")
    with _behind(world, {"workflow.node.add-output": Rule("refuse")}) as (_, environ):
        ended = world.run_pipeline(pipeline, environ=environ)
    assert ended.code == 0
    assert "refused" in ended.err


@pytest.mark.parametrize("do", ["drop_reply", "bad_gateway"])
def test_a_required_edge_of_unknown_outcome_is_read_back_not_written_twice(world: World, do: Do) -> None:
    """It stands: an embedded instance can be asked, so that the run knows."""
    with _behind(world, {"workflow.node.add-output": Rule(do)}) as (proxy, environ):
        ended = world.run_pipeline(ONE, environ=environ)
        assert proxy.seen["workflow.node.add-output"] == 1
    assert ended.code == 0, ended.err
    assert len(world.records("SELECT * FROM edge")) == 1


def test_a_required_edge_that_never_arrived_is_written_by_a_second_sending(world: World) -> None:
    with _behind(world, {"workflow.node.add-output": Rule("drop", times=1)}) as (proxy, environ):
        ended = world.run_pipeline(ONE, environ=environ)
        assert proxy.seen["workflow.node.add-output"] == 2
        _succeeded_once(world, ended)


@pytest.mark.parametrize("do", ["bad_gateway", "garble"])
def test_failing_polls_fail_nothing(world: World, do: Do) -> None:
    with _behind(world, {"embedded.watch": Rule(do, times=3)}) as (proxy, environ):
        ended = world.run_pipeline(ONE, environ=environ)
        _succeeded_once(world, ended)
        assert proxy.seen["embedded.watch"] > 3


def test_polls_that_are_refused_are_exit_code_5_and_resumable(world: World) -> None:
    go = world.folder / "go"
    pipeline = ONE.replace("arguments: {", f"arguments: {{wait_for: {go}, ")
    with _behind(world, {}) as (proxy, environ):
        driver = world.start_pipeline(pipeline, environ=environ)
        driver.until(has(LaunchAccepted))
        proxy.rules = {"embedded.watch": Rule("refuse")}
        ended = driver.end()
        assert ended.code == 5, ended.err
        assert "embedded.watch: the instance answered 400" in ended.err
        assert "slyflow resume" in ended.err
        proxy.rules = {}
        go.touch()
        _succeeded_once(world, world.resume(environ=environ))


def test_a_run_whose_workspace_was_deleted_can_be_stopped(world: World) -> None:
    """The launch never arrived, and nobody can look for it any more: that is what the run says at its end."""
    with _behind(world, {"tasks.run.app": Rule("drop")}) as (_, environ):
        driver = world.start_pipeline(ONE, environ={**environ, "SLYFLOW_LAUNCH_WINDOW": "60"})
        driver.until(has(LaunchSent))
        driver.kill()
        with closing(sqlite3.connect(world.home / "instance" / "instance.db")) as database, database:
            database.execute("DELETE FROM workspace")
        ended = world.run("stop", "last", environ=environ)
        assert ended.code == 3, ended.err
        shown = world.run("show", "last", "--json").document
        assert shown["exit_code"] == 3
        assert "its workspace 1 is no longer on the instance" in shown["steps"]["one"]["failure"]["message"]
    assert world.sessions() == []


def test_on_an_instance_that_does_not_tell_no_neighbours_file_is_taken(world: World) -> None:
    """Of two steps side by side one makes a file, the other none: it is no success to take it for both."""
    started, go = world.folder / "started", world.folder / "go"
    text = f"""
        steps:
          makes:
            app: local/obey
            arguments: {{wait_for: {started}, file: /one.txt}}
          makes_none:
            app: local/obey
            arguments: {{started: {started}, wait_for: {go}}}
            outputs: {{made: {{file: created}}}}
            timeout: {{output: 1s}}
          after:
            needs: [makes]
            app: local/obey
            arguments: {{started: {go}}}
        """
    with _behind(world, {"instance.version": Rule("disguise")}) as (_, environ):
        assert world.run("apps", "add", "apps/obey").code == 0
        ended = world.run_pipeline(text, "--poll-interval", "0.1", environ=environ)
        assert ended.statuses == {"makes": "succeeded", "makes_none": "failed", "after": "succeeded"}, (
            ended.err
        )
        assert ended.code == 1
        message = ended.step("makes_none")["failure"]["message"]
        assert "1 new file appeared while other sessions of the run were under way " in message
        assert "{file: task}" in message


def test_a_token_that_is_refused_in_the_middle_is_exit_code_4_and_resumable(world: World) -> None:
    rules = {"tasks.info": Rule("unauthorized")}
    with _behind(world, rules) as (proxy, environ):
        ended = world.run_pipeline(ONE, environ=environ)
        assert ended.code == 4
        assert "slyflow resume" in ended.err
        proxy.rules = {}
        _succeeded_once(world, world.resume(environ=environ))


def test_a_wrong_token_is_exit_code_4_and_launches_nothing(world: World) -> None:
    with _behind(world, {}) as (_, environ):
        ended = world.run_pipeline(ONE, environ={**environ, "API_TOKEN": "f" * 64})
    assert (ended.code, ended.out) == (4, "")
    assert "f" * 64 not in ended.err
    assert world.sessions() == []


def test_an_interrupt_during_a_launch_waits_for_its_outcome(world: World) -> None:
    with _behind(world, {"tasks.run.app": Rule("hold_reply")}) as (proxy, environ):
        driver = world.start_pipeline(ONE, environ=environ)
        eventually(lambda: proxy.forwarded.get("tasks.run.app", 0) == 1, "the instance has the launch")
        driver.send(2)
        proxy.rules["tasks.run.app"].release.set()
        ended = driver.end()
        assert ended.code == 130
        assert any(isinstance(event, LaunchAccepted) for event in _launch_events(world))
        _succeeded_once(world, world.resume(environ=environ))
