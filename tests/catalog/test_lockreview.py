"""Tests of slyflow.catalog.lockreview."""

from dataclasses import replace

import pytest

from slyflow.catalog.lock import Lock, LockedApp
from slyflow.catalog.lockreview import doubts
from slyflow.catalog.locktext import lock_text
from tests.catalog.locks import EXPORT, LOCK, TRAIN


def told(before: Lock, now: Lock) -> list[tuple[str, str]]:
    """Return the line of each doubt, and what it says."""
    lines = lock_text(now).splitlines()
    return [(lines[one.span.line - 1].strip(), one.message) for one in doubts(before, now)]


def with_export(**changes: object) -> Lock:
    app: LockedApp = replace(EXPORT, **changes)  # type: ignore[arg-type]  # the names are those of fields
    return replace(LOCK, apps={"me/export": app, "me/train@v1.0": TRAIN})


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"config_sha256": "d" * 64}, "has another config under the same release, v2.0.0"),
        ({"slug": "evil/export"}, "is another app now: evil/export, module 7"),
        ({"module_id": 9}, "is another app now: me/export, module 9"),
        ({"asked": "branch"}, "runs from the branch v2.0.0, whose code may change at any time"),
    ],
)
def test_s52_what_changed_without_a_release_is_doubtful(changes: dict[str, object], says: str) -> None:
    assert told(LOCK, with_export(**changes)) == [("me/export:", f"me/export {says}")]


def test_s52_other_code_under_one_release_is_doubtful() -> None:
    before, now = (replace(LOCK, apps={"a": replace(EXPORT, archive_sha256=one * 64)}) for one in "ef")
    assert told(before, now) == [("a:", "a has other code under the same release, v2.0.0")]


def test_s52_another_instance_is_doubtful() -> None:
    now = replace(LOCK, instance="https://evil.example")
    says = "the lock was of https://one.example, and is of https://evil.example"
    assert told(LOCK, now) == [('instance: "https://evil.example"', says)]


def test_an_upgrade_a_new_app_and_one_that_is_gone_are_none() -> None:
    assert told(LOCK, LOCK) == []
    assert told(LOCK, with_export(release="v3.0.0", config_sha256="d" * 64)) == []
    assert told(replace(LOCK, apps={"me/train@v1.0": TRAIN}), LOCK) == []
    assert told(LOCK, replace(LOCK, apps={"me/train@v1.0": TRAIN})) == []


def test_a_new_app_from_a_branch_is_doubtful() -> None:
    branch = replace(EXPORT, asked="branch", release="main")
    now = replace(LOCK, apps={"me/export#main": branch, **LOCK.apps})
    says = "me/export#main runs from the branch main, whose code may change at any time"
    assert [message for _, message in told(LOCK, now)] == [says]
