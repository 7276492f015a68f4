"""Runs the benchmarks named on the command line, or all; exits 1 when a limit is missed."""

import sys
import tempfile
from pathlib import Path

from benchmarks import client, load, makespan, memory, throughput, validate

BENCHMARKS = {
    "validate": validate.run,
    "throughput": throughput.run,
    "makespan": makespan.run,
    "memory": memory.run,
    "client": client.run,
    "load": load.run,
}


def main() -> int:
    """Print a line for each figure."""
    missed = 0
    for name in sys.argv[1:] or BENCHMARKS:
        with tempfile.TemporaryDirectory(prefix="slyflow-bench-") as scratch:
            for result in BENCHMARKS[name](Path(scratch)):
                print(result, flush=True)
                missed += not result.is_met
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
