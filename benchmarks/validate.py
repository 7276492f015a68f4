"""`slyflow validate` of the quickstart in a cold process, against the bare interpreter."""

import sys
from pathlib import Path

from benchmarks.measure import SLYFLOW, Result, environment, paired_medians


def run(scratch: Path) -> list[Result]:
    """Measure 15 pairs."""
    bare = [sys.executable, "-c", "pass"]
    floor, ours = paired_medians(
        bare, [*SLYFLOW, "validate", "pipelines/quickstart.yaml"], environment(scratch), 15
    )
    detail = f"{ours * 1000:.0f} ms against {floor * 1000:.0f} ms"
    return [Result("validate, cold", ours / floor, 5.0, "x python -c pass", detail)]
