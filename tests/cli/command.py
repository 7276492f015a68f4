"""Runs the real command line in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from slyflow.instance.home import Address, Home, read_address


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


@contextmanager
def serving(home: Path) -> Iterator[Address]:
    """Run `slyflow serve` in this home meanwhile; commands with the same home join it."""
    with subprocess.Popen(
        [sys.executable, "-m", "slyflow", "serve", "--home", str(home)],
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout is not None
        server.stdout.readline()
        try:
            address = read_address(Home(home / "instance"))
            assert address is not None, "it says where it serves only when it does"
            yield address
        finally:
            server.terminate()
            server.communicate(timeout=30)
