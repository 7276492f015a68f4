"""The journal of one run: an append-only SQLite file that is committed before anything follows from it."""

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from slyflow.engine.codec import encode
from slyflow.engine.emergency import Emergency
from slyflow.engine.filesystem import shared_kind
from slyflow.engine.host import this_process
from slyflow.engine.journalfile import FILE, VERSION, open_to_write, read_rows, rows, store_errors
from slyflow.engine.redaction import without_secrets
from slyflow.errors import Locked, StoreError
from slyflow.model.event import Event, Recorded

_LOCK = "lock"
_LOCK_TRIES, _LOCK_AGAIN_AFTER = 4, 0.02


def utc_now() -> datetime:
    """Return the wall clock's time, for people; intervals are measured by the monotonic clock."""
    return datetime.now(UTC)


class Journal:
    """The one writer of a run's journal; it holds the run's lock until it is closed, as `driver` says.

    `emergency` is the file beside it for what it cannot take when the disk is full, `shared_kind` the kind
    of file system that it is on, if other machines may use that too.
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
        """The lock is held; it is let go of by `close`, not when this fails."""
        self.folder = folder
        self.shared_kind = shared_kind(folder)
        self.driver = this_process(os.fstat(lock))
        self._lock = lock
        self._redact = redact
        self._clock = clock
        self._monotonic = monotonic
        self.emergency = Emergency(folder)
        try:
            is_shared = self.shared_kind is not None
            self._connection, self._number = open_to_write(folder, is_shared=is_shared)
        except BaseException:
            self.emergency.close()
            raise

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
        with store_errors(folder):
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
            return cls(folder, lock, redact, clock, monotonic)
        except BaseException:
            os.close(lock)
            raise

    def events(self, known: Sequence[Recorded] = ()) -> tuple[Recorded, ...]:
        """Return everything recorded so far, of which only what is not among the first, `known`, is read."""
        last = known[-1].number if known else 0
        with store_errors(self.folder):
            return (*known, *rows(self._connection, VERSION, above=last))

    def append(self, events: Sequence[Event]) -> list[Recorded]:
        """Commit the events in one transaction and return them numbered; StoreError loses none of before."""
        at = self._clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        now = self._monotonic()
        recorded = [Recorded(self._number + 1 + index, at, event, now) for index, event in enumerate(events)]
        encoded = []
        for entry in recorded:
            kind, data = encode(without_secrets(entry.event, self._redact))
            encoded.append((entry.number, at, kind, data, now))
        with store_errors(self.folder):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._connection.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?)", encoded)
                self._connection.execute("COMMIT")
            except sqlite3.Error:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        self._number += len(encoded)
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
    return read_rows(folder, kinds)


def is_driven(folder: Path) -> bool:
    """Say whether a process of this machine drives this run right now; nothing is written for that."""
    with store_errors(folder):
        try:
            descriptor = os.open(folder / _LOCK, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _lock(folder: Path) -> int:
    with store_errors(folder):
        descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    for _ in range(_LOCK_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            time.sleep(_LOCK_AGAIN_AFTER)  # who only looks whether it is driven has it for a moment too
        else:
            return descriptor
    os.close(descriptor)
    raise Locked(f"another process drives the run {folder.name}", hint="wait for it, or stop it")
