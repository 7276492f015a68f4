"""`python -m tests.simulation N`: plays N worlds, prints the table, and what failed as small worlds."""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.simulation.campaign import campaign, chunks
from tests.simulation.generate import world
from tests.simulation.report import Report
from tests.simulation.results import Chunk, Results
from tests.simulation.shrink import fails, shrink
from tests.simulation.world import paste

# So many failures are shrunk; more of them rarely tell more.
MOST_SHOWN = 5
TOLD_EVERY = 10_000


def main() -> int:
    """Return 0 when every invariant held in every world."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("worlds", type=int, help="how many worlds to play")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--into", type=Path, help="keep what was played in this file, and go on from there")
    args = parser.parse_args()
    results = Results(args.into)
    _play(results, results.missing(chunks(args.first, args.worlds)), args.jobs)
    report = results.report()
    print(f"\nseeds {results.seeds()}\n\n{report.table()}")
    _show(report)
    return 1 if report.failures else 0


def _play(results: Results, parts: list[tuple[int, int]], jobs: int) -> None:
    begun, done, commit = time.monotonic(), 0, _commit()
    for first, count, report in campaign(parts, jobs):
        results.add(Chunk(first, count, commit, report))
        done += count
        for seed, breach in report.failures:
            print(f"SEED={seed} COMMIT={commit} {breach.invariant}: {breach.what}", flush=True)
        if results.worlds % TOLD_EVERY < count:
            pace = done / (time.monotonic() - begun)
            print(f"{results.worlds:,} worlds, {pace:.0f} a second", flush=True)


def _commit() -> str:
    """Return the commit that is played, marked when something in it was changed."""
    called = ["git", "describe", "--always", "--dirty", "--abbrev=10", "--match="]
    told = subprocess.run(called, capture_output=True, text=True, check=False)
    return told.stdout.strip() or "unknown"


def _show(report: Report) -> None:
    for seed, breach in report.failures[:MOST_SHOWN]:
        print(f"\nSEED={seed} {breach.invariant}: {breach.what}")
        if fails(world(seed), breach.invariant):
            print(paste(shrink(world(seed), breach.invariant)))
    if len(report.failures) > MOST_SHOWN:
        rest = ", ".join(str(seed) for seed, _ in report.failures[MOST_SHOWN:][:200])
        print(f"\nfurther seeds that failed: {rest}")


if __name__ == "__main__":
    sys.exit(main())
