"""Without a lock an app needs a version; with one, the lock's own check tells of apps it lacks."""

from pathlib import Path

import pytest

from slyflow.catalog.locktext import lock_text
from tests.catalog.locks import LOCK
from tests.lint.told import told


@pytest.mark.parametrize(
    ("app", "is_told"),
    [
        ("a/b", True),
        ("{slug: a/b, branch: main}", True),
        ("{module_id: 5}", True),
        ("{name: B}", True),
        ("a/b@v1", False),
        ("{module_id: 5, version: v1}", False),
        ("{path: ./apps/b}", False),
    ],
)
def test_an_app_that_may_change_is_told(app: str, tmp_path: Path, *, is_told: bool) -> None:
    (tmp_path / "apps" / "b").mkdir(parents=True)
    (tmp_path / "apps" / "b" / "config.json").write_text('{"headless": true}')
    found = told(tmp_path, f"steps:\n  a: {{app: {app}}}\n")
    assert found == ([(3, "unpinned-app")] if is_told else [])


def test_what_is_locked_is_pinned(tmp_path: Path) -> None:
    steps = "steps:\n  a: {app: me/export, target: {project: 1}}\n"
    assert told(tmp_path, steps) == [(3, "unpinned-app")]
    (tmp_path / "slyflow.lock").write_text(lock_text(LOCK))
    assert "unpinned-app" not in {slug for _, slug in told(tmp_path, steps)}
    assert [slug for _, slug in told(tmp_path, "steps:\n  a: {app: not/locked}\n")] == ["lock-incomplete"]
