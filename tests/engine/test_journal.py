"""The journal: real SQLite files, real processes that die."""

import contextlib
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from slyflow.engine.journal import Journal, is_driven, read
from slyflow.engine.journalfile import FILE, VERSION
from slyflow.errors import Locked, StoreError
from slyflow.model.event import Event, LaunchAccepted, StepStarted, Warned

EVENTS: list[Event] = [StepStarted("a"), LaunchAccepted("a", 1, 7, "reply")]


def same(text: str) -> str:
    return text


def test_gives_back_what_was_appended(tmp_path: Path) -> None:
    with Journal.create(tmp_path / "run", redact=same) as journal:
        recorded = journal.append(EVENTS)
        assert [entry.number for entry in recorded] == [1, 2]
    assert [entry.event for entry in read(tmp_path / "run")] == EVENTS


def test_goes_on_counting_when_opened_again(tmp_path: Path) -> None:
    with Journal.create(tmp_path / "run", redact=same) as journal:
        journal.append(EVENTS)
    with Journal.open(tmp_path / "run", redact=same) as journal:
        assert journal.append([Warned("w")])[0].number == 3
        assert len(journal.events()) == 3


def test_reads_only_what_is_new(tmp_path: Path) -> None:
    with Journal.create(tmp_path / "run", redact=same) as journal:
        journal.append(EVENTS)
        first = journal.events()
        journal.append([Warned("w")])
        then = journal.events(first)
    assert then == read(tmp_path / "run")
    assert all(one is other for one, other in zip(first, then, strict=False))


def test_is_private(tmp_path: Path) -> None:
    with Journal.create(tmp_path / "run", redact=same) as journal:
        journal.append(EVENTS)
        for path in (tmp_path / "run").iterdir():
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert stat.S_IMODE((tmp_path / "run").stat().st_mode) == 0o700


def test_redacts_every_event(tmp_path: Path) -> None:
    with Journal.create(tmp_path / "run", redact=lambda text: text.replace("hunter2", "***")) as journal:
        journal.append([Warned("the password is hunter2")])
    assert b"hunter2" not in (tmp_path / "run" / FILE).read_bytes()


def test_has_one_writer(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with Journal.create(folder, redact=same):
        assert is_driven(folder)
        with pytest.raises(Locked):
            Journal.open(folder, redact=same)
    assert not is_driven(folder)


def test_refuses_a_newer_schema(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    Journal.create(folder, redact=same).close()
    connection = sqlite3.connect(folder / FILE)
    connection.execute("PRAGMA user_version=999")
    connection.close()
    with pytest.raises(StoreError, match="newer slyflow"):
        Journal.open(folder, redact=same)
    with pytest.raises(StoreError, match="newer slyflow"):
        read(folder)


# The schema of version 1, as it was released.
_FIRST = """
CREATE TABLE event (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL
) STRICT;
CREATE TRIGGER event_is_append_only BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER event_is_kept BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'append only'); END;
INSERT INTO event VALUES (1, '2026-01-01T00:00:00.000Z', 'StepStarted', '{"step":"a"}');
PRAGMA user_version=1;
"""


def first_version(folder: Path) -> Path:
    folder.mkdir()
    with contextlib.closing(sqlite3.connect(folder / FILE)) as connection:
        connection.executescript(_FIRST)
    return folder


def version_of(folder: Path) -> int:
    with contextlib.closing(sqlite3.connect(folder / FILE)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def test_an_older_journal_is_brought_up_to_date_by_its_next_writer(tmp_path: Path) -> None:
    folder = first_version(tmp_path / "run")
    assert [entry.event for entry in read(folder)] == [StepStarted("a")]
    assert version_of(folder) == 1, "who only reads changes nothing"
    with Journal.open(folder, redact=same) as journal:
        journal.append([Warned("w")])
    old, new = read(folder)
    assert (old.event, old.clock) == (StepStarted("a"), None)
    assert (new.number, new.event) == (2, Warned("w"))
    assert new.clock is not None
    assert version_of(folder) == VERSION


def test_an_interrupted_migration_leaves_the_older_journal(tmp_path: Path) -> None:
    folder = first_version(tmp_path / "run")
    with contextlib.closing(sqlite3.connect(folder / FILE)) as connection:
        connection.execute("ALTER TABLE event ADD COLUMN clock TEXT")  # what this version adds is in the way
    with pytest.raises(StoreError, match="duplicate column"):
        Journal.open(folder, redact=same)
    assert version_of(folder) == 1
    assert [entry.event for entry in read(folder)] == [StepStarted("a")]
    assert not is_driven(folder)


def test_cannot_be_rewritten(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with Journal.create(folder, redact=same) as journal:
        journal.append(EVENTS)
    connection = sqlite3.connect(folder / FILE)
    with pytest.raises(sqlite3.IntegrityError, match="append only"):
        connection.execute("DELETE FROM event")
    connection.close()


def test_says_where_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no journal in"):
        read(tmp_path)


_WRITER = """
import sys
from pathlib import Path
from slyflow.engine.journal import Journal
from slyflow.model.event import Warned
with Journal.create(Path(sys.argv[1]), redact=str) as journal:
    for number in range(100_000):
        journal.append([Warned(f"event {number}")])
        print(number, flush=True)
"""


def test_loses_no_acknowledged_event_when_killed(tmp_path: Path) -> None:
    for turn in range(5):
        folder = tmp_path / f"run{turn}"
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(folder)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(20 + turn * 7)]
        os.kill(writer.pid, signal.SIGKILL)
        acknowledged += [int(line) for line in writer.stdout if line.endswith("\n")]
        writer.wait()
        writer.stdout.close()
        assert len(read(folder)) >= acknowledged[-1] + 1
        with Journal.open(folder, redact=same) as journal:
            assert journal.append([Warned("after")])[0].number >= acknowledged[-1] + 2
