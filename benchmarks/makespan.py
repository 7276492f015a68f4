"""100 sleeping sessions in a layered DAG with 16 slots, against the lower bound of any schedule.

The makespan is the run's own, from its first event to its last.
"""

import random
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from benchmarks.measure import SLYFLOW, Result, environment, seconds, write_app
from slyflow.engine.journal import read
from slyflow.engine.runs import all_runs
from slyflow.model.event import Recorded

LAYERS, WIDTH, SLOTS = 5, 20, 16
_APP = """
import os, time
time.sleep(float(os.environ["modal.state.seconds"]))
"""


def run(scratch: Path) -> list[Result]:
    """Measure the first run, without known durations, and the second, with them, after a warm-up."""
    write_app(scratch / "sleeper", _APP, {"seconds": 0.0})
    rng = random.Random(7)
    steps: dict[str, tuple[float, list[str]]] = {}
    for layer in range(LAYERS):
        for place in range(WIDTH):
            above = [f"l{layer - 1}_{rng.randrange(WIDTH)}" for _ in range(2)] if layer else []
            steps[f"l{layer}_{place}"] = (round(rng.uniform(0.2, 1.0), 3), sorted(set(above)))
    text = "".join(
        f"  {name}:\n    app: {{path: ./sleeper}}\n    arguments: {{seconds: {length}}}\n"
        f"    needs: [{', '.join(needs)}]\n"
        for name, (length, needs) in steps.items()
    )
    (scratch / "one.yaml").write_text("slyflow: 1\nsteps:\n  s: {app: {path: ./sleeper}}\n")
    (scratch / "layers.yaml").write_text(f"slyflow: 1\nsteps:\n{text}")
    longest: dict[str, float] = {}
    for name, (length, needs) in steps.items():
        longest[name] = length + max((longest[need] for need in needs), default=0.0)
    bound = max(max(longest.values()), sum(length for length, _ in steps.values()) / SLOTS)
    env = environment(scratch, SLYFLOW_SLOTS=str(SLOTS))
    seconds([*SLYFLOW, "run", "one.yaml", "--quiet"], env, scratch)
    command = [*SLYFLOW, "run", "layers.yaml", "--quiet", "--max-sessions", str(SLOTS)]
    results = []
    for what in ("without", "with"):
        wall = seconds(command, env, scratch)
        events = _newest(scratch / "slyflow")
        first, last = (datetime.fromisoformat(entry.at) for entry in (events[0], events[-1]))
        ours = (last - first).total_seconds()
        detail = f"{ours:.2f} s against {bound:.2f} s; the whole command took {wall:.2f} s"
        name = f"makespan {what} known durations"
        results.append(Result(name, ours / bound, 1.10, "x lower bound", detail))
    return results


def _newest(home: Path) -> Sequence[Recorded]:
    """Return the events of the newest run of the layers; ids of one second have no order."""
    runs = [read(folder) for folder in all_runs(home)]
    return max((run for run in runs if len(run) > LAYERS * WIDTH), key=lambda run: run[0].at)
