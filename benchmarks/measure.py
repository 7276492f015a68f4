"""Shared measuring: the commands, small apps to launch, and a table of results."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SLYFLOW = [sys.executable, "-m", "slyflow"]


@dataclass(frozen=True, slots=True)
class Result:
    """One measured figure beside the limit it is held to; `unit` is of both."""

    name: str
    figure: float
    limit: float
    unit: str
    detail: str

    @property
    def is_met(self) -> bool:
        return self.figure <= self.limit

    def __str__(self) -> str:
        verdict = "ok  " if self.is_met else "MISS"
        return f"{verdict} {self.name}: {self.figure:.2f} {self.unit} (limit {self.limit:g}) — {self.detail}"


def environment(home: Path, **settings: str) -> dict[str, str]:
    """Return an environment in which slyflow uses `home` and no account."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SLYFLOW_")}
    # Without compiled files every start would compile the whole house again, as nobody's does.
    for name in ("SERVER_ADDRESS", "API_TOKEN", "PYTHONDONTWRITEBYTECODE"):
        kept.pop(name, None)
    return {
        **kept,
        "HOME": str(home),
        "SLYFLOW_HOME": str(home / "slyflow"),
        "PYTHONPATH": str(ROOT),
        **settings,
    }


def seconds(command: Sequence[str], env: Mapping[str, str], cwd: Path = ROOT) -> float:
    """Run a command that must succeed and return its wall time."""
    begun = time.perf_counter()
    done = subprocess.run(command, env=env, cwd=cwd, capture_output=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr.decode()}")
    return time.perf_counter() - begun


def paired_medians(
    first: Sequence[str], second: Sequence[str], env: Mapping[str, str], times: int
) -> tuple[float, float]:
    """Run two commands in turn, so that the machine's mood touches both alike, and return their medians."""
    pairs = [(seconds(first, env), seconds(second, env)) for _ in range(times)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def write_app(folder: Path, code: str, defaults: Mapping[str, object]) -> Path:
    """Write a headless app of one file."""
    folder.mkdir(parents=True)
    config = {
        "name": folder.name,
        "type": "app",
        "version": "2.0.0",
        "categories": ["system"],
        "description": "an app for measuring",
        "headless": True,
        "main_script": "main.py",
        "modal_template_state": dict(defaults),
    }
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "main.py").write_text(code)
    return folder
