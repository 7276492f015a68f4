import os
import sys

import pytest

from benchmarks.measure import Contender, in_turn, usage

BUSY = "import time\nwhile time.process_time() < 0.1: pass"


def test_waiting_is_wall_time_and_not_time_of_the_processor() -> None:
    took = usage([sys.executable, "-c", "import time; time.sleep(0.3)"], os.environ)
    assert took.wall >= 0.3
    assert took.cpu < 0.25


def test_what_a_command_started_and_waited_for_counts() -> None:
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}], check=True)"
    assert usage([sys.executable, "-c", code], os.environ).cpu >= 0.1


def test_memory_is_the_commands_own() -> None:
    held = bytearray(64 * 2**20)
    held[:: 2**12] = b"x" * (len(held) // 2**12)
    took = usage([sys.executable, "-c", "pass"], os.environ)
    assert 2 < took.memory < 40
    assert usage([sys.executable, "-c", "bytearray(64 * 2**20)"], os.environ).memory > took.memory + 50


def test_a_command_that_fails_stops_with_what_it_said() -> None:
    with pytest.raises(SystemExit, match="no such thing"):
        usage([sys.executable, "-c", "import sys; sys.exit('no such thing')"], os.environ)


def test_each_takes_part_in_its_number_of_rounds() -> None:
    rows = in_turn(
        [Contender("a", [sys.executable, "-c", "pass"], 2), Contender("b", ["true"], 1)], os.environ
    )
    assert [(row.name, len(row.rounds)) for row in rows] == [("a", 2), ("b", 1)]
