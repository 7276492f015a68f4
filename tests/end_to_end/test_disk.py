"""A full disk under the journal: exit 7, nothing lost, and a resume once there is space again."""

import json
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from slyflow.model.event import LaunchAccepted, RunResumed
from tests.end_to_end.proxy import Rule, proxied
from tests.end_to_end.world import World, eventually, has


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


TWO = """
    steps:
      one: {app: {path: ./apps/obey}}
      two: {app: {path: ./apps/obey}}
    """


def test_a_launch_that_is_accepted_while_the_disk_is_full_is_not_forgotten(world: World, small: Path) -> None:
    """Both launches are on their way when the disk fills up: the ids go to a file that has its space."""
    client = World(world.folder, home=small / "home")
    rule = Rule("hold", times=2)
    with world.serving() as served, proxied(served.url, {"tasks.run.app": rule}) as proxy:
        environ = {"SERVER_ADDRESS": proxy.url, "API_TOKEN": served.token}
        driver = client.start_pipeline(TWO, environ=environ)
        eventually(lambda: proxy.seen.get("tasks.run.app") == 2, "both launches are on their way")
        filler = _fill(small)
        rule.release.set()
        ended = driver.end()
        assert ended.code == 7, ended.err
        emergency = client.run_folder / "accepted.jsonl"
        ids = sorted(row["id"] for row in world.sessions())
        kept = [json.loads(line) for line in emergency.read_bytes().rstrip(b"\0").splitlines()]
        assert sorted(one["session_id"] for one in kept) == ids
        assert len(ids) == 2
        assert str(emergency) in ended.err
        assert all(f"session {number}" in ended.err for number in ids)
        assert not has(LaunchAccepted)([entry.event for entry in client.journal()])
        assert client.resume(environ=environ).code == 7, "there is no room yet"
        assert emergency.exists()
        filler.unlink()
        proxy.meet_anew({})
        resumed = client.resume(environ=environ)
        assert resumed.code == 0, resumed.err
        assert not emergency.exists()
        assert proxy.seen["tasks.info"] == 2, "each of the two is asked for, not found by its marker"
        events = [entry.event for entry in client.journal()]
        last = max(place for place, event in enumerate(events) if isinstance(event, RunResumed))
        adopted = [event for event in events[last + 1 : last + 3] if isinstance(event, LaunchAccepted)]
        assert {(event.how, event.session_id) for event in adopted} == {("adopted", one) for one in ids}
        assert world.launches() == ["one/1", "two/1"]


@pytest.mark.slow
def test_a_session_that_is_not_of_the_launch_is_not_taken_for_it(world: World, small: Path) -> None:
    """What stands in the file is held to the instance, as everything that is taken over."""
    client = World(world.folder, home=small / "home")
    rule = Rule("hold", times=1)
    with world.serving() as served, proxied(served.url, {"tasks.run.app": rule}) as proxy:
        environ = {"SERVER_ADDRESS": proxy.url, "API_TOKEN": served.token, "SLYFLOW_LAUNCH_WINDOW": "1"}
        driver = client.start_pipeline("steps: {one: {app: {path: ./apps/obey}}}", environ=environ)
        assert rule.reached.wait(30)
        filler = _fill(small)
        rule.release.set()
        assert driver.end().code == 7
        filler.unlink()
        (ours,) = world.sessions()
        theirs = world.run("session", "start", "local/obey", "--json", environ=served.environ)
        stranger = theirs.document["id"]
        emergency = client.run_folder / "accepted.jsonl"
        told = emergency.read_bytes()
        emergency.write_bytes(told.replace(b": %d," % ours["id"], b": %d," % stranger))
        resumed = client.resume(environ=environ)
        assert resumed.code == 0, resumed.err
        assert resumed.step("one")["session"] == ours["id"]
        assert not emergency.exists()


_FAST = (140,)
_SLOW = [pytest.param(kib, marks=pytest.mark.slow) for kib in range(40, 200, 10) if kib not in _FAST]


@pytest.mark.parametrize("kib", [*_FAST, *_SLOW])
def test_wherever_the_disk_is_full_nothing_is_launched_twice(world: World, small: Path, kib: int) -> None:
    """From room for hardly a folder to room for nearly a whole run."""
    filler = _fill(small)
    with filler.open("r+b") as file:
        file.truncate(filler.stat().st_size - kib * 1024)
    client = World(world.folder, home=small / "home")
    with world.serving() as served:
        ended = client.run_pipeline(TWO, environ=served.environ)
        filler.unlink()
        if ended.code == 7 and any((small / "home" / "runs").glob("*/journal.sqlite")):
            ended = client.resume(environ=served.environ)
            assert ended.code == 0, ended.err
            assert world.launches() == ["one/1", "two/1"]
        elif ended.code == 7:
            assert world.sessions() == []
        else:
            assert ended.code == 0, ended.err


def test_a_disk_that_is_full_from_the_start(world: World, small: Path) -> None:
    _fill(small)
    client = World(world.folder, home=small / "home")
    with world.serving() as served:
        ended = client.run_pipeline("steps: {one: {app: {path: ./apps/obey}}}", environ=served.environ)
        assert (ended.code, ended.out) == (7, "")
        assert str(small) in ended.err
        assert "No space left" in ended.err or "full" in ended.err
        assert world.sessions() == []
