"""One file of 10,000 steps beside peers, and how the check grows from 1,000 steps to 100,000."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.inputs import pipeline, short_pipeline, workflow
from benchmarks.measure import FEW, SLYFLOW, Comparison, Contender, Result, Row, environment, in_turn
from benchmarks.peers import installed
from benchmarks.sized import contenders, limit

STEPS = 10_000
LIMIT = 3.0
"""Times actionlint."""
MEMORY = 120.0
"""MiB that the file of 10,000 steps may take."""
GROWTH = 1.25
"""Times the CPU time of a further step: over 10,000 steps against below that."""
_SIZES = (1_000, 10_000, 100_000)


def run(scratch: Path) -> Iterator[Comparison]:
    """Measure 7 rounds, of the slow peers one, and 2 of the growth."""
    env = environment(scratch)
    ours, theirs = scratch / "pipeline.yaml", scratch / "workflow.yaml"
    ours.write_text(pipeline(STEPS))
    theirs.write_text(workflow(STEPS))
    rows = in_turn(contenders(installed(), [str(ours)], [str(theirs)]), env)
    work = (
        f"A pipeline, and for actionlint a workflow, of {ours.read_text().count(chr(10)):,} lines, with a "
        "reference in each step but the first; check-jsonschema takes slyflow's own schema."
    )
    peak = rows[1].median.memory
    memory = Result(f"validate, {STEPS:,} steps, memory", peak, MEMORY, "MiB", "at its peak")
    met = (limit(f"validate, {STEPS:,} steps", rows, LIMIT), memory)
    yield Comparison(f"One file of {STEPS:,} steps", work, tuple(rows), met)
    yield _growth(scratch, env)


def _growth(scratch: Path, env: dict[str, str]) -> Comparison:
    files = {steps: scratch / f"{steps}.yaml" for steps in _SIZES}
    for steps, file in files.items():
        file.write_text(short_pipeline(steps))
    rows = in_turn(
        [
            Contender(f"{steps:,} steps", [*SLYFLOW, "validate", "--large", str(file)], FEW)
            for steps, file in files.items()
        ],
        env,
    )
    small, middle, large = (row.median.cpu for row in rows)
    below, above = _per_step(rows, 0), _per_step(rows, 1)
    detail = (
        f"{above * 1e6:.0f} µs against {below * 1e6:.0f} µs a step; {small:.2f}, {middle:.2f}, {large:.2f} s"
    )
    growth = Result(
        "validate, growth to 100,000 steps", above / below, GROWTH, "x a step below 10,000", detail
    )
    work = (
        "slyflow alone, with steps of three lines: a reference each, and still below the 16 MiB of `--large`."
    )
    return Comparison("Growth", work, tuple(rows), (growth,))


def _per_step(rows: list[Row], first: int) -> float:
    """Return the CPU seconds of each step that a size has more than the one before it."""
    more = _SIZES[first + 1] - _SIZES[first]
    return (rows[first + 1].median.cpu - rows[first].median.cpu) / more
