"""What a lock must hold for pipelines: kept where it is locked already, looked up where it is not."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from slyflow.catalog.lock import Lock, LockedApp
from slyflow.model.pipeline import AppRef
from slyflow.record import record

LookUp = Callable[[AppRef, str | None], LockedApp]
"""Asks an instance for an app, at a release where the reference leaves that open and one is given."""


@record(frozen=True)
class Wanted:
    """A pipeline file, named as in the lock, and what it asks for (`lock.asked_for`)."""

    name: str
    references: Mapping[str, AppRef]


def relocked(
    lock: Lock | None, wanted: Sequence[Wanted], exists: Callable[[str], bool], look_up: LookUp
) -> dict[str, LockedApp]:
    """Return the apps of the lock that these pipelines want, and of others as far as their files exist.

    Each app is looked up as it is now; one that is asked for without a version stays at its release.
    """
    before = {} if lock is None else lock.apps
    kept = {asked: names for asked, app in before.items() if (names := _other_pipelines(app, wanted, exists))}
    apps: dict[str, LockedApp] = {asked: before[asked] for asked in kept}
    for asked, ref in _references(wanted).items():
        known = before.get(asked)
        apps[asked] = look_up(ref, known.release if known and known.asked == "newest" else None)
    return {
        asked: replace(app, pipelines=tuple(sorted({*kept.get(asked, ()), *_askers(asked, wanted)})))
        for asked, app in sorted(apps.items())
    }


def stale(lock: Lock, wanted: Sequence[Wanted], exists: Callable[[str], bool]) -> Iterator[str]:
    """Yield a line for everything in which the lock is not what these pipelines want, offline."""
    for one in wanted:
        for asked in sorted(one.references):
            if asked not in lock.apps or one.name not in lock.apps[asked].pipelines:
                yield f"{asked} is not locked for {one.name}"
    given = {one.name: one.references for one in wanted}
    for asked, app in sorted(lock.apps.items()):
        for name in app.pipelines:
            if name in given and asked not in given[name]:
                yield f"{asked} is locked for {name}, which no longer asks for it"
            elif name not in given and not exists(name):
                yield f"{asked} is locked for {name}, which is gone"


def _references(wanted: Sequence[Wanted]) -> dict[str, AppRef]:
    return {asked: ref for one in wanted for asked, ref in one.references.items()}


def _askers(asked: str, wanted: Sequence[Wanted]) -> Iterator[str]:
    return (one.name for one in wanted if asked in one.references)


def _other_pipelines(
    app: LockedApp, wanted: Sequence[Wanted], exists: Callable[[str], bool]
) -> Sequence[str]:
    """Return the pipelines that an app is locked for, but for those that are looked at now."""
    given = {one.name for one in wanted}
    return [name for name in app.pipelines if name not in given and exists(name)]
