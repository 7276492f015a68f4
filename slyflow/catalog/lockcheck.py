"""Holds a pipeline against a lock: each app it asks for must be locked, and be what the steps take it for."""

from collections.abc import Collection, Iterable, Iterator

from slyflow.catalog.check import check_app_step
from slyflow.catalog.lock import EMBEDDED, Lock, asked_for
from slyflow.code import Slug
from slyflow.model.pipeline import AppAction, AppRef, Step
from slyflow.problem import Problem
from slyflow.text import suggest


def check_against_lock(steps: Iterable[Step], lock: Lock, name: str) -> Iterator[Problem]:
    """Yield what is wrong with the steps of a pipeline, which is called `name` in the lock.

    An app that is not locked is an error where the lock is for this pipeline too, else a warning.
    """
    version = None if lock.instance == EMBEDDED else lock.instance_version
    slug: Slug = "not-locked" if name in lock.pipelines else "lock-incomplete"
    for step in steps:
        asked = asked_for(step.action.app) if isinstance(step.action, AppAction) else None
        if asked is None or not isinstance(step.action, AppAction):
            continue
        if asked in lock.apps:
            yield from check_app_step(step, lock.apps[asked], version)
        else:
            yield _not_locked(step.action.app, asked, lock, slug)


def _not_locked(ref: AppRef, asked: str, lock: Lock, slug: Slug) -> Problem:
    what, tag = _split(asked)
    locked: dict[str, list[str]] = {}
    for other in lock.apps:
        locked.setdefault(_split(other)[0], []).append(other)
    if what in locked:
        message = f'app "{what}" is not locked {tag}; {lock.path} has {", ".join(sorted(locked[what]))}'
    else:
        message = f'app "{what}" is not in {lock.path}'
    hint = f"if it is right, run: slyflow lock {ref.span.file}"
    return Problem(ref.span, message, slug, hint=hint, suggestion=_meant(asked, what, locked, lock))


def _meant(asked: str, what: str, locked: Collection[str], lock: Lock) -> str | None:
    """Return what may have been meant, whole as it would stand in the file."""
    if what in locked:
        return suggest(asked, [other for other in lock.apps if _split(other)[0] == what])
    nearest = suggest(what, locked)
    if nearest is None:
        return None
    same = [other for other in lock.apps if _split(other)[0] == nearest]
    return asked.replace(what, nearest, 1) if asked.replace(what, nearest, 1) in same else min(same)


def _split(asked: str) -> tuple[str, str]:
    """Return what is asked for, and in words at which version; neither sign is in a slug."""
    end = asked.rfind('"') + 1
    for sign, words in (("@", "at"), ("#", "at branch")):
        place = asked.find(sign, end)
        if place >= 0:
            return asked[:place], f"{words} {asked[place + 1 :]}"
    return asked, "without a version"
