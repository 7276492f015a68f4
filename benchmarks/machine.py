"""On what and of what figures were measured: the machine without its name, the versions, slyflow's commit."""

import os
import platform
import subprocess
from datetime import datetime
from pathlib import Path

from benchmarks.measure import ROOT
from slyflow import __version__


def described(now: datetime) -> str:
    """Return one sentence about the machine and one about what was measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return (
        f"Measured on {now:%Y-%m-%d} with slyflow {__version__}{_commit()} on {os.cpu_count()} cores "
        f"({_processor()}), {memory:.0f} GiB of memory, {platform.system()} {platform.release()}, {python}. "
        f"The load average was {os.getloadavg()[0]:.1f} at the beginning."
    )


def _processor() -> str:
    """Return what the processor calls itself, else its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _commit() -> str:
    """Return the commit that is checked out, and whether files differ from it; nothing outside a checkout."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--exclude=*", "--dirty=, with changes"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return ""
    return f" ({done.stdout.strip()})" if done.returncode == 0 else ""
