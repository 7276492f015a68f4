"""Tests of slyflow.catalog.pinning."""

from dataclasses import replace

import pytest

from slyflow.catalog.pinning import changed, unpinned
from slyflow.model.interface import App
from slyflow.model.pipeline import AppRef
from slyflow.problem import Span
from tests.catalog.locks import EXPORT, INTERFACE

HERE = Span("p.yaml", 1, 1, 1, 2)
REF = AppRef(slug="me/export", span=HERE)
APP = App("me/export", 7, "v2.0.0", "Export", INTERFACE, config_sha256="c" * 64)


def test_a_version_a_folder_and_a_lock_pin_an_app() -> None:
    assert list(unpinned(replace(REF, version="v1"), None)) == []
    assert list(unpinned(AppRef(path="./x", span=HERE), None)) == []
    assert list(unpinned(REF, EXPORT)) == []


def test_neither_version_nor_lock_is_a_warning() -> None:
    (problem,) = unpinned(REF, None)
    assert (problem.slug, problem.severity) == ("unpinned-app", "warning")
    assert problem.hint == "name a version, or run: slyflow lock p.yaml"


def test_a_branch_is_a_warning_locked_or_not() -> None:
    branch = AppRef(slug="me/export", branch="main", span=HERE)
    for locked in (None, EXPORT):
        (problem,) = unpinned(branch, locked)
        assert "runs from a branch" in problem.message


def test_the_same_app_is_not_changed() -> None:
    assert list(changed(APP, EXPORT, REF)) == []
    assert list(changed(replace(APP, config_sha256=None), EXPORT, REF)) == []


@pytest.mark.parametrize(
    ("app", "told"),
    [
        (
            replace(APP, config_sha256="d" * 64),
            "its config has the SHA-256 dddddddddddd…, locked is cccccccccccc…",
        ),
        (
            replace(APP, archive_sha256="e" * 64),
            "its code has the SHA-256 eeeeeeeeeeee…, locked is aaaaaaaaaaaa…",
        ),
        (replace(APP, slug="me/else"), 'the instance has "me/else" under module id 7'),
    ],
)
def test_another_app_than_the_locked_one_is_an_error(app: App, told: str) -> None:
    (problem,) = changed(app, replace(EXPORT, archive_sha256="a" * 64), REF)
    assert (problem.slug, problem.severity) == ("lock-changed", "error")
    assert problem.message == f'app "me/export@v2.0.0" is not what the lock says: {told}'
    assert problem.hint == "see `slyflow outdated`; take it as it is now: slyflow lock p.yaml"
