"""Tests of slyflow.catalog.locktext and lockreader: what is written is read, and nothing else is."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.catalog import lockreader
from slyflow.catalog.lock import Lock, LockedApp
from slyflow.catalog.lockreader import read_lock
from slyflow.catalog.locktext import lock_text
from slyflow.model.interface import Interface
from slyflow.model.value import Json
from slyflow.problem import Problem
from slyflow.syntax.document import parse_value
from tests.catalog.locks import EXPORT, LOCK

TEXT = """\
# Written by `slyflow lock` from what the instance said; `slyflow upgrade` changes it. Commit it.
slyflow_lock: 1
instance: "https://one.example"
instance_version: "6.17.8"
apps:
  me/export:
    arguments:
      any: {"type": "any", "default": null}
      count: {"type": "integer", "default": 3}
      deep: {"type": "map", "default": {"a": [1.5, {}]}}
      filter: {"type": "string", "default": "all"}
    asked: "newest"
    config_sha256: "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
    description: "Exports: everything"
    from_ecosystem: false
    headless: true
    min_instance_version: "6.9.0"
    module_id: 7
    name: "Export"
    pipelines: ["a.yaml", "sub/b.yaml"]
    release: "v2.0.0"
    restart_policy: "on_error"
    slug: "me/export"
    targets: ["images_project"]
  me/train@v1.0:
    arguments: null
    asked: "version"
    config_sha256: "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
    description: "Exports: everything"
    from_ecosystem: true
    headless: false
    module_id: 8
    name: "Export"
    pipelines: ["a.yaml"]
    release: "v1.0"
    slug: "me/train"
    targets: []
"""
# Whatever a server may tell: also what YAML, a line or an eye has trouble with.
TEXTS = st.text(min_size=1, max_size=12)
NAMES = TEXTS.filter(lambda name: name[0] != "/" and ".." not in name)
VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
INTERFACES = st.builds(
    Interface,
    targets=st.lists(TEXTS, max_size=3).map(tuple),
    arguments=st.none() | st.dictionaries(st.text(max_size=12), VALUES, max_size=4),
    from_ecosystem=st.booleans(),
    headless=st.booleans(),
    min_instance_version=st.none() | TEXTS,
    restart_policy=st.none() | TEXTS,
)
APPS = st.builds(
    LockedApp,
    slug=TEXTS,
    asked=st.sampled_from(("newest", "version", "branch")),
    release=TEXTS,
    name=TEXTS,
    interface=INTERFACES,
    config_sha256=TEXTS,
    module_id=st.none() | st.integers(1, 2**60),
    archive_sha256=st.none() | TEXTS,
    description=st.none() | TEXTS,
    pipelines=st.lists(NAMES, max_size=2, unique=True).map(lambda names: tuple(sorted(names))),
)


def test_a_lock_is_written_in_one_form() -> None:
    assert lock_text(LOCK) == TEXT
    assert lock_text(Lock("x", "embedded", {})).endswith('instance: "embedded"\napps: {}\n')


def test_what_is_written_is_read() -> None:
    assert read_lock(TEXT, "slyflow.lock") == LOCK
    assert read_lock(TEXT.replace("\n", "\r\n"), "slyflow.lock") == LOCK


def test_what_is_written_is_yaml_for_everybody() -> None:
    data = parse_value(TEXT, "yaml")
    assert data == lockreader._quickly(TEXT)


@given(st.builds(Lock, st.just("x"), TEXTS, st.dictionaries(TEXTS, APPS, max_size=3), st.none() | TEXTS))
def test_any_lock_is_read_as_it_was_written(lock: Lock) -> None:
    assert read_lock(lock_text(lock), "x") == replace(lock, apps=dict(sorted(lock.apps.items())))


def test_a_lock_that_another_tool_laid_out_is_read_too() -> None:
    laid_out = TEXT.replace('    targets: ["images_project"]\n', "    targets:\n      - images_project\n")
    laid_out = laid_out.replace('"Export"', "Export  # a comment").replace('"newest"', "'newest'")
    assert read_lock(laid_out, "slyflow.lock") == LOCK


@pytest.mark.parametrize(
    ("before", "after", "slug", "place", "message"),
    [
        ("slyflow_lock: 1", "slyflow_lock: 2", "lock-newer", (2, 1), "is of format 2; this slyflow reads"),
        ("slyflow_lock: 1\n", "", "lock-damaged", (1, 1), "this is no lock"),
        ("slyflow_lock: 1", 'slyflow_lock: "1"', "lock-damaged", (2, 1), "this is no lock"),
        ("apps:\n", "aps:\n", "lock-damaged", (5, 1), '"aps" is no key that a lock has'),
        ('asked: "newest"', 'asked: "new"', "lock-damaged", (12, 5), '"asked" is none of newest'),
        ('    release: "v2.0.0"\n', "", "lock-damaged", (6, 3), '"release" is missing'),
        ("headless: true", "headless: 1", "lock-damaged", (16, 5), '"headless" is neither true nor false'),
        ("module_id: 7", "module_id: -7", "lock-damaged", (18, 5), '"module_id" is no id'),
        ('["images_project"]', "[1]", "lock-damaged", (24, 5), '"targets" is no list of texts'),
        ('["images_project"]', "images_project", "lock-damaged", (24, 5), '"targets" is no list'),
        ('"default": 3', '"default": "3"', "lock-damaged", (9, 7), '"count" has a default of another type'),
        ('{"type": "any", "default": null}', "4", "lock-damaged", (8, 7), '"any" has not a type and'),
        ("arguments: null", "arguments: 5", "lock-damaged", (26, 5), '"arguments" is missing, or no map'),
        ("  me/train@v1.0:\n", "  me/export:\n", "lock-damaged", (25, 3), "the lock is damaged: "),
        (
            '["a.yaml", "sub',
            '["/a.yaml", "sub',
            "lock-damaged",
            (20, 5),
            "names a file outside of the lock's",
        ),
        ('"sub/b.yaml"', '"sub/../../b.yaml"', "lock-damaged", (20, 5), "names a file outside of the lock's"),
        ("    slug: ", "\t slug: ", "lock-damaged", (23, 1), "the lock is damaged: "),
        ("  me/export:\n", "<<<<<<< ours\n  me/export:\n", "lock-damaged", (6, 1), "a merge conflict"),
    ],
)
def test_a_damaged_lock_is_told_at_its_place(
    before: str, after: str, slug: str, place: tuple[int, int], message: str
) -> None:
    assert before in TEXT
    found = read_lock(TEXT.replace(before, after, 1), "slyflow.lock")
    assert isinstance(found, Problem)
    assert (found.slug, (found.span.line, found.span.column)) == (slug, place)
    assert message in found.message
    assert found.hint


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "42\n", "{", "apps", "\x00", "slyflow_lock: " + "[" * 5000]
)
def test_what_is_no_lock_at_all_is_refused(text: str) -> None:
    found = read_lock(text, "slyflow.lock")
    assert isinstance(found, Problem)
    assert found.slug == "lock-damaged"


@given(st.text())
def test_any_text_is_a_lock_or_a_problem(text: str) -> None:
    assert isinstance(read_lock(text, "x"), Lock | Problem)


def test_a_lock_of_many_apps_takes_milliseconds() -> None:
    many = Lock("x", "embedded", {f"me/app-{n:04}": replace(EXPORT, slug=f"me/app-{n}") for n in range(500)})
    text = lock_text(many)
    begun = time.process_time()
    assert isinstance(read_lock(text, "x"), Lock)
    assert time.process_time() - begun < 1, "10,000 lines: 40 ms here"
