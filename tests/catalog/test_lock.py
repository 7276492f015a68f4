"""Tests of slyflow.catalog.lock."""

from dataclasses import replace

import pytest

from slyflow.catalog.lock import asked_for, how_asked, references
from slyflow.model.pipeline import AppRef
from slyflow.problem import Span
from slyflow.syntax.load import load_source
from tests.catalog.locks import EXPORT, LOCK, TRAIN

HERE = Span("p.yaml", 1, 1, 1, 2)


@pytest.mark.parametrize(
    ("ref", "asked", "how"),
    [
        (AppRef(slug="a/b", span=HERE), "a/b", "newest"),
        (AppRef(slug="a/b", version="v1", span=HERE), "a/b@v1", "version"),
        (AppRef(slug="a/b", branch="main", span=HERE), "a/b#main", "branch"),
        (AppRef(module_id=5, span=HERE), "module 5", "newest"),
        (AppRef(module_id=5, version="v1", span=HERE), "module 5@v1", "version"),
        (AppRef(name="A@v1", span=HERE), 'name "A@v1"', "newest"),
        (AppRef(name="A", version="v1", span=HERE), 'name "A"@v1', "version"),
    ],
)
def test_what_is_asked_for_is_one_line(ref: AppRef, asked: str, how: str) -> None:
    assert (asked_for(ref), how_asked(ref)) == (asked, how)


def test_a_folder_is_not_locked() -> None:
    assert asked_for(AppRef(path="./apps/x", span=HERE)) is None


def test_a_locked_app_is_named_by_its_module_or_by_its_slug() -> None:
    assert EXPORT.reference(HERE) == AppRef(module_id=7, version="v2.0.0", span=HERE)
    assert replace(EXPORT, module_id=None).reference(HERE) == AppRef(
        slug="me/export", version="v2.0.0", span=HERE
    )
    branch = replace(TRAIN, asked="branch", release="main")
    assert branch.reference(HERE) == AppRef(module_id=8, branch="main", span=HERE)


def test_a_pipeline_asks_for_each_app_once_with_all_places() -> None:
    source = (
        "slyflow: 1\nsteps:\n  a: {app: me/x}\n  b: {app: {path: ./y}}\n  c: {values: {n: 1}}\n"
        "finally:\n  d: {app: me/x}\n  e: {app: me/x@v1}\n"
    )
    pipeline = load_source(source, "p.yaml", {}).pipeline
    assert pipeline is not None
    found = references(pipeline)
    assert {asked: [ref.span.line for ref in refs] for asked, refs in found.items()} == {
        "me/x": [3, 7],
        "me/x@v1": [8],
    }


def test_a_lock_knows_the_pipelines_it_is_for() -> None:
    assert LOCK.pipelines == {"a.yaml", "sub/b.yaml"}
