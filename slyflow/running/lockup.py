"""Looks apps up on an instance as they are now, for a lock to keep."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from slyflow.catalog.config import fingerprint, read_description
from slyflow.catalog.freezing import thawed
from slyflow.catalog.lock import LockedApp, how_asked
from slyflow.catalog.module import Module
from slyflow.errors import BadReply, NotFound
from slyflow.model.pipeline import AppRef
from slyflow.model.value import Json
from slyflow.problem import Span
from slyflow.record import record

if TYPE_CHECKING:
    from slyflow.client.instance import Instance

_NOWHERE = Span("the lock", 1, 1, 1, 1)


def look_up(instance: "Instance", ref: AppRef, release: str | None) -> LockedApp:
    """Return the app that is asked for, at `release` where the reference leaves it open and one is given.

    NotFound when there is no such app or version, UsageError when a name fits several.
    """
    ecosystem = instance.ecosystem
    which: int | str
    if ref.slug is not None:
        which = ref.slug
    elif ref.module_id is not None:
        which = ref.module_id
    else:
        which = ecosystem.named(ref.name or "").id
    if ref.branch is not None:
        return _locked(ecosystem.module(which, version=ref.branch), ref, ref.branch, instance)
    module = ecosystem.released(which, ref.version or release)
    return _locked(module, ref, module.version or "", instance)


def _locked(module: Module, ref: AppRef, release: str, instance: "Instance") -> LockedApp:
    if not module.slug:
        raise BadReply(f"ecosystem.info: the module {module.id} has no slug")
    # As a lock is read: what is equal must be found to be.
    declared = cast("Mapping[str, Json] | None", thawed(module.interface.arguments))
    return LockedApp(
        module.slug,
        how_asked(ref),
        release,
        module.name or module.slug,
        replace(module.interface, arguments=declared),
        fingerprint(module.config),
        module_id=None if instance.embedded else module.id,
        archive_sha256=module.archive_sha256,
        description=read_description(module.config),
    )


@record(frozen=True)
class Offer:
    """What an instance offers of a locked app: its newest release, and the newest that fits what is asked.

    Both are None when it no longer has the app, or no release of it. `note` says, in a few words, in what
    the app is no longer what was locked, and is empty when it still is.
    """

    newest: str | None
    fitting: str | None
    note: str = ""


def offered(instance: "Instance", app: LockedApp) -> Offer:
    """Return what the instance offers of a locked app now."""
    which = app.slug if app.module_id is None else app.module_id
    try:
        module = instance.ecosystem.module(which)
    except NotFound:
        return Offer(None, None, "the instance no longer has it")
    latest = module.latest_release
    newest = None if latest is None else latest.version
    fitting = newest if app.asked == "newest" else app.release
    try:
        now = look_up(instance, app.reference(_NOWHERE), None)
    except NotFound:
        return Offer(newest, newest if app.asked == "newest" else None, f"{app.release} is gone")
    return Offer(newest, fitting, _note(app, now))


def _note(app: LockedApp, now: LockedApp) -> str:
    if now.slug != app.slug:
        return f"it is {now.slug} now"
    if now.config_sha256 != app.config_sha256:
        return "its config changed"
    return "" if now.archive_sha256 == app.archive_sha256 else "its code changed"


def at_release(instance: "Instance", app: LockedApp, release: str | None) -> LockedApp:
    """Return a locked app at another release, the newest for None, or its branch as it is now.

    NotFound when there is no such release.
    """
    ref = app.reference(_NOWHERE)
    return look_up(instance, ref if app.is_branch else replace(ref, version=release), None)
