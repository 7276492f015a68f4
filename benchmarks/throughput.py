"""200 independent no-op sessions with 2 slots, against the same 200 processes under `xargs -P 2`."""

import shlex
import statistics
import sys
from pathlib import Path

from benchmarks.measure import SLYFLOW, Result, environment, seconds, write_app

SESSIONS = 200
SLOTS = 2
PAIRS = 5


def run(scratch: Path) -> list[Result]:
    """Measure pairs after a warm-up of the app's environment; the median of their ratios counts."""
    write_app(scratch / "noop", "pass\n", {})
    steps = "".join(f"  s{number}: {{app: {{path: ./noop}}}}\n" for number in range(SESSIONS))
    (scratch / "many.yaml").write_text(f"slyflow: 1\nsteps:\n{steps}")
    (scratch / "one.yaml").write_text("slyflow: 1\nsteps:\n  s: {app: {path: ./noop}}\n")
    env = environment(scratch, SLYFLOW_SLOTS=str(SLOTS))
    seconds([*SLYFLOW, "run", "one.yaml", "--quiet"], env, scratch)
    script = shlex.join([sys.executable, str(scratch / "noop" / "main.py")])
    floor, ours = [], []
    for _ in range(PAIRS):
        floor.append(
            seconds(["sh", "-c", f"seq {SESSIONS} | xargs -P {SLOTS} -I{{}} {script}"], env, scratch)
        )
        ours.append(seconds([*SLYFLOW, "run", "many.yaml", "--quiet"], env, scratch))
    ratio = statistics.median(one / other for one, other in zip(ours, floor, strict=True))
    detail = f"{statistics.median(ours):.2f} s against {statistics.median(floor):.2f} s, {PAIRS} pairs"
    return [Result(f"{SESSIONS} no-op sessions", ratio, 2.0, "x xargs -P 2", detail)]
