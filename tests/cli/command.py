"""Runs the real command line in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


def slyflow(
    *arguments: str, cwd: Path, environ: Mapping[str, str] | None = None, timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    """Return how `slyflow ARGUMENTS` ended in the folder, with what it printed."""
    return subprocess.run(
        [sys.executable, "-m", "slyflow", *arguments],
        cwd=cwd,
        env={**os.environ, **(environ or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
