"""The runs in a home: their ids, their folders, and how long steps took before."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from types import MappingProxyType

from slyflow.engine.journal import read
from slyflow.engine.journalfile import FILE
from slyflow.errors import StoreError, UsageError
from slyflow.model.event import Recorded, RunCreated, StepEnded, StepStarted
from slyflow.model.run import StepStatus
from slyflow.text import did_you_mean

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_RUN_ID = re.compile(rf"[0-9]{{8}}-[0-9]{{6}}-[{_DIGITS}]{{4}}")
STOP_FILE = "stop"
# Older runs than that say little about how long a step takes today.
HISTORY = 5


def new_run_id(now: datetime, random: Random) -> str:
    """Return an id that sorts by time: `20261124-061500-k3f9`."""
    return f"{now:%Y%m%d-%H%M%S}-{''.join(random.choice(_DIGITS) for _ in range(4))}"


def began_at(run_id: str) -> datetime | None:
    """Return when the run with this id began, to the second; None when it is no run's id."""
    if not _RUN_ID.fullmatch(run_id):
        return None
    try:
        return datetime.strptime(run_id[:15] + "+0000", "%Y%m%d-%H%M%S%z")
    except ValueError:
        return None


def runs_folder(home: Path) -> Path:
    """Return the folder that holds a folder for each run."""
    return home / "runs"


def all_runs(home: Path) -> list[Path]:
    """Return the folders of all runs, the newest last."""
    folder = runs_folder(home)
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if (path / FILE).is_file())


def has_begun(folder: Path) -> bool:
    """Say whether a run has an event: one that was killed while its instance started has none.

    A journal that cannot be read counts as one that has: whoever reads it is told what is wrong with it.
    """
    try:
        return bool(read(folder, RunCreated))
    except StoreError:
        return True


def find_run(home: Path, name: str) -> Path:
    """Return the folder of the run with this id (or its unique beginning or end), or the `last` that began.

    UsageError when there is none, or more than one.
    """
    if "/" in name or name in ("", ".", ".."):
        raise UsageError(
            f'"{name}" is no id of a run', hint="see slyflow runs; another home is chosen with --home"
        )
    runs = all_runs(home)
    if name == "last" and runs:
        return next((folder for folder in reversed(runs) if has_begun(folder)), runs[-1])
    found = [path for path in runs if path.name == name]
    found = found or [path for path in runs if path.name.startswith(name) or path.name.endswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(path.name for path in found[:5])
        raise UsageError(f'"{name}" means more than one run: {ids}')
    known = [path.name for path in runs]
    raise UsageError(
        f'there is no run "{name}" in {home}{did_you_mean(name, known)}', hint="see slyflow runs"
    )


def durations(
    home: Path, pipeline: str, known: Mapping[Path, Sequence[Recorded]] = MappingProxyType({})
) -> dict[str, float]:
    """Return the seconds each step took in the newest run of this pipeline in which any succeeded.

    `known` are the events of journals that need not be read again, by the run's folder.
    """
    for folder in reversed(all_runs(home)[-HISTORY:]):
        try:
            recorded = known.get(folder) or read(folder, RunCreated, StepStarted, StepEnded)
        except StoreError:
            continue  # A damaged old run must not stop a new one.
        created = recorded[0].event if recorded else None
        if isinstance(created, RunCreated) and created.pipeline == pipeline:
            lengths = dict(_lengths(recorded))
            if lengths:
                return lengths
    return {}


def _lengths(recorded: Sequence[Recorded]) -> Iterator[tuple[str, float]]:
    started: dict[str, datetime] = {}
    for entry in recorded:
        if isinstance(entry.event, StepStarted):
            started[entry.event.step] = datetime.fromisoformat(entry.at)
        elif isinstance(entry.event, StepEnded) and entry.event.result.status is StepStatus.SUCCEEDED:
            begun = started.get(entry.event.step)
            if begun is not None:
                ended = datetime.fromisoformat(entry.at)
                yield entry.event.step, (ended - begun).total_seconds()
