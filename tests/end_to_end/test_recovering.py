"""A journal that was lost is rebuilt from the instance, and the run goes on: nothing is launched twice."""

import shutil
from collections.abc import Iterator, Mapping

import pytest

from slyflow.model.event import LaunchAccepted, LaunchSent, StepEnded
from tests.end_to_end.world import Environ, Outcome, World, eventually, has

CHAIN = """
    params: {{name: {{type: string}}}}
    defaults: {{workflow: required}}
    steps:
      first:
        app: {{path: ./apps/obey}}
        arguments: {{file: "/${{{{ run.id }}}}/${{{{ params.name }}}}.txt", started: {started}}}
        outputs: {{made: file}}
      second:
        app: {{path: ./apps/obey}}
        arguments: {{wait_for: {go}, started: {second}, file: "/${{{{ run.id }}}}/two.txt"}}
        inputs: {{given: {{file: "${{{{ steps.first.outputs.made }}}}"}}}}
        outputs: {{made: file}}
        timeout: {{run: 5m}}
      third:
        app: {{path: ./apps/obey}}
        inputs: {{given: {{file: "${{{{ steps.second.outputs.made }}}}"}}}}
      told:
        values: {{path: "${{{{ steps.second.outputs.made.path }}}}"}}
    outputs: {{path: "${{{{ steps.told.outputs.path }}}}"}}
    """
PARAMS = ("-p", "name=one")
WORD = ("-p", "word=hello")
WINDOW = ("--launch-window", "0.5s")


def chain(world: World) -> str:
    places = {name: world.folder / name for name in ("started", "second", "go")}
    return CHAIN.format(**places)


def recover(world: World, run: str, *flags: str, environ: Environ | None = None) -> Outcome:
    file = str(world.folder / "pipeline.yaml")
    return world.run("recover", run, file, "--from-instance", *flags, environ=environ)


def edges(world: World) -> list[tuple[object, ...]]:
    found = world.records("SELECT task_id, direction, type, data_id FROM edge ORDER BY 1, 2, 3, 4")
    return [tuple(row.values()) for row in found]


def comparable(document: Mapping[str, object]) -> dict[str, object]:
    """What of a run's document must be the same whether or not its journal was lost."""
    steps = document["steps"]
    assert isinstance(steps, dict)
    kept = ("status", "session", "attempts", "outputs", "failure")
    told = {name: {key: step[key] for key in kept} for name, step in steps.items()}
    for step in told.values():
        for output in step["outputs"].values():
            output.pop("url", None)  # the embedded instance's port is another one each time
    return {"steps": told, **{key: document[key] for key in ("status", "exit_code", "outputs")}}


def test_a_finished_run_ends_the_same_again(world: World) -> None:
    (world.folder / "go").touch()
    first = world.run_pipeline(chain(world), *PARAMS)
    assert first.code == 0, first.err
    run, stood = world.run_folder.name, edges(world)
    shutil.rmtree(world.run_folder)
    told = recover(world, run, "--yes", "--json", *WINDOW, *PARAMS)
    assert told.code == 0, told.err
    assert told.document["written"] is True
    assert [row["step"] for row in told.document["sessions"]] == ["first", "second", "third"]
    again = world.resume()
    assert again.code == 0, again.err
    assert comparable(again.document) == comparable(first.document)
    assert not any(isinstance(entry.event, LaunchSent) for entry in world.journal())
    assert world.launches() == ["first/1", "second/1", "third/1"]
    assert edges(world) == stood
    assert len(stood) == 4


@pytest.mark.parametrize("kind", ["embedded", "remote"])
def test_a_killed_run_goes_on_where_it_was(world: World, kind: str) -> None:
    client = World(world.folder, world.folder / "client") if kind == "remote" else world
    with world.serving() as served:
        environ = served.environ if kind == "remote" else {}
        where = ("--instance", kind)
        driver = client.start_pipeline(chain(world), *PARAMS, *where, environ=environ)
        eventually((world.folder / "second").exists, "the second app runs")
        driver.kill()
        run = client.run_folder.name
        # All that is left is what SQLite had beside the journal.
        (client.run_folder / "journal.sqlite").unlink()
        told = recover(client, run, "--yes", *WINDOW, *where, *PARAMS, environ=environ)
        assert told.code == 0, told.err
        assert [path.name.startswith(run) for path in (client.home / "lost").iterdir()] == [True]
        driver = client.start("resume", run, "--json", *where, environ=environ)
        driver.until(has(LaunchAccepted, "second"))
        (world.folder / "go").touch()
        ended = driver.end()
        assert ended.code == 0, ended.err
        assert ended.document["outputs"] == {"path": f"/{run}/two.txt"}
    assert world.launches() == ["first/1", "second/1", "third/1"]
    assert len(edges(world)) == len(set(edges(world))) == 4


def test_a_later_attempt_stands_for_the_earlier_ones(world: World) -> None:
    count, started = world.folder / "count", world.folder / "started"
    with world.serving():
        driver = world.start_pipeline(
            f"""
            steps:
              flaky:
                app: {{path: ./apps/obey}}
                arguments: {{count_in: {count}, succeed_after: 3, started: {started}, seconds: 0.5}}
                retry: {{max: 3, delay: 0s}}
            """
        )
        eventually(lambda: count.exists() and len(count.read_text()) == 1, "the first attempt is over")
        started.unlink()
        eventually(started.exists, "the second attempt runs")
        driver.kill()
        run = world.run_folder.name
        shutil.rmtree(world.run_folder)
        assert recover(world, run, "--yes", *WINDOW).code == 0
        ended = world.resume()
    assert ended.code == 0, ended.err
    assert ended.step("flaky")["attempts"] == 3
    assert world.launches() == ["flaky/1", "flaky/2", "flaky/3"]


