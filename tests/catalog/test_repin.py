"""Tests of slyflow.catalog.repin: only the version changes, or nothing does."""

import pytest

from slyflow.catalog.lock import references
from slyflow.catalog.repin import repinned
from slyflow.errors import UsageError
from slyflow.syntax.load import load_source

HEAD = "slyflow: 1\nsteps:\n"


def edited(text: str, asked: str = "me/x@v1.0") -> str:
    pipeline = load_source(HEAD + text, "p.yaml", {}).pipeline
    assert pipeline is not None
    return repinned(HEAD + text, references(pipeline)[asked], "v2.0.1").removeprefix(HEAD)


@pytest.mark.parametrize(
    "app",
    [
        "me/x@v1.0  # at v1.0",
        '"me/x@v1.0"',
        "'me/x@v1.0'",
        "{slug: me/x, version: v1.0}",
        '{"slug": "me/x", "version": "v1.0"}',
        "{version: 'v1.0', slug: me/x}",
        "\n      slug: me/x\n      version: v1.0",
        "\r\n      slug: me/x\r\n      version: v1.0\r\n",
        ">-\n      me/x@v1.0",
        "&it me/x@v1.0",
    ],
)
def test_the_version_is_changed_wherever_it_may_stand(app: str) -> None:
    text = f"  a: {{values: {{n: me/x@v1.0}}}}\n  b:\n    app: {app}\n    title: v1.0\n"
    head, tail = text.split("    app: ")
    changed = app.replace("v1.0", "v2.0.1", 1)
    assert edited(text) == f"{head}    app: {changed}{tail.removeprefix(app)}"


def test_all_places_change_and_other_versions_stay() -> None:
    text = "  a: {app: me/x@v1.0}\n  b: {app: me/x@v1.0.1}\n  c: {app: me/x@v1.0}\n  d: {app: you/x@v1.0}\n"
    assert edited(text) == (
        "  a: {app: me/x@v2.0.1}\n  b: {app: me/x@v1.0.1}\n  c: {app: me/x@v2.0.1}\n  d: {app: you/x@v1.0}\n"
    )


def test_an_alias_changes_once() -> None:
    assert edited("  a: {app: &x me/x@v1.0}\n  b: {app: *x}\n") == (
        "  a: {app: &x me/x@v2.0.1}\n  b: {app: *x}\n"
    )


def test_a_version_that_does_not_stand_there_as_a_word_is_left_to_a_person() -> None:
    with pytest.raises(
        UsageError, match=r"p\.yaml:3:12: the version of me/x@v1\.0 cannot be changed"
    ) as caught:
        edited('  a: {app: "me/x@v\\x31.0"}\n')
    assert caught.value.hint == "write v2.0.1 there yourself, then run: slyflow lock p.yaml"
