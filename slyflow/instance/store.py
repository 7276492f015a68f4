"""The records of an embedded instance: one SQLite file, written by one thread, migrated in order."""

import os
import sqlite3
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from slyflow.errors import StoreError

Argument = None | int | float | str | bytes
Arguments = Sequence[Argument] | Mapping[str, Argument]


class Store:
    """One connection, for one thread: SQLite itself refuses a call from another.

    Reads may stand anywhere; writes stand in `with store.transaction():`, which never spans an await.
    """

    def __init__(self, path: Path) -> None:
        """Open or create the file (0600) and bring its schema up to date; StoreError when it cannot."""
        try:
            # O_NOFOLLOW: a link planted at this place must not make us write somewhere else.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=10.0)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"cannot open the instance's records {path}: {error}") from error
        self._connection.row_factory = sqlite3.Row
        try:
            self._prepare(path)
        except sqlite3.DatabaseError as error:
            self.close()
            raise StoreError(f"the instance's records {path} cannot be used: {error}") from error
        except StoreError:
            self.close()
            raise

    def _prepare(self, path: Path) -> None:
        for pragma in (
            "journal_mode = WAL",
            # A commit survives the death of this process; only a power cut may lose the last ones.
            "synchronous = NORMAL",
            "foreign_keys = ON",
            "busy_timeout = 10000",
        ):
            self._connection.execute(f"PRAGMA {pragma}")
        scripts = migrations()
        version: int = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(scripts):
            raise StoreError(
                f"{path} was written by a newer slyflow (schema {version}, this one knows {len(scripts)})",
                hint="update slyflow, or use another --home",
            )
        for number, script in enumerate(scripts[version:], version + 1):
            # One transaction a migration, its number included: a crash leaves the one before.
            self._connection.executescript(
                f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;"
            )

    @contextmanager
    def transaction(self) -> Generator[None, None, None]:
        """Commit what the block wrote, or nothing of it when it raises."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._connection.in_transaction:  # a full disk has rolled back already
                self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def all(self, sql: str, arguments: Arguments = ()) -> list[sqlite3.Row]:
        """Return all rows of a query."""
        return self._connection.execute(sql, arguments).fetchall()

    def one(self, sql: str, arguments: Arguments = ()) -> sqlite3.Row | None:
        """Return the first row of a query, None when there is none."""
        row: sqlite3.Row | None = self._connection.execute(sql, arguments).fetchone()
        return row

    def run(self, sql: str, arguments: Arguments = ()) -> int:
        """Execute one writing statement and return how many rows it touched."""
        return self._connection.execute(sql, arguments).rowcount

    def insert(self, sql: str, arguments: Arguments = ()) -> int:
        """Execute one INSERT and return the new row's id."""
        row_id = self._connection.execute(sql, arguments).lastrowid
        assert row_id is not None, "an INSERT gives a row id"
        return row_id

    def close(self) -> None:
        """Close the file; the write-ahead log is folded into it."""
        self._connection.close()


def migrations() -> list[str]:
    """Return the migration scripts in order; the n-th makes schema n."""
    # Not importlib.resources: this is on the way of every start, and that costs 10 ms.
    folder = Path(__file__).with_name("migrations")
    return [script.read_text("utf-8") for script in sorted(folder.glob("*.sql"))]


def seed(store: Store, now: str) -> None:
    """Give an empty instance its one team, workspace, user and agent."""
    if store.one("SELECT id FROM team"):
        return
    with store.transaction():
        team = store.insert("INSERT INTO team (name, created_at) VALUES ('main', ?)", (now,))
        store.insert("INSERT INTO workspace (team_id, name, created_at) VALUES (?, 'main', ?)", (team, now))
        store.insert("INSERT INTO user (login, name, created_at) VALUES ('admin', 'Admin', ?)", (now,))
        store.insert(
            "INSERT INTO agent (team_id, name, created_at) VALUES (?, 'this machine', ?)", (team, now)
        )
