"""Locks in the hands of commands: found, read, compared with what they would become, and written."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from slyflow.catalog.difference import changes
from slyflow.catalog.lock import Lock, LockedApp, references
from slyflow.catalog.lockfile import FILE, lock_place, named, read, shown
from slyflow.catalog.locktext import lock_text
from slyflow.catalog.relock import Wanted
from slyflow.cli.context import Context
from slyflow.cli.writing import write_new
from slyflow.errors import UsageError
from slyflow.graph.checked import count, problems_of
from slyflow.model.value import Json
from slyflow.problem import Problem, has_errors
from slyflow.report.line import Line, Part, Style
from slyflow.repository import nearest

_STYLES: Mapping[str, Style] = {"+": "good", "-": "bad", "~": "warn"}


def place_of(files: Sequence[str], context: Context) -> str:
    """Return where the lock of these pipeline files lies or belongs; UsageError when they have several."""
    places = sorted({lock_place(file, context.folder) for file in files})
    if len(places) > 1:
        told = " and ".join(shown(place, context.folder) for place in places[:2])
        raise UsageError(f"these files have several locks, {told}", hint="lock those of each one by itself")
    return places[0]


def nearest_lock(context: Context) -> Lock:
    """Return the lock of the working directory; UsageError when there is none, or it is damaged."""
    place = nearest(FILE, os.path.realpath(context.folder))
    lock = None if place is None else read_lock(place, context)
    if lock is None:
        raise UsageError(f"there is no {FILE} here", hint="write one with `slyflow lock FILE…`")
    return lock


def read_lock(place: str, context: Context) -> Lock | None:
    """Return the lock at a place, None when there is none; UsageError when it is damaged."""
    if not os.path.lexists(place):
        return None
    found = read(place, context.folder)
    if isinstance(found, Problem):
        span = found.span
        raise UsageError(f"{span.file}:{span.line}:{span.column}: {found.text}", hint=found.hint)
    return found


def wanted(files: Sequence[str], place: str, context: Context) -> list[Wanted]:
    """Return what pipeline files ask for; UsageError, their problems printed, when any has an error."""
    found: list[Wanted] = []
    for file in dict.fromkeys(files):
        loaded, _, problems = problems_of(file)
        if loaded.pipeline is None or has_errors(problems):
            context.console.problems(problems, loaded)
            raise UsageError(f"{file}: {count(problems)}")
        asked = {asked: refs[0] for asked, refs in references(loaded.pipeline).items()}
        found.append(Wanted(named(file, place, context.folder), asked))
    return found


def is_written(lock: Lock, place: str) -> bool:
    """Say whether the file at a place is just what would be written of this lock."""
    path = Path(place)
    return path.is_file() and path.read_bytes() == lock_text(lock).encode()


def write(lock: Lock, place: str) -> bool:
    """Write a lock in one step, and say whether anything changed; an equal file stays as it is."""
    if is_written(lock, place):
        return False
    write_new(Path(place), lock_text(lock), force=True)
    return True


def differences(before: Mapping[str, LockedApp], now: Mapping[str, LockedApp]) -> list[Line]:
    """Return for a person what is new, gone and another among the apps."""
    lines: list[Line] = []
    for asked in sorted({*before, *now}):
        if asked not in before:
            lines.append((Part("  + ", "good"), f"{asked}  {now[asked].release}"))
        elif asked not in now:
            lines.append((Part("  - ", "bad"), f"{asked}  {before[asked].release}"))
        elif before[asked] != now[asked]:
            lines += changed(asked, before[asked], now[asked])
    return lines


def changed(asked: str, before: LockedApp, now: LockedApp) -> list[Line]:
    """Return for a person how one app differs."""
    release = before.release if before.release == now.release else f"{before.release} → {now.release}"
    lines: list[Line] = [(Part("  ~ ", "warn"), f"{asked}  {release}{_unseen(before, now)}")]
    return lines + interface_changes(before, now)


def interface_changes(before: LockedApp, now: LockedApp) -> list[Line]:
    """Return for a person what the app takes more, less and otherwise."""
    return [
        ("      ", Part(change.sign, _STYLES[change.sign]), f" {change.text}")
        for change in changes(before, now)
    ]


def _unseen(before: LockedApp, now: LockedApp) -> str:
    """Say what changed that is no part of the interface."""
    if before.pipelines != now.pipelines:
        return f"  for {', '.join(now.pipelines)}"
    if before.release != now.release or changes(before, now):
        return ""
    if before.config_sha256 != now.config_sha256:
        return "  its config changed"
    return "  its code changed" if before.archive_sha256 != now.archive_sha256 else "  told otherwise"


def row(asked: str, app: LockedApp) -> dict[str, Json]:
    """Return a locked app as an item of a JSON document."""
    return {
        "app": asked,
        "slug": app.slug,
        "release": app.release,
        "is_branch": app.is_branch,
        "module_id": app.module_id,
        "config_sha256": app.config_sha256,
        "archive_sha256": app.archive_sha256,
        "pipelines": list(app.pipelines),
    }
