"""What apps do wrong, and what a run says of it: statuses, failures and exit codes tell the truth."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
import requests

from slyflow.model.event import LaunchAccepted, SessionChanged
from slyflow.model.session import Status
from tests.end_to_end.world import World, eventually


def test_an_app_that_exits_1_fails_the_run_with_its_last_error_line(world: World) -> None:
    ended = world.run_pipeline("""
        steps:
          bad:
            app: {path: ./apps/obey}
            arguments: {say: ["all is well", "ValueError: no lemons in the basket"], code: 1}
          after: {app: {path: ./apps/obey}, needs: [bad]}
        """)
    assert ended.code == 1
    assert ended.document["exit_code"] == 1
    assert ended.document["status"] == "failed"
    assert ended.statuses == {"bad": "failed", "after": "skipped"}
    failure = ended.step("bad")["failure"]
    assert failure["kind"] == "error"
    assert "ValueError: no lemons in the basket" in failure["message"]
    assert "no lemons in the basket" in ended.err
    assert world.launches() == ["bad/1"]
    assert world.left_behind() == {}


def test_an_app_that_finishes_with_is_error_is_a_soft_error(world: World) -> None:
    ended = world.run_pipeline("""
        steps:
          bad:
            app: {path: ./apps/obey}
            arguments: {soft_error: "the model is empty"}
        """)
    assert ended.code == 1
    assert [row["status"] for row in world.sessions()] == ["finished"]
    failure = ended.step("bad")["failure"]
    assert failure["kind"] == "soft_error"
    assert "the model is empty" in failure["message"]


def test_binary_output_disturbs_neither_run_nor_log(world: World) -> None:
    ended = world.run_pipeline("""
        steps:
          loud: {app: {path: ./apps/obey}, arguments: {binary: true, say: ["before it"]}}
        """)
    assert ended.code == 0
    log = world.run("logs", "last", "loud")
    assert log.code == 0
    assert "before it" in log.out
    assert "\x1b" not in log.out
    assert "\x00" not in log.out


def test_binary_output_of_a_failing_app_reaches_no_terminal(world: World) -> None:
    ended = world.run_pipeline("""
        steps:
          bad: {app: {path: ./apps/obey}, arguments: {binary: true, code: 3}}
        """)
    assert ended.code == 1
    assert ended.step("bad")["failure"]["kind"] == "error"
    assert "\x1b" not in ended.err


def test_an_app_that_ignores_sigterm_is_killed_at_its_time_limit(world: World) -> None:
    ended = world.run_pipeline("""
        steps:
          slow:
            app: {path: ./apps/obey}
            arguments: {deaf: true, seconds: 600}
            timeout: {run: 1s}
        """)
    assert ended.code == 1
    assert ended.step("slow")["failure"]["kind"] == "run_timeout"
    (session,) = world.sessions()
    assert (session["status"], session["exit_code"]) == ("stopped", -9)
    assert world.left_behind() == {}


def test_a_declared_output_that_is_not_made_fails_the_step(world: World) -> None:
    ended = world.run_pipeline("""
        steps:
          lazy:
            app: {path: ./apps/obey}
            outputs: {archive: file, report: {file: {path: "/reports/*.html"}}}
        """)
    assert ended.code == 1
    assert [row["status"] for row in world.sessions()] == ["finished"]
    failure = ended.step("lazy")["failure"]
    assert failure["kind"] == "output_missing"
    assert 'output "archive"' in failure["message"]
    assert 'output "report"' in failure["message"]
    assert "/reports/*.html" in failure["message"]


def test_an_optional_output_that_is_not_made_is_null(world: World) -> None:
    ended = world.run_pipeline("""
        steps:
          lazy:
            app: {path: ./apps/obey}
            outputs: {archive: {file: task, optional: true}}
        outputs: {archive: "${{ steps.lazy.outputs.archive }}"}
        """)
    assert ended.code == 0
    assert ended.document["outputs"] == {"archive": None}


def test_an_unknown_app_is_a_placed_problem_and_nothing_is_launched(world: World) -> None:
    ended = world.run_pipeline("""
        steps:
          first: {app: {path: ./apps/obey}}
          second: {app: somebody/nothing@v1.0.0}
        """)
    assert (ended.code, ended.out) == (2, "")
    assert "pipeline.yaml:4:" in ended.err
    assert "somebody/nothing" in ended.err
    assert "^" in ended.err
    assert world.sessions() == []
    assert list((world.home / "runs").glob("*")) == []
    assert world.left_behind() == {}


def test_a_path_without_an_app_is_a_placed_problem(world: World) -> None:
    ended = world.run_pipeline("""
        steps:
          first: {app: {path: ./apps/none}}
        """)
    assert (ended.code, ended.out) == (2, "")
    assert "pipeline.yaml:3:" in ended.err
    assert world.sessions() == []


def test_a_target_that_the_app_does_not_allow_is_a_placed_problem(world: World) -> None:
    world.write_app("pictures", targets=["images_project"])
    ended = world.run_pipeline("""
        steps:
          first: {app: {path: ./apps/obey}}
          second: {app: {path: ./apps/pictures}, target: {videos_project: 7}}
        """)
    assert (ended.code, ended.out) == (2, "")
    assert "pipeline.yaml:4:" in ended.err
    assert "videos_project" in ended.err
    assert "images_project" in ended.err
    assert world.sessions() == []


def test_a_retry_may_succeed_where_the_first_attempt_failed(world: World) -> None:
    ended = world.run_pipeline(f"""
        steps:
          shaky:
            app: {{path: ./apps/obey}}
            arguments: {{count_in: {world.folder}/tries, succeed_after: 2, file: /made.txt}}
            retry: {{max: 3, delay: 1s}}
            outputs: {{made: file}}
        """)
    assert ended.code == 0
    assert ended.step("shaky")["attempts"] == 2
    assert ended.step("shaky")["failure"] is None
    assert ended.step("shaky")["outputs"]["made"]["value"] == "/made.txt"
    assert world.launches() == ["shaky/1", "shaky/2"]
    assert [row["status"] for row in world.sessions()] == ["error", "finished"]


def test_retries_end_with_the_last_attempts_failure(world: World) -> None:
    ended = world.run_pipeline("""
        steps:
          bad: {app: {path: ./apps/obey}, arguments: {code: 1}, retry: {max: 1, delay: 1s}}
        """)
    assert ended.code == 1
    assert ended.step("bad")["attempts"] == 2
    assert world.launches() == ["bad/1", "bad/2"]


def test_an_allowed_failure_fails_neither_the_run_nor_what_follows(world: World) -> None:
    ended = world.run_pipeline("""
        steps:
          bad: {app: {path: ./apps/obey}, arguments: {code: 1}, allow_failure: true}
          after: {app: {path: ./apps/obey}, needs: [bad]}
        """)
    assert ended.code == 0
    assert ended.statuses == {"bad": "failed", "after": "succeeded"}


def test_finally_runs_after_a_failure_and_is_told_of_it(world: World) -> None:
    ended = world.run_pipeline("""
        steps:
          bad: {app: {path: ./apps/obey}, arguments: {code: 1}}
          after: {app: {path: ./apps/obey}, needs: [bad]}
        finally:
          sweep: {app: {path: ./apps/obey}}
          tell:
            values:
              text: "${{ run.status }}"
              steps: "${{ run.failures.map(f, f.step) }}"
        """)
    assert ended.code == 1
    assert ended.statuses == {"bad": "failed", "after": "skipped", "sweep": "succeeded", "tell": "succeeded"}
    told = {name: output["value"] for name, output in ended.step("tell")["outputs"].items()}
    assert told == {"text": "failed", "steps": ["bad"]}
    assert world.launches() == ["bad/1", "sweep/1"]


def test_a_failing_finally_fails_the_run(world: World) -> None:
    ended = world.run_pipeline("""
        steps:
          good: {app: {path: ./apps/obey}}
        finally:
          sweep: {app: {path: ./apps/obey}, arguments: {code: 1}}
        """)
    assert ended.code == 1
    assert ended.statuses == {"good": "succeeded", "sweep": "failed"}


@pytest.mark.parametrize("retries", [0, 2])
def test_a_session_stopped_by_someone_cancels_its_step(world: World, retries: int) -> None:
    started = world.folder / "started"
    driver = world.start_pipeline(f"""
        steps:
          slow:
            app: {{path: ./apps/obey}}
            arguments: {{started: {started}, seconds: 600}}
            retry: {{max: {retries}, delay: 1s}}
          after: {{app: {{path: ./apps/obey}}, needs: [slow]}}
        """)
    eventually(started.exists, "the app runs")
    _stop_session(world, 1)
    ended = driver.end()
    assert ended.code == 1
    assert ended.statuses == {"slow": "cancelled", "after": "skipped"}
    assert ended.step("slow")["failure"]["kind"] == "stopped"
    assert world.launches() == ["slow/1"]


def _stop_session(world: World, session_id: int) -> None:
    """Stop a session as a person does on the instance's page, past the run."""
    address = json.loads((world.home / "instance" / "instance.json").read_text())
    answer = requests.post(
        f"{address['url']}/public/api/v3/tasks.stop",
        json={"id": session_id},
        headers={"x-api-key": address["token"]},
        timeout=10,
    )
    assert answer.status_code == 200


