"""`runs`, `show` and `logs` tell of finished runs what their journals and sessions say."""

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest

from slyflow.engine.journal import Journal
from tests.cli import command
from tests.cli.conftest import make_project


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which a good run and then a bad one have ended."""
    folder = make_project(tmp_path_factory.mktemp("shown") / "project")
    environ: Mapping[str, str] = {"HOME": str(folder), "SERVER_ADDRESS": "", "API_TOKEN": ""}
    assert command.slyflow("run", "good.yaml", cwd=folder, environ=environ).returncode == 0
    assert command.here("run", "bad.yaml", cwd=folder, environ=environ).returncode == 1
    return folder


def test_runs_are_listed_newest_first(folder: Path) -> None:
    listed = command.slyflow("runs", cwd=folder).stdout.splitlines()
    assert [line.split()[1:3] for line in listed] == [["bad", "failed"], ["good", "succeeded"]]
    rows = json.loads(command.here("runs", "--json", cwd=folder).stdout)
    assert [(row["pipeline"], row["exit_code"]) for row in rows] == [("bad", 1), ("good", 0)]
    assert rows[0]["steps"] == {"failed": 1, "skipped": 1}


@pytest.mark.parametrize("verb", ["show", "resume", "stop", "events"])
@pytest.mark.parametrize("name", ["../runs", "/etc", "", ".."])
def test_a_run_is_named_by_its_id_and_by_no_path(folder: Path, verb: str, name: str) -> None:
    ended = command.here(verb, name, cwd=folder)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert f'"{name}" is no id of a run' in ended.stderr
    assert "slyflow runs" in ended.stderr


def test_a_journal_of_a_newer_version_is_refused(folder: Path) -> None:
    newer = folder / ".slyflow" / "runs" / "20200101-000000-bbbb"
    newer.mkdir()
    with contextlib.closing(sqlite3.connect(newer / "journal.sqlite")) as journal:
        journal.execute("PRAGMA user_version=99")
    try:
        ended = command.here("resume", newer.name, cwd=folder)
    finally:
        shutil.rmtree(newer)
    assert ended.returncode == 7
    assert "newer slyflow (schema 99" in ended.stderr
    assert "upgrade slyflow" in ended.stderr


def test_a_damaged_journal_hides_no_other_run(folder: Path) -> None:
    damaged = folder / ".slyflow" / "runs" / "20200101-000000-aaaa"
    damaged.mkdir()
    (damaged / "journal.sqlite").write_bytes(b"not a database, not at all" * 100)
    try:
        ended = command.here("runs", cwd=folder)
    finally:
        shutil.rmtree(damaged)
    assert ended.returncode == 7
    assert len(ended.stdout.splitlines()) == 2
    assert "20200101-000000-aaaa" in ended.stderr


def test_a_run_that_was_killed_before_it_began_is_in_nobodys_way(folder: Path) -> None:
    killed = folder / ".slyflow" / "runs" / "29991231-000000-aaaa"
    Journal.create(killed, redact=str).close()
    try:
        listed = command.here("runs", cwd=folder)
        shown = command.here("show", "last", cwd=folder)
    finally:
        shutil.rmtree(killed)
    assert (listed.returncode, len(listed.stdout.splitlines())) == (0, 2)
    assert shown.returncode == 0
    assert "bad" in shown.stdout


def test_a_home_without_runs_says_so(tmp_path: Path) -> None:
    ended = command.here("runs", "--home", "empty", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (0, "")
    assert "no runs" in ended.stderr
    assert json.loads(command.here("runs", "--json", cwd=tmp_path).stdout) == []
    assert list(tmp_path.iterdir()) == []


def test_a_run_is_shown_by_the_beginning_of_its_id(folder: Path) -> None:
    name = command.here("runs", cwd=folder).stdout.split()[0]
    shown = command.slyflow("show", name[:20], cwd=folder)
    assert shown.returncode == 0
    assert "status    failed, exit code 1" in shown.stdout
    assert "error: " in shown.stdout
    document = json.loads(command.here("show", "last", "--json", cwd=folder).stdout)
    assert document["run"] == name
    assert document["steps"]["break"]["failure"]["kind"] == "error"


def test_events_are_told_in_order_without_the_key_of_the_markers(folder: Path) -> None:
    journal = json.loads(command.slyflow("events", "last", "--json", cwd=folder).stdout)
    assert [entry["number"] for entry in journal] == [*range(1, len(journal) + 1)]
    assert [journal[0]["kind"], journal[-1]["kind"]] == ["RunCreated", "RunClosed"]
    assert "secret_hex" not in journal[0]
    assert journal[0]["pipeline"] == "bad"
    accepted = next(entry for entry in journal if entry["kind"] == "LaunchAccepted")
    assert (accepted["step"], accepted["attempt"], accepted["how"]) == ("break", 1, "reply")
    lines = command.here("events", "last", cwd=folder).stdout.splitlines()
    assert len(lines) == len(journal)
    assert any("break LaunchAccepted attempt=1 session_id=" in line for line in lines)
    assert max(map(len, lines)) < 1000


def test_logs_are_led_by_their_step_unless_one_is_asked_for(folder: Path) -> None:
    name = json.loads(command.here("runs", "--json", cwd=folder).stdout)[1]["run"]
    every = command.here("logs", name, "--follow", cwd=folder)
    assert every.stdout == "say | word: hello\n"
    one = command.slyflow("logs", name, "say", cwd=folder)
    assert one.stdout == "word: hello\n"
    none = command.here("logs", name, "after", cwd=folder)
    assert (none.returncode, none.stdout, none.stderr) == (0, "", "after has no session\n")
    wrong = command.here("logs", name, "sya", cwd=folder)
    assert wrong.returncode == 2
    assert 'has no step "sya", did you mean "say"?' in wrong.stderr
