"""Journals that cannot be used: each says what is wrong and what to do, and none is read as if whole."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from slyflow.engine.journal import Journal, read
from slyflow.engine.journalfile import FILE, VERSION, open_to_write
from slyflow.errors import StoreError
from slyflow.model.event import Warned

EVENTS = 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed journal of many events, some of more than a page."""
    place = tmp_path / "run"
    with Journal.create(place, redact=str) as journal:
        for number in range(EVENTS):
            journal.append([Warned(f"{number}" * (5000 if number % 10 == 9 else 50))])
    return place


def refusals(folder: Path) -> list[StoreError]:
    """Return how reading and opening are refused; fails when one is not."""
    found = []
    with pytest.raises(StoreError) as reading:
        read(folder)
    found.append(reading.value)
    with pytest.raises(StoreError) as opening:
        Journal.open(folder, redact=str)
    found.append(opening.value)
    return found


def test_whatever_is_cut_off_is_noticed(folder: Path) -> None:
    whole = (folder / FILE).read_bytes()
    for length in (*range(16, 4096, 1000), *range(4096, len(whole), 4096)):
        (folder / FILE).write_bytes(whole[:length])
        for error in refusals(folder):
            assert error.exit_code == 7
            assert "slyflow recover" in (error.hint or ""), (length, error.message)
        for beside in folder.glob(f"{FILE}-*"):
            beside.unlink()


def test_an_event_in_the_middle_that_is_missing_is_noticed(folder: Path) -> None:
    with contextlib.closing(sqlite3.connect(folder / FILE)) as connection:
        connection.executescript("DROP TRIGGER event_is_kept; DELETE FROM event WHERE number = 7;")
    with pytest.raises(StoreError, match="lacks events"):
        read(folder)


def test_what_is_no_database_is_refused(folder: Path) -> None:
    (folder / FILE).write_text("slyflow" * 1000)
    for error in refusals(folder):
        assert "not a database" in error.message


def test_a_newer_journal_is_refused_untouched(folder: Path) -> None:
    with contextlib.closing(sqlite3.connect(folder / FILE)) as connection:
        connection.execute(f"PRAGMA user_version={VERSION + 1}")
    before = (folder / FILE).read_bytes()
    for error in refusals(folder):
        assert "newer slyflow" in error.message
        assert error.hint == "upgrade slyflow"
    assert (folder / FILE).read_bytes() == before
    assert {path.name for path in folder.iterdir()} == {FILE, "lock"}


@contextlib.contextmanager
def read_only(place: Path) -> Iterator[None]:
    """Mount the folder over itself, read-only: who is root may write past any permissions."""
    for command in (
        ["mount", "--bind", str(place), str(place)],
        ["mount", "-o", "remount,ro,bind", str(place)],
    ):
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            pytest.skip("there is no mount here")
        if done.returncode != 0:
            pytest.skip(f"mounting is not permitted: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_folder_that_is_read_only_can_be_looked_at_and_not_driven(folder: Path) -> None:
    with read_only(folder):
        assert len(read(folder)) == EVENTS
        with pytest.raises(StoreError, match="Read-only") as caught:
            Journal.open(folder, redact=str)
        assert "writable" in (caught.value.hint or "")


_DIES = """
import os, signal, sys
from pathlib import Path
from slyflow.engine.journal import Journal
from slyflow.model.event import Warned
journal = Journal.open(Path(sys.argv[1]), redact=str)
journal.append([Warned("the last one")])
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_writer_left_is_not_left_out_where_nothing_can_be_written(folder: Path) -> None:
    """The last event is in a file beside the journal, which needs a third one to be read."""
    died = subprocess.run([sys.executable, "-c", _DIES, str(folder)], check=False)
    assert died.returncode == -signal.SIGKILL
    (folder / f"{FILE}-shm").unlink()
    with read_only(folder), pytest.raises(StoreError) as caught:
        read(folder)
    assert "copy it" in (caught.value.hint or "")
    assert len(read(folder)) == EVENTS + 1


def test_a_journal_whose_writer_died_while_it_made_the_file_is_empty(tmp_path: Path) -> None:
    """Killed in the middle of a change, SQLite leaves a file that takes the change back."""
    folder = tmp_path / "run"
    folder.mkdir()
    pid = os.fork()
    if pid == 0:
        connection = sqlite3.connect(folder / FILE, isolation_level=None)
        # More than the cache holds: the file is changed before the end of the transaction.
        for statement in ("PRAGMA cache_size=5", "BEGIN", "CREATE TABLE event (number, data)"):
            connection.execute(statement)
        connection.executemany("INSERT INTO event VALUES (?, randomblob(4000))", [(i,) for i in range(50)])
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    assert (folder / f"{FILE}-journal").stat().st_size > 0
    assert read(folder) == ()


def test_on_a_shared_file_system_it_does_without_shared_memory(folder: Path) -> None:
    connection, number = open_to_write(folder, is_shared=True)
    with contextlib.closing(connection):
        assert number == EVENTS
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        connection.execute(
            f"INSERT INTO event VALUES ({EVENTS + 1}, 'at', 'Warned', '{{\"message\":\"w\"}}', 1.0)"
        )
        assert {path.name for path in folder.iterdir()} == {FILE, "lock"}
        assert len(read(folder)) == EVENTS + 1
    with Journal.open(folder, redact=str) as journal:
        assert len(journal.events()) == EVENTS + 1
