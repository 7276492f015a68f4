"""Builds slyflow's distributions and installs the wheel as a user would: outside of the checkout."""

import os
import subprocess
import sys
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def _outside() -> Mapping[str, str]:
    """Return an environment in which Python finds nothing of the checkout."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COVERAGE"))}


def _run(*command: str, cwd: Path, timeout: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=cwd,
        env=_outside(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def build(folder: Path) -> None:
    """Build the sdist into the folder, and the wheel from the sdist."""
    done = _run(
        sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT), cwd=folder.parent, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr


@dataclass(frozen=True, slots=True)
class Installed:
    """A virtual environment that holds the wheel and what it depends on, nothing else."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def slyflow(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Return how the installed command ended, with what it printed."""
        return _run(str(self.folder / "bin" / "slyflow"), *arguments, cwd=cwd, timeout=120)

    def evaluate(self, source: str, cwd: Path) -> str:
        """Return what the environment's Python prints of an expression, its modules imported on the way."""
        done = _run(str(self.python), "-c", source, cwd=cwd, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def install(wheel: Path, folder: Path) -> None:
    """Install the wheel by the pip that comes with a new environment."""
    venv.create(folder, with_pip=True)
    done = _run(
        str(Installed(folder).python),
        "-m",
        "pip",
        "install",
        "--quiet",
        str(wheel),
        cwd=folder.parent,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
