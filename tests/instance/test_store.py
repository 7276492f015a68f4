"""Records: private, migrated in order, whole or not at all."""

import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from slyflow.errors import StoreError
from slyflow.instance.store import Store, migrations, seed


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "records.db")


def names(store: Store) -> list[str]:
    return [row["name"] for row in store.all("SELECT name FROM team ORDER BY id")]


def test_new_records_are_private_and_at_the_newest_schema(tmp_path: Path) -> None:
    store = Store(tmp_path / "records.db")
    version = store.one("PRAGMA user_version")
    store.close()
    assert version is not None
    assert version["user_version"] == len(migrations()) > 0
    assert stat.S_IMODE((tmp_path / "records.db").stat().st_mode) == 0o600


def test_every_migration_is_applied_to_records_of_each_earlier_schema(tmp_path: Path) -> None:
    scripts = migrations()
    for old in range(len(scripts)):
        path = tmp_path / f"{old}.db"
        connection = sqlite3.connect(path)
        for script in scripts[:old]:
            connection.executescript(script)
        connection.execute(f"PRAGMA user_version = {old}")
        connection.close()
        store = Store(path)
        tables = {row["name"] for row in store.all("SELECT name FROM sqlite_master WHERE type = 'table'")}
        store.close()
        assert {"session", "edge", "project"} <= tables


def test_migration_that_fails_leaves_the_schema_before(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    connection = sqlite3.connect(path)
    connection.executescript(migrations()[0])
    # The second migration makes this table: it will fail.
    connection.execute("CREATE TABLE project (id INTEGER)")
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    with pytest.raises(StoreError):
        Store(path)
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone()[0] == 1
    connection.close()


def test_transaction_that_raises_leaves_nothing(store: Store) -> None:
    def fail() -> None:
        with store.transaction():
            store.insert("INSERT INTO team (name, created_at) VALUES ('a', '')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert names(store) == []
    with store.transaction():
        store.insert("INSERT INTO team (name, created_at) VALUES ('b', '')")
    assert names(store) == ["b"]
    store.close()


def test_transaction_in_a_transaction_is_a_mistake(store: Store) -> None:
    with pytest.raises(sqlite3.OperationalError), store.transaction(), store.transaction():
        pass
    store.close()


def test_other_threads_are_refused(store: Store) -> None:
    caught: list[BaseException] = []

    def use() -> None:
        try:
            store.all("SELECT 1")
        except sqlite3.ProgrammingError as error:
            caught.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    store.close()
    assert len(caught) == 1


def test_seeding_twice_is_seeding_once(store: Store) -> None:
    seed(store, "now")
    seed(store, "later")
    assert names(store) == ["main"]
    assert [row["login"] for row in store.all("SELECT login FROM user")] == ["admin"]
    store.close()
