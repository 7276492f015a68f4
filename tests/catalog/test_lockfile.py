"""Tests of slyflow.catalog.lockfile: which lock is a pipeline's, and which file is none."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from slyflow.catalog.lock import Lock
from slyflow.catalog.lockfile import LIMIT, Locks, lock_place, named, read
from slyflow.catalog.locktext import lock_text
from slyflow.problem import Problem
from tests.catalog.locks import LOCK


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository with a lock at its root and a pipeline further down."""
    (tmp_path / "home" / ".git").mkdir(parents=True)
    (tmp_path / "home" / "pipelines" / "deep").mkdir(parents=True)
    (tmp_path / "home" / "slyflow.lock").write_text(lock_text(LOCK))
    return tmp_path / "home"


def test_the_lock_at_the_root_is_that_of_every_pipeline(repository: Path) -> None:
    locks = Locks(str(repository))
    assert locks.of("pipelines/deep/p.yaml") == LOCK
    assert locks.of("pipelines/deep/p.yaml") is locks.of("other.yaml"), "it is read once"
    assert locks.name("pipelines/deep/../p.yaml") == "pipelines/p.yaml"


def test_a_lock_is_found_from_any_working_directory(repository: Path) -> None:
    below = Locks(str(repository / "pipelines"))
    found = below.of("deep/p.yaml")
    assert isinstance(found, Lock)
    assert (found.path, below.name("deep/p.yaml")) == (
        "../slyflow.lock",
        "pipelines/deep/p.yaml",
    )
    above = Locks(str(repository.parent)).of("home/p.yaml")
    assert isinstance(above, Lock)
    assert above.path == "home/slyflow.lock"


def test_a_nearer_lock_counts_more(repository: Path) -> None:
    (repository / "pipelines" / "slyflow.lock").write_text(lock_text(Lock("x", "embedded", {})))
    found = Locks(str(repository)).of("pipelines/deep/p.yaml")
    assert isinstance(found, Lock)
    assert (found.path, found.instance) == ("pipelines/slyflow.lock", "embedded")


def test_a_link_to_a_pipeline_has_the_lock_of_where_it_stands(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(repository / "pipelines")
    locks = Locks(str(tmp_path))
    assert isinstance(locks.of("link/p.yaml"), Lock)
    assert locks.name("link/p.yaml") == "pipelines/p.yaml"


def test_without_a_lock_there_is_none(tmp_path: Path) -> None:
    assert Locks(str(tmp_path)).of("p.yaml") is None
    assert Locks(str(tmp_path)).of("a\0b/p.yaml") is None
    assert Locks("/").of("p.yaml") is None


def test_a_new_lock_goes_to_the_root_or_beside_the_pipeline(repository: Path, tmp_path: Path) -> None:
    (repository / "slyflow.lock").unlink()
    assert lock_place("pipelines/p.yaml", str(repository)) == str(repository / "slyflow.lock")
    (tmp_path / "alone").mkdir()
    assert lock_place("alone/p.yaml", str(tmp_path)) == str(tmp_path / "alone" / "slyflow.lock")
    assert named("alone/p.yaml", str(tmp_path / "alone" / "slyflow.lock"), str(tmp_path)) == "p.yaml"
    assert named("/p.yaml", "/slyflow.lock", str(tmp_path)) == "p.yaml"


def _fifo(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda path: path.mkdir(), "is not a regular file"),
        (_fifo, "is not a regular file"),
        (lambda path: path.symlink_to("/dev/zero"), "cannot be read: it is a link"),
        (lambda path: path.symlink_to("nowhere"), "cannot be read: it is a link"),
        (lambda path: path.write_bytes(b"\xff"), "is not UTF-8 (byte 0)"),
        (lambda path: path.write_bytes(b" " * (LIMIT + 1)), "is longer than 4 MiB"),
    ],
)
def test_what_is_no_file_of_its_own_is_refused(
    make: Callable[[Path], object], told: str, tmp_path: Path
) -> None:
    make(tmp_path / "slyflow.lock")
    found = Locks(str(tmp_path)).of("p.yaml")
    assert isinstance(found, Problem)
    assert (found.slug, found.span.file) == ("lock-damaged", "slyflow.lock")
    assert found.message == f"the lock {told}"


def test_a_lock_that_vanished_meanwhile_is_told(tmp_path: Path) -> None:
    found = read(str(tmp_path / "slyflow.lock"), str(tmp_path))
    assert isinstance(found, Problem)
    assert "No such file" in found.message
