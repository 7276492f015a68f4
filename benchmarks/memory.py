"""Resident memory of `slyflow run` while 200 sessions are in flight."""

import subprocess
import time
from pathlib import Path

from benchmarks.measure import SLYFLOW, Result, environment, write_app
from slyflow.engine.journal import read
from slyflow.engine.runs import all_runs
from slyflow.model.event import LaunchAccepted

SESSIONS = 200
_APP = "import time\ntime.sleep(600)\n"


def run(scratch: Path) -> list[Result]:
    """Wait until all are accepted, let things settle, and read VmRSS."""
    write_app(scratch / "sleeper", _APP, {})
    steps = "".join(f"  s{number}: {{app: {{path: ./sleeper}}}}\n" for number in range(SESSIONS))
    (scratch / "many.yaml").write_text(f"slyflow: 1\nsteps:\n{steps}")
    env = environment(scratch, SLYFLOW_SLOTS=str(SESSIONS))
    command = [*SLYFLOW, "run", "many.yaml", "--max-sessions", str(SESSIONS)]
    process = subprocess.Popen(
        command, env=env, cwd=scratch, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        deadline = time.monotonic() + 120
        while _accepted(scratch) < SESSIONS:
            if time.monotonic() > deadline or process.poll() is not None:
                raise SystemExit("not all sessions were accepted in time")
            time.sleep(0.5)
        time.sleep(5.0)
        resident = _resident_mb(process.pid)
    finally:
        process.kill()
        process.communicate()
    return [Result(f"resident with {SESSIONS} sessions in flight", resident, 120.0, "MB", "VmRSS")]


def _accepted(scratch: Path) -> int:
    runs = all_runs(scratch / "slyflow")
    return sum(isinstance(entry.event, LaunchAccepted) for entry in read(runs[-1])) if runs else 0


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
