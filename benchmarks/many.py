"""1,000 files in one call, beside the same call of peers."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.inputs import many, pipeline, workflow
from benchmarks.measure import Comparison, environment, in_turn
from benchmarks.peers import installed
from benchmarks.sized import contenders, limit

FILES, STEPS = 1_000, 10
LIMIT = 1.5
"""Times actionlint."""


def run(scratch: Path) -> Iterator[Comparison]:
    """Measure 7 rounds, of the slow peers one."""
    pipelines = many(scratch / "pipelines", pipeline, FILES, STEPS)
    workflows = many(scratch / "workflows", workflow, FILES, STEPS)
    rows = in_turn(contenders(installed(), pipelines, workflows), environment(scratch))
    work = (
        f"Pipelines, and for actionlint workflows, of {pipeline(STEPS).count(chr(10))} lines each, with a "
        "reference in each step but the first; check-jsonschema takes slyflow's own schema."
    )
    met = limit(f"validate, {FILES:,} files", rows, LIMIT)
    yield Comparison(f"{FILES:,} files in one call", work, tuple(rows), (met,))
