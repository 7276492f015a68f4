"""Measures what is named on the command line, or all; exits 1 when a limit is missed.

With `--write PAGE` all goes into a page of Markdown, missed limits too.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import client, cold, large, load, machine, makespan, many, memory, throughput
from benchmarks.measure import Comparison, Measured, Result
from benchmarks.page import page
from benchmarks.peers import versions

BENCHMARKS: dict[str, Callable[[Path], Iterable[Measured]]] = {
    "cold": cold.run,
    "many": many.run,
    "large": large.run,
    "throughput": throughput.run,
    "makespan": makespan.run,
    "memory": memory.run,
    "client": client.run,
    "load": load.run,
}


def main() -> int:
    """Print each figure when it is known, and write the page at the end."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names", metavar="NAME", nargs="*", choices=[[], *BENCHMARKS], help=", ".join(BENCHMARKS)
    )
    parser.add_argument("--write", metavar="PAGE", type=Path, help="write what was measured into this file")
    args = parser.parse_args()
    about = machine.described(datetime.now(UTC))
    measured = _measured(args.names or list(BENCHMARKS))
    if args.write is None:
        return 0 if all(map(_is_met, measured)) else 1
    args.write.write_text(page(about, versions(), measured))
    return 0


def _measured(names: Sequence[str]) -> list[Measured]:
    measured: list[Measured] = []
    for name in names:
        with tempfile.TemporaryDirectory(prefix="slyflow-bench-") as scratch:
            for one in BENCHMARKS[name](Path(scratch)):
                print(one, flush=True)
                measured.append(one)
    return measured


def _is_met(measured: Measured) -> bool:
    match measured:
        case Result():
            return measured.is_met
        case Comparison():
            return all(result.is_met for result in measured.results)
        case _:
            return True


if __name__ == "__main__":
    sys.exit(main())
