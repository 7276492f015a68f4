"""`slyflow validate`: the quickstart in a cold process, and a file of 10,000 steps."""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.measure import SLYFLOW, Result, environment, paired_medians

STEPS = 10_000
MEMORY = 120
"""MB that the large file may take."""


def run(scratch: Path) -> list[Result]:
    """Measure 25 pairs, and the large file once."""
    env = environment(scratch)
    bare = [sys.executable, "-c", "pass"]
    floor, ours = paired_medians(bare, [*SLYFLOW, "validate", "pipelines/quickstart.yaml"], env, 25)
    detail = f"{ours * 1000:.0f} ms against {floor * 1000:.0f} ms"
    cold = Result("validate, cold", ours / floor, 5.0, "x python -c pass", detail)
    return [cold, _large(scratch, env)]


def _large(scratch: Path, env: dict[str, str]) -> Result:
    file = scratch / "large.yaml"
    file.write_text(f"slyflow: 1\nsteps:\n{''.join(map(_step, range(STEPS)))}")
    command = [*SLYFLOW, "validate", "--large", str(file)]
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed")
    seconds = used.ru_utime + used.ru_stime
    detail = f"{STEPS:,} steps in {seconds:.2f} s of CPU"
    return Result("validate, large", used.ru_maxrss / 1024, MEMORY, "MB", detail)


def _step(number: int) -> str:
    before = f"${{{{ steps.s{number - 1}.outputs.session }}}}" if number else "none"
    return (
        f"  s{number}:\n"
        f"    app: ecosystem/app-{number % 50}@v1.2.3\n"
        f"    target: {{images_project: 12345}}\n"
        f"    arguments:\n"
        f"      threshold: 0.5\n"
        f'      name: "step number {number}"\n'
        f'      previous: "{before}"\n'
        f"    timeout: 2h\n"
    )
