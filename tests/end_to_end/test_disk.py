"""A full disk under the journal: exit 7, nothing lost, and a resume once there is space again."""

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.end_to_end.world import World, eventually


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 400 KiB."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k,mode=0700", "tmpfs", str(place)]
    try:
        mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if mounted.returncode != 0:
        pytest.skip(f"mounting is not permitted: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def _fill(place: Path) -> Path:
    """Write until nothing fits any more."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return filler


def test_a_disk_that_fills_up_during_a_run(world: World, small: Path) -> None:
    """The instance has its own disk; only the run's home is on the small one."""
    started, go = world.folder / "started", world.folder / "go"
    client = World(world.folder, home=small / "home")
    with world.serving() as served:
        driver = client.start_pipeline(
            f"""
            steps:
              slow: {{app: {{path: ./apps/obey}}, arguments: {{started: {started}, wait_for: {go}}}}}
              after: {{app: {{path: ./apps/obey}}, needs: [slow]}}
            """,
            environ=served.environ,
        )
        eventually(started.exists, "the app runs")
        # Its start may still be on the way into the journal; afterwards nothing is written until it ends.
        eventually(
            lambda: any("started" in repr(entry.event) for entry in client.journal()), "it is journalled"
        )
        filler = _fill(small)
        go.touch()
        ended = driver.end()
        assert ended.code == 7, ended.err
        assert "disk is full" in ended.err
        assert str(client.run_folder) in ended.err
        assert "slyflow resume" in ended.err
        with closing(
            sqlite3.connect(f"file:{client.run_folder}/journal.sqlite?mode=ro", uri=True)
        ) as journal:
            assert journal.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        kept = len(client.journal())
        assert kept > 3
        again = client.resume(environ=served.environ)
        assert again.code == 7, again.err
        filler.unlink()
        resumed = client.resume(environ=served.environ)
        assert resumed.code == 0, resumed.err
        assert resumed.statuses == {"slow": "succeeded", "after": "succeeded"}
        assert len(client.journal()) > kept
        assert world.launches() == ["after/1", "slow/1"]


def test_a_disk_that_is_full_from_the_start(world: World, small: Path) -> None:
    _fill(small)
    client = World(world.folder, home=small / "home")
    with world.serving() as served:
        ended = client.run_pipeline("steps: {one: {app: {path: ./apps/obey}}}", environ=served.environ)
        assert (ended.code, ended.out) == (7, "")
        assert str(small) in ended.err
        assert "No space left" in ended.err or "full" in ended.err
        assert world.sessions() == []
