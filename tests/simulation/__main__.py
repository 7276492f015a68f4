"""`python -m tests.simulation N`: plays N worlds, prints the table, and what failed as small worlds."""

import argparse
import os
import sys
import time

from tests.simulation.campaign import campaign
from tests.simulation.generate import world
from tests.simulation.report import Report
from tests.simulation.shrink import fails, shrink
from tests.simulation.world import paste

# So many failures are shrunk; more of them rarely tell more.
MOST_SHOWN = 5


def main() -> int:
    """Return 0 when every invariant held in every world."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("worlds", type=int, help="how many worlds to play")
    parser.add_argument("--first", type=int, default=0, help="the first seed: go on where a run ended")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args()
    begun = time.monotonic()
    report, done = Report(), 0
    for length, part in campaign(args.first, args.worlds, args.jobs):
        report.merge(part)
        done += length
        if done % 10_000 < length:
            pace = done / (time.monotonic() - begun)
            failed = len(report.failures)
            print(f"{done:,} worlds, {pace:.0f} a second, {failed} failures; next seed {args.first + done}")
    print(f"\nseeds {args.first} to {args.first + args.worlds - 1}, {time.monotonic() - begun:.0f} s\n")
    print(report.table())
    _show(report)
    return 1 if report.failures else 0


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
