"""What a change of a lock would make runs launch without any release that says so: to be told in review."""

from collections.abc import Iterator

from slyflow.catalog.lock import Lock, LockedApp
from slyflow.catalog.locktext import lock_text
from slyflow.problem import Problem, Span


def doubts(before: Lock, now: Lock) -> Iterator[Problem]:
    """Yield a problem, placed in `now` as slyflow writes it, for each app that is not what its entry was.

    A new release is no doubt: whoever reads the change sees that, and the instance knows its hashes.
    """
    lines = lock_text(now).splitlines()
    places = [number for number, line in enumerate(lines, 1) if line.startswith("  ") and line[2] != " "]
    if now.instance != before.instance and before.apps:
        number = next(number for number, line in enumerate(lines, 1) if line.startswith("instance:"))
        yield _doubt(now, lines, number, f"the lock was of {before.instance}, and is of {now.instance}")
    for asked, number in zip(sorted(now.apps), places, strict=True):
        told = _doubtful(before.apps.get(asked), now.apps[asked])
        if told is not None:
            yield _doubt(now, lines, number, f"{asked} {told}")


def _doubtful(before: LockedApp | None, now: LockedApp) -> str | None:
    """Say in words what is doubtful about an app, None where nothing is."""
    if now.is_branch and (before is None or not before.is_branch):
        return f"runs from the branch {now.release}, whose code may change at any time"
    if before is None or before.release != now.release:
        return None
    if (before.slug, before.module_id) != (now.slug, now.module_id):
        return f"is another app now: {now.slug}, module {now.module_id}"
    if before.config_sha256 != now.config_sha256:
        return f"has another config under the same release, {now.release}"
    return _with_other_code(before, now)


def _with_other_code(before: LockedApp, now: LockedApp) -> str | None:
    if before.archive_sha256 is None or before.archive_sha256 == now.archive_sha256:
        return None
    return f"has other code under the same release, {now.release}"


def _doubt(lock: Lock, lines: list[str], number: int, message: str) -> Problem:
    line = lines[number - 1]
    start = len(line) - len(line.lstrip()) + 1
    span = Span(lock.path, number, start, number, len(line) + 1)
    hint = "ask whoever changed it; `slyflow lock --check --online` compares it with the instance"
    return Problem(span, message, "lock-doubtful", hint=hint)
