"""What the system tells of this process, of a child, and of one that has ended."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from slyflow.engine.host import lives, this_process

_TELL = """
import os, sys
from slyflow.engine.host import this_process
print(repr(this_process(os.stat(sys.argv[1]))), flush=True)
sys.stdin.read()
"""


def test_two_processes_differ_in_nothing_but_themselves(tmp_path: Path) -> None:
    here = this_process(tmp_path.stat())
    assert (here.pid, here.host) == (os.getpid(), os.uname().nodename)
    assert here.boot is not None
    assert here.began is not None
    with subprocess.Popen(
        [sys.executable, "-c", _TELL, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        told = child.stdout.readline().strip()
        began = int(told.partition("began=")[2].partition(",")[0])
        there = replace(here, pid=child.pid, began=began)
        assert told == repr(there)
        assert lives(there)
        assert not lives(replace(there, began=began - 1))
        assert not lives(replace(there, began=None))
        child.communicate("")
    assert not lives(there)


def test_a_machines_id_is_not_told_as_it_is(tmp_path: Path) -> None:
    here = this_process(tmp_path.stat())
    path = Path("/etc/machine-id")
    known = path.read_text().strip() if path.exists() else "none"
    assert known not in repr(here)


def test_the_file_that_is_locked_tells_copies_apart(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    (tmp_path / "b").touch()
    assert this_process((tmp_path / "a").stat()).lock != this_process((tmp_path / "b").stat()).lock