def test_independent_steps_run_at_once_up_to_the_limit(world: World) -> None:
    """Each waits for the other's start, so that they only end when both run at once."""
    first, second = world.folder / "first", world.folder / "second"
    ended = world.run_pipeline(
        f"""
        steps:
          one: {{app: {{path: ./apps/obey}}, arguments: {{started: {first}, wait_for: {second}}}}}
          two: {{app: {{path: ./apps/obey}}, arguments: {{started: {second}, wait_for: {first}}}}}
        """,
        "--slots",
        "2",
    )
    assert ended.code == 0


def test_no_more_sessions_run_than_max_sessions(world: World) -> None:
    ended = world.run_pipeline(
        """
        steps:
          one: {app: {path: ./apps/obey}, arguments: {seconds: 0.2}}
          two: {app: {path: ./apps/obey}, arguments: {seconds: 0.2}}
          three: {app: {path: ./apps/obey}, arguments: {seconds: 0.2}}
        """,
        "--slots",
        "3",
        "--max-sessions",
        "1",
    )
    assert ended.code == 0
    rows = world.sessions()
    spans = sorted((row["created_at"], row["finished_at"]) for row in rows)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_statuses_of_a_session_are_journalled_in_order(world: World) -> None:
    ended = world.run_pipeline("""
        steps:
          one: {app: {path: ./apps/obey}, arguments: {seconds: 0.5}}
        """)
    assert ended.code == 0
    told = [
        entry.event for entry in world.journal() if isinstance(entry.event, LaunchAccepted | SessionChanged)
    ]
    statuses = [event.status for event in told if isinstance(event, SessionChanged)]
    assert isinstance(told[0], LaunchAccepted)
    assert Status.STARTED in statuses
    assert len(statuses) == len(set(statuses))


