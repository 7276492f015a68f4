"""Shared measuring: commands run in turn, what they took, the limits held against that, small apps."""

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
FEW = 2
"""Rounds of what takes many seconds."""
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


@dataclass(frozen=True, slots=True)
class Skipped:
    """What was not measured, and why."""

    name: str
    reason: str

    def __str__(self) -> str:
        return f"skip {self.name}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process took: seconds on the wall and of the CPU, and MiB at its peak."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True, slots=True)
class Contender:
    """A command that takes part in a comparison, as a table names it."""

    name: str
    command: Sequence[str]
    rounds: int


@dataclass(frozen=True, slots=True)
class Row:
    """What a contender took in each round."""

    name: str
    rounds: tuple[Usage, ...]

    @property
    def median(self) -> Usage:
        return Usage(
            statistics.median(one.wall for one in self.rounds),
            statistics.median(one.cpu for one in self.rounds),
            statistics.median(one.memory for one in self.rounds),
        )

    def times(self, other: "Row") -> Usage:
        """Return how many times what `other` took: the median over the rounds in which both took part."""
        pairs = list(zip(self.rounds, other.rounds, strict=False))
        return Usage(
            statistics.median(one.wall / base.wall for one, base in pairs),
            statistics.median(one.cpu / base.cpu for one, base in pairs),
            statistics.median(one.memory / base.memory for one, base in pairs),
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """What several commands took for work that `work` says; the first row is what all are held against."""

    title: str
    work: str
    rows: tuple[Row, ...]
    results: tuple[Result, ...]

    def __str__(self) -> str:
        base, lines = self.rows[0], [f"     {self.title}"]
        for row in self.rows:
            took, times = row.median, row.times(base)
            lines.append(
                f"     {row.name:40} {took.wall * 1000:9.1f} ms {took.cpu * 1000:9.1f} ms of CPU"
                f" {took.memory:7.0f} MiB {times.wall:8.2f} x"
            )
        return "\n".join([*lines, *map(str, self.results)])


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


# A process's peak of memory begins with what the one that starts it holds, so this one holds almost nothing.
_START = """
import os, sys, time
report, command = int(sys.argv[1]), sys.argv[2:]
os.set_inheritable(report, False)
begun = time.perf_counter()
_, status, used = os.wait4(os.posix_spawnp(command[0], command, os.environ), 0)
wall = time.perf_counter() - begun
os.write(report, f"{wall} {used.ru_utime + used.ru_stime} {used.ru_maxrss / 1024}".encode())
sys.exit(os.waitstatus_to_exitcode(status))
"""


def usage(command: Sequence[str], env: Mapping[str, str], cwd: Path = ROOT) -> Usage:
    """Run a command that must succeed and return what it took, with all that it started and waited for."""
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as report:
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-S", "-c", _START, str(writer), *command],
                env=env,
                cwd=cwd,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=[writer],
                check=False,
            )
        finally:
            os.close(writer)
        told = report.read().split()
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)[:500]} failed:\n{done.stdout.decode()}")
    return Usage(*map(float, told))


def in_turn(contenders: Sequence[Contender], env: Mapping[str, str], cwd: Path = ROOT) -> list[Row]:
    """Run all contenders in turn, so that the machine's mood touches all, the quick ones once more before.

    A contender of fewer rounds than others takes part in the first ones. Of one that takes many seconds, and
    therefore few rounds, the start from a cold disk is no part worth a further run.
    """
    for contender in contenders:
        if contender.rounds > FEW:
            usage(contender.command, env, cwd)
    taken: list[list[Usage]] = [[] for _ in contenders]
    for number in range(max(contender.rounds for contender in contenders)):
        for contender, usages in zip(contenders, taken, strict=True):
            if number < contender.rounds:
                usages.append(usage(contender.command, env, cwd))
    return [Row(one.name, tuple(usages)) for one, usages in zip(contenders, taken, strict=True)]


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


Measured = Result | Comparison | Skipped
