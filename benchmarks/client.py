"""One call from a cold process, through slyflow's client and through the official SDK."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from benchmarks.measure import ROOT, Result, Skipped, environment, write_app
from slyflow.client import Instance
from slyflow.instance.process import ensure

PAIRS = 7
_PEAK = "\nimport resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
OURS = (
    "import os\n"
    "from slyflow.client import Instance\n"
    "with Instance.from_environment(os.environ) as instance:\n"
    "    assert len(instance.ecosystem.modules()) == 1\n"
) + _PEAK
THEIRS = (
    "import os\n"
    "import supervisely as sly\n"
    "api = sly.Api(os.environ['SERVER_ADDRESS'], os.environ['API_TOKEN'])\n"
    "assert len(api.app.get_list_ecosystem_modules()) == 1\n"
) + _PEAK


def run(scratch: Path) -> Sequence[Result | Skipped]:
    """Measure pairs of processes where the SDK is installed."""
    python = _python_with_sdk()
    if python is None:
        reason = "the official SDK is not installed; `make conformance` installs it"
        return [Skipped("the client beside the official SDK", reason)]
    write_app(scratch / "app", "", {})
    with ensure(scratch / "instance", slots=1) as running:
        with Instance(running.url, running.token) as instance:
            instance.transport.call("embedded.apps.add", {"path": str(scratch / "app")})
        env = environment(
            scratch,
            SERVER_ADDRESS=running.url,
            API_TOKEN=running.token.reveal(),
            SUPERVISELY_SKIP_HTTPS_USER_HELPER_CHECK="1",
        )
        pairs = [(_cold(python, OURS, env), _cold(python, THEIRS, env)) for _ in range(PAIRS)]
    (our_time, our_memory), (their_time, their_memory) = (
        [statistics.median(values) for values in zip(*side, strict=True)] for side in zip(*pairs, strict=True)
    )
    return [
        Result(
            "client, one cold call",
            our_time / their_time,
            1 / 8,
            "x the SDK's time",
            f"{our_time * 1000:.0f} ms against {their_time * 1000:.0f} ms",
        ),
        Result(
            "client, peak memory of it",
            our_memory / their_memory,
            1 / 5,
            "x the SDK's memory",
            f"{our_memory / 1024:.0f} MB against {their_memory / 1024:.0f} MB",
        ),
    ]


def _python_with_sdk() -> Path | None:
    """Return the interpreter that has the SDK: this one, or that of `make conformance`."""
    if find_spec("supervisely") is not None:
        return Path(sys.executable)
    python = ROOT / ".venv-sdk" / "bin" / "python"
    return python if python.exists() else None


def _cold(python: Path, code: str, env: Mapping[str, str]) -> tuple[float, float]:
    """Return the wall time in seconds and the peak memory in KiB of a process that must succeed."""
    begun = time.perf_counter()
    done = subprocess.run(
        [os.fspath(python), "-c", code], env=env, cwd=ROOT, capture_output=True, text=True, check=False
    )
    taken = time.perf_counter() - begun
    if done.returncode != 0:
        raise SystemExit(f"{code}\nfailed:\n{done.stderr}")
    return taken, float(done.stdout.split()[-1])
