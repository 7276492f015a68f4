"""The journal of one run: an append-only SQLite file that is committed before anything follows from it."""

import contextlib
import fcntl
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from slyflow.engine.codec import decode_all, encode
from slyflow.engine.emergency import Emergency
from slyflow.engine.host import this_process
from slyflow.engine.redaction import without_secrets
from slyflow.errors import Locked, StoreError
from slyflow.model.event import Event, Recorded

FILE = "journal.sqlite"
# What brings a journal from each version to the next; the last one is what this version writes.
_MIGRATIONS = (
    """
CREATE TABLE event (
    number INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL
) STRICT;
CREATE TRIGGER event_is_append_only BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER event_is_kept BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'append only'); END;
""",
    "ALTER TABLE event ADD COLUMN clock REAL;",
)
VERSION = len(_MIGRATIONS)
# Rows of a journal that are decoded together.
_AT_ONCE = 256


def utc_now() -> datetime:
    """Return the wall clock's time, for people; intervals are measured by the monotonic clock."""
    return datetime.now(UTC)


class Journal:
    """The one writer of a run's journal; it holds the run's lock until it is closed, as `driver` says.

    `emergency` is the file beside it for what it cannot take when the disk is full.
    `redact` takes secrets out of a text; it is applied to all foreign text in events.
    """

    def __init__(
        self,
        folder: Path,
        lock: int,
        redact: Callable[[str], str],
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        self.folder = folder
        self.driver = this_process(os.fstat(lock))
        self._lock = lock
        self._redact = redact
        self._clock = clock
        self._monotonic = monotonic
        self.emergency = Emergency(folder)
        try:
            self._connection = _connect(folder / FILE)
        except BaseException:
            self.emergency.close()
            raise
        self._number = 0

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        redact: Callable[[str], str],
        clock: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> "Journal":
        """Make the run's folder (0700) with an empty journal (0600); StoreError when that fails."""
        with _store_errors(folder):
            folder.mkdir(mode=0o700, parents=True)
            (folder / FILE).touch(mode=0o600)
        return cls._opened(folder, redact, clock, monotonic)

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        redact: Callable[[str], str],
        clock: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> "Journal":
        """Take over an existing journal; Locked when another process drives the run."""
        if not (folder / FILE).is_file():
            raise StoreError(f"there is no journal in {folder}")
        return cls._opened(folder, redact, clock, monotonic)

    @classmethod
    def _opened(
        cls,
        folder: Path,
        redact: Callable[[str], str],
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> "Journal":
        lock = _lock(folder)
        try:
            journal = cls(folder, lock, redact, clock, monotonic)
        except BaseException:
            os.close(lock)
            raise
        try:
            with _store_errors(folder):
                journal._number = _prepare(journal._connection)
        except BaseException:
            journal.close()
            raise
        return journal

    def events(self, known: Sequence[Recorded] = ()) -> tuple[Recorded, ...]:
        """Return everything recorded so far, of which only what is not among the first, `known`, is read."""
        last = known[-1].number if known else 0
        with _store_errors(self.folder):
            return (*known, *_rows(self._connection, VERSION, above=last))

    def append(self, events: Sequence[Event]) -> list[Recorded]:
        """Commit the events in one transaction and return them numbered; StoreError loses none of before."""
        at = self._clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        now = self._monotonic()
        recorded = [Recorded(self._number + 1 + index, at, event, now) for index, event in enumerate(events)]
        rows = []
        for entry in recorded:
            kind, data = encode(without_secrets(entry.event, self._redact))
            rows.append((entry.number, at, kind, data, now))
        with _store_errors(self.folder):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._connection.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?)", rows)
                self._connection.execute("COMMIT")
            except sqlite3.Error:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        self._number += len(rows)
        return recorded

    def close(self) -> None:
        """Close the file and let go of the lock."""
        self._connection.close()
        self.emergency.close()
        os.close(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read(folder: Path, *kinds: type[Event]) -> tuple[Recorded, ...]:
    """Return a run's events, or those of some kinds, without disturbing a process that may be writing."""
    path = folder / FILE
    if not path.is_file():
        raise StoreError(f"there is no journal in {folder}")
    with _store_errors(folder):
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
        with contextlib.closing(connection):
            # A journal that is being created at this moment has no table yet.
            version = _check_version(connection)
            return tuple(_rows(connection, version, kinds)) if version else ()


def is_driven(folder: Path) -> bool:
    """Say whether a process drives this run right now."""
    try:
        os.close(_lock(folder))
    except Locked:
        return True
    return False


def _connect(path: Path) -> sqlite3.Connection:
    with _store_errors(path.parent):
        connection = sqlite3.connect(path, isolation_level=None, timeout=10)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        return connection


def _prepare(connection: sqlite3.Connection) -> int:
    """Bring the schema up to date, all of it or nothing, and return the last event's number."""
    version = _check_version(connection)
    if version < VERSION:
        missing = " ".join(_MIGRATIONS[version:])
        connection.executescript(f"BEGIN IMMEDIATE; {missing} PRAGMA user_version={VERSION}; COMMIT;")
    (number,) = connection.execute("SELECT coalesce(max(number), 0) FROM event").fetchone()
    return int(number)


def _check_version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise StoreError(
            f"this journal was written by a newer slyflow (schema {version}, this one reads {VERSION})",
            hint="upgrade slyflow",
        )
    return int(version)


def _rows(
    connection: sqlite3.Connection, version: int, kinds: Sequence[type[Event]] = (), above: int = 0
) -> Iterator[Recorded]:
    """Read a journal as it is: one that is only looked at is not brought up to date."""
    names = json.dumps([kind.__name__ for kind in kinds])
    clock = "clock" if version > 1 else "NULL"
    found = connection.execute(
        f"SELECT number, at, kind, data, {clock} FROM event"  # noqa: S608 - one of two words of ours
        " WHERE number > ?2 AND (?1 = '[]' OR kind IN (SELECT value FROM json_each(?1))) ORDER BY number",
        (names, above),
    )
    while rows := found.fetchmany(_AT_ONCE):
        events = decode_all([(kind, data) for _, _, kind, data, _ in rows])
        for (number, at, _, _, read_at), event in zip(rows, events, strict=True):
            yield Recorded(number, at, event, read_at)


def _lock(folder: Path) -> int:
    with _store_errors(folder):
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise Locked(
            f"another process drives the run {folder.name}", hint="wait for it, or stop it"
        ) from error
    return descriptor


@contextlib.contextmanager
def _store_errors(folder: Path) -> Iterator[None]:
    """Map what SQLite and the file system raise."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"the journal in {folder} cannot be used: {error}") from error
    except FileExistsError as error:
        raise StoreError(f"the run's folder {folder} exists already") from error
    except OSError as error:
        raise StoreError(f"the run's folder {folder} cannot be used: {error.strerror}") from error