def test_the_pipeline_may_stand_in_another_folder_than_the_home(world: World, tmp_path: Path) -> None:
    place = tmp_path / "deep" / "er"
    place.mkdir(parents=True)
    path = world.write_pipeline(
        """
        steps:
          one: {app: {path: ../../apps/obey}}
        """,
        "deep/er/pipeline.yaml",
    )
    assert world.run("run", str(path), "--json").code == 0


def test_a_session_runs_as_the_user_that_a_login_names(world: World) -> None:
    ended = world.run_pipeline(
        """
        params: {who: {type: string}}
        steps:
          fixed: {app: {path: ./apps/obey}, user: admin}
          given: {app: {path: ./apps/obey}, user: "${{ params.who }}"}
        """,
        "-p",
        "who=admin",
    )
    assert ended.code == 0, ended.err
    (user,) = world.records("SELECT id FROM user WHERE login = 'admin'")
    assert {row["user_id"] for row in world.sessions()} == {user["id"]}


def test_an_unknown_login_is_a_problem_before_anything_is_launched(world: World) -> None:
    ended = world.run_pipeline("""
        steps:
          one: {app: {path: ./apps/obey}, user: nobody}
        """)
    assert ended.code == 2
    assert 'no user "nobody"' in ended.err
    assert "[SLY404 unknown-user]" in ended.err
    assert world.sessions() == []


def test_a_login_that_steps_compute_fails_its_step_with_the_reason(world: World) -> None:
    ended = world.run_pipeline("""
        steps:
          who: {values: {login: "${{ 'ad' + 'min' }}"}}
          one: {app: {path: ./apps/obey}, user: "${{ steps.who.outputs.login }}"}
        """)
    assert ended.code == 1
    assert "only params can give a login" in ended.step("one")["failure"]["message"]
    assert world.sessions() == []


PROGRESS = {"message": "progress", "level": "info", "event_type": "EventType.PROGRESS", "subtask": "Upload"}


def test_progress_is_told_in_words_once_and_is_no_reason_of_a_failure(world: World) -> None:
    words = world.folder / "words"
    upload = [json.dumps({**PROGRESS, "current": number, "total": 60}) for number in range(1, 61)]
    words.write_text("\n".join(["ValueError: the disk of lemons is full", *upload]) + "\n")
    ended = world.run_pipeline(f"""
        steps:
          bad: {{app: {{path: ./apps/obey}}, arguments: {{recite: {words}, code: 1}}}}
        """)
    assert "disk of lemons" in ended.step("bad")["failure"]["message"]
    log = world.run("logs", "last", "bad").out.splitlines()
    assert [line for line in log if "Upload" in line or "progress" in line] == ["Upload: 60 of 60"]
