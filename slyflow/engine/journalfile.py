"""A journal's SQLite file: its schema and migrations, how it is opened, and what its troubles mean."""

import contextlib
import errno
import json
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from slyflow.engine.codec import decode_all
from slyflow.errors import StoreError
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
_LOCKED_FOR = 10.0
# Rows of a journal that are decoded together.
_AT_ONCE = 256

_DAMAGED = "move the folder away, and rebuild the run with `slyflow recover RUN FILE --from-instance`"
_UNWRITABLE = "make the folder and the files in it writable, or copy it to where it can be"
_FULL = "make room, then resume"
_HINTS = {
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_FULL": _FULL,
    "SQLITE_READONLY": _UNWRITABLE,
    "SQLITE_CANTOPEN": _UNWRITABLE,
    "SQLITE_PERM": _UNWRITABLE,
}
_OS_HINTS = {
    errno.EROFS: _UNWRITABLE,
    errno.EACCES: _UNWRITABLE,
    errno.EPERM: _UNWRITABLE,
    errno.ENOSPC: _FULL,
}


def open_to_write(folder: Path, *, is_shared: bool) -> tuple[sqlite3.Connection, int]:
    """Open the file of the one writer, up to date, and return it with the last event's number.

    Where the file system is shared with other machines (`is_shared`), it does without shared memory.
    StoreError when the file cannot be used.
    """
    with store_errors(folder):
        connection = sqlite3.connect(folder / FILE, isolation_level=None, timeout=_LOCKED_FOR)
        try:
            version = _version(connection)
            _check_whole(connection)
            connection.execute(f"PRAGMA journal_mode={'DELETE' if is_shared else 'WAL'}")
            connection.execute("PRAGMA synchronous=FULL")
            return connection, _prepare(connection, version)
        except BaseException:
            connection.close()
            raise


def read_rows(folder: Path, kinds: Sequence[type[Event]] = ()) -> tuple[Recorded, ...]:
    """Return the events of a file that is only looked at, without disturbing a process that may be writing.

    A file that is being made at this moment has none. StoreError when it cannot be read, or is not whole.
    """
    path = folder / FILE
    if not path.is_file():
        raise StoreError(f"there is no journal in {folder}")
    with store_errors(folder):
        try:
            return _looked_at(path, kinds, "mode=ro")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname == "SQLITE_READONLY_ROLLBACK":
                # Its writer died in the middle of a change, which whoever opens it next has to take back.
                return _looked_at(path, kinds, "mode=rw")
            if error.sqlite_errorname == "SQLITE_CANTOPEN" and not _wal(path).exists():
                # Nothing can be made beside it, and nothing has to: all of it is in the one file.
                return _looked_at(path, kinds, "mode=ro&immutable=1")
            raise


def rows(
    connection: sqlite3.Connection, version: int, kinds: Sequence[type[Event]] = (), above: int = 0
) -> Iterator[Recorded]:
    """Read the events with numbers above `above` of a journal of any version up to this one.

    One that is only looked at is not brought up to date. StoreError when events are missing in between.
    """
    names = json.dumps([kind.__name__ for kind in kinds])
    clock = "clock" if version > 1 else "NULL"
    found = connection.execute(
        f"SELECT number, at, kind, data, {clock} FROM event"  # noqa: S608 - one of two words of ours
        " WHERE number > ?2 AND (?1 = '[]' OR kind IN (SELECT value FROM json_each(?1))) ORDER BY number",
        (names, above),
    )
    last = above
    while chunk := found.fetchmany(_AT_ONCE):
        if not kinds and chunk[-1][0] != last + len(chunk):
            raise StoreError(f"the journal lacks events after its event {last}", hint=_DAMAGED)
        last = chunk[-1][0]
        if not all(isinstance(text, str) for _, *texts, _ in chunk for text in texts):
            raise StoreError("the journal holds an event that is not whole", hint=_DAMAGED)
        events = decode_all([(kind, data) for _, _, kind, data, _ in chunk])
        for (number, at, _, _, read_at), event in zip(chunk, events, strict=True):
            yield Recorded(number, at, event, read_at)


@contextlib.contextmanager
def store_errors(folder: Path) -> Iterator[None]:
    """Map what SQLite and the file system raise to errors that say what to do."""
    try:
        yield
    except sqlite3.Error as error:
        # The name is there when it is SQLite that complains, with details after a second underscore.
        name = "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])
        said = f"the journal in {folder} cannot be used: {error}"
        raise StoreError(said, hint=_HINTS.get(name)) from error
    except FileExistsError as error:
        raise StoreError(f"the run's folder {folder} exists already") from error
    except OSError as error:
        said = f"the run's folder {folder} cannot be used: {error.strerror}"
        raise StoreError(said, hint=_OS_HINTS.get(error.errno or 0)) from error


def _looked_at(path: Path, kinds: Sequence[type[Event]], options: str) -> tuple[Recorded, ...]:
    connection = sqlite3.connect(f"file:{quote(str(path))}?{options}", uri=True)
    with contextlib.closing(connection):
        version = _version(connection)
        return tuple(rows(connection, version, kinds)) if version else ()


def _prepare(connection: sqlite3.Connection, version: int) -> int:
    """Bring the schema up to date, all of it or nothing, and return the last event's number."""
    if version < VERSION:
        missing = " ".join(_MIGRATIONS[version:])
        connection.executescript(f"BEGIN IMMEDIATE; {missing} PRAGMA user_version={VERSION}; COMMIT;")
    (number,) = connection.execute("SELECT coalesce(max(number), 0) FROM event").fetchone()
    return int(number)


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise StoreError(
            f"this journal was written by a newer slyflow (schema {version}, this one reads {VERSION})",
            hint="upgrade slyflow",
        )
    return int(version)


def _check_whole(connection: sqlite3.Connection) -> None:
    """What is written after damage may damage more; a tenth of a second for a hundred thousand events."""
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise StoreError(f"the journal is damaged: {found.splitlines()[-1]}", hint=_DAMAGED)


def _wal(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")
