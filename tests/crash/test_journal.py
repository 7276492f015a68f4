"""SIGKILL on a process that writes a journal as fast as it can: nothing acknowledged is ever lost."""

import os
import random
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from slyflow.engine.journal import read
from slyflow.engine.journalfile import FILE
from tests.crash import writer

KILLS = 300
SEED = 20


def _fork(folder: Path) -> tuple[int, int]:
    """Start a writer; return its pid and the reading end of what it says."""
    said, says = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(said)
        try:
            writer.write(folder, says)
        finally:
            os._exit(1)
    os.close(says)
    return pid, said


def test_no_acknowledged_event_is_lost_however_often_its_writer_is_killed(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    folder = tmp_path / "run"
    acknowledged = 0
    for _ in range(KILLS):
        pid, said = _fork(folder)
        time.sleep(rng.uniform(0.0, 0.02))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        with os.fdopen(said, "rb") as stream:
            # The last line may be cut: what was not said whole was not acknowledged.
            *whole, _ = stream.read().split(b"\n")
        acknowledged = max([acknowledged, *map(int, whole)])
        if (folder / FILE).is_file():
            numbers = [entry.number for entry in read(folder)]
            assert numbers == list(range(1, len(numbers) + 1))
            assert len(numbers) >= acknowledged
            assert len(numbers) % 2 == 0  # a commit is whole or it is not
    assert acknowledged > KILLS / 10  # a loaded machine kills most writers before they write
    with closing(sqlite3.connect(folder / FILE)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
