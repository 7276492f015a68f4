"""Whether it is certain which app a run launches: pinned by its version or the lock, and still the same."""

from collections.abc import Iterator

from slyflow.catalog.lock import EMBEDDED, Lock, LockedApp
from slyflow.errors import UsageError
from slyflow.model.instance import Instance
from slyflow.model.interface import App
from slyflow.model.pipeline import AppRef
from slyflow.problem import Problem

_SHORT = 12


def same_instance(lock: Lock, instance: Instance) -> None:
    """UsageError when the lock is of another instance: what is locked says nothing of this one."""
    address = address_of(instance)
    if lock.instance != address:
        raise UsageError(
            f"{lock.path} is of {_named(lock.instance)}, and this is {_named(address)}",
            hint=f"use that instance, or remove {lock.path} and lock for this one",
        )


def address_of(instance: Instance) -> str:
    """Return what a lock calls an instance."""
    return instance.url if instance.tracing is None else EMBEDDED


def _named(address: str) -> str:
    return "the embedded instance" if address == EMBEDDED else address


def unpinned(ref: AppRef, locked: LockedApp | None) -> Iterator[Problem]:
    """Warn of a branch, and of an app that has neither a version nor a lock: they may change at any time."""
    if ref.path is not None:
        return
    if ref.branch is not None:
        message = f'app "{ref}" runs from a branch, whose code may change at any time'
        yield Problem(ref.span, message, "unpinned-app", hint="name a release")
    elif ref.version is None and locked is None:
        message = f'app "{ref}" has no version and is not locked: the newest is taken, whatever it is'
        hint = f"name a version, or run: slyflow lock {ref.span.file}"
        yield Problem(ref.span, message, "unpinned-app", hint=hint)


def changed(app: App, locked: LockedApp, ref: AppRef) -> Iterator[Problem]:
    """Yield an error where the instance's app is not the one that was locked."""
    difference = difference_of(app, locked)
    if difference is not None:
        what = f"{locked.slug}@{locked.release}"
        message = f'app "{what}" is not what the lock says: {difference}'
        hint = f"see `slyflow outdated`; take it as it is now: slyflow lock {ref.span.file}"
        yield Problem(ref.span, message, "lock-changed", hint=hint)


def difference_of(app: App, locked: LockedApp) -> str | None:
    """Return in words how an instance's app differs from the one that was locked, None if it does not."""
    if app.slug != locked.slug:
        return f'the instance has "{app.slug}" under module id {app.module_id}'
    if app.config_sha256 not in (None, locked.config_sha256):
        return _other("config", app.config_sha256, locked.config_sha256)
    if locked.archive_sha256 is not None and app.archive_sha256 not in (None, locked.archive_sha256):
        return _other("code", app.archive_sha256, locked.archive_sha256)
    return None


def _other(what: str, now: str | None, before: str) -> str:
    return f"its {what} has the SHA-256 {(now or '')[:_SHORT]}…, locked is {before[:_SHORT]}…"