def test_a_recovered_run_can_be_stopped_and_leaves_no_session(world: World) -> None:
    go = world.folder / "go"
    with world.serving():
        driver = world.start_pipeline(
            f"""
            steps:
              slow: {{app: {{path: ./apps/obey}}, arguments: {{wait_for: {go}}}}}
              also: {{app: {{path: ./apps/obey}}, arguments: {{wait_for: {go}}}}}
              after: {{app: {{path: ./apps/obey}}, needs: [slow]}}
            """
        )
        driver.until(lambda events: sum(isinstance(event, LaunchAccepted) for event in events) == 2)
        driver.kill()
        run = world.run_folder.name
        shutil.rmtree(world.run_folder)
        assert recover(world, run, "--yes", *WINDOW).code == 0
        ended = world.run("stop", run)
        assert ended.code == 0, ended.err
    assert {row["status"] for row in world.sessions()} == {"stopped"}
    assert world.launches() == ["also/1", "slow/1"]
    results = {event.step: event.result.status for event in _ended(world)}
    assert results == {"slow": "cancelled", "also": "cancelled", "after": "cancelled"}


def _ended(world: World) -> list[StepEnded]:
    return [event for entry in world.journal() if isinstance(event := entry.event, StepEnded)]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A run that is over, on an instance that is there meanwhile; its journal is out of the way."""
    world = World(tmp_path_factory.mktemp("lost"))
    world.write_app("obey")
    world.write_app("other")
    try:
        with world.serving():
            ended = world.run_pipeline(
                """
                params: {word: {type: string}}
                steps:
                  one: {app: {path: ./apps/obey}, arguments: {say: ["${{ params.word }}"]}}
                  two: {app: {path: ./apps/obey}, needs: [one]}
                """,
                *WORD,
            )
            assert ended.code == 0, ended.err
            (world.folder / "aside").mkdir()
            world.run_folder.rename(world.folder / "aside" / world.run_folder.name)
            yield world
    finally:
        world.clear()


def lost(world: World) -> str:
    """Return the id of the run without a journal."""
    (run,) = (world.folder / "aside").iterdir()
    return run.name


def test_a_run_that_has_a_journal_keeps_it(world: World) -> None:
    world.run_pipeline("steps: {one: {app: {path: ./apps/obey}}}")
    refused = recover(world, world.run_folder.name, "--yes")
    assert refused.code == 2
    assert "has a journal" in refused.err
    assert world.run("show", "last").code == 0


def test_a_path_is_no_runs_id(finished: World) -> None:
    refused = recover(finished, "../../../etc", "--yes", *WORD)
    assert refused.code == 2
    assert "is no run's id" in refused.err


def test_other_params_are_noticed_and_nothing_is_written(finished: World) -> None:
    run = lost(finished)
    refused = recover(finished, run, "--yes", *WINDOW, "-p", "word=hullo")
    assert refused.code == 3
    assert "launched with other values of say" in refused.err
    assert not any((finished.home / "runs").iterdir())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("steps: {one: {app: {path: ./apps/obey}}}", 'the pipeline has no app step "two"'),
        (
            "steps: {one: {app: {path: ./apps/other}}, two: {app: {path: ./apps/obey}}}",
            "it is of another app, workspace or user",
        ),
    ],
    ids=["fewer steps", "another app"],
)
def test_another_pipeline_is_noticed(finished: World, text: str, said: str) -> None:
    run = lost(finished)
    other = finished.folder / "other.yaml"
    other.write_text("slyflow: 1\n" + text + "\n")
    refused = finished.run("recover", run, str(other), "--from-instance", "--yes", *WINDOW)
    assert refused.code == 3
    assert said in refused.err


def test_nothing_is_written_when_nobody_agrees(finished: World) -> None:
    refused = recover(finished, lost(finished), *WINDOW, *WORD)
    assert refused.code == 2
    assert "--yes says yes" in refused.err
    assert not any((finished.home / "runs").iterdir())


def test_a_session_with_a_guessed_name_is_not_believed_and_can_be_left_out(finished: World) -> None:
    run = lost(finished)
    guessed = f"slyflow run={run} step=one attempt=2 marker=sf-{'0' * 26}"
    slug = finished.records("SELECT slug FROM module WHERE slug LIKE '%obey'")[0]["slug"]
    planted = finished.run(
        "session", "start", slug, "--name", "sf-guessed", "--description", guessed, "--json"
    )
    assert planted.code == 0, planted.err
    session = str(planted.document["id"])
    refused = recover(finished, run, "--yes", *WINDOW, *WORD)
    assert refused.code == 3
    assert f"session {session}: " in refused.err
    assert "leave out a stranger's session with --ignore ID" in refused.err
    told = recover(finished, run, "--yes", "--json", "--ignore", session, *WINDOW, *WORD)
    assert told.code == 0, told.err
    assert [row["step"] for row in told.document["sessions"]] == ["one", "two"]
    shutil.rmtree(finished.home / "runs" / run)


def test_a_run_that_the_instance_does_not_show_is_not_made_up(finished: World) -> None:
    refused = recover(finished, "20260101-000000-abcd", "--yes", *WINDOW, *WORD)
    assert refused.code == 2
    assert "shows no session of the run" in refused.err
