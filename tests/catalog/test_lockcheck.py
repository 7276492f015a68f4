"""Tests of slyflow.catalog.lockcheck: what a lock finds wrong with a pipeline, without any instance."""

from dataclasses import replace

import pytest

from slyflow.catalog.lock import Lock
from slyflow.catalog.lockcheck import check_against_lock
from slyflow.problem import Problem
from slyflow.syntax.load import load_source
from tests.catalog.locks import EXPORT, LOCK


def told(step: str, lock: Lock = LOCK, name: str = "a.yaml") -> list[Problem]:
    loaded = load_source(f"slyflow: 1\nsteps:\n  one:\n{step}", name, {})
    assert loaded.pipeline is not None, loaded.problems
    return list(check_against_lock(loaded.pipeline.steps.values(), lock, name))


def test_a_step_that_fits_its_locked_app_has_no_problem() -> None:
    assert (
        told("    app: me/export\n    target: {project: 1}\n    arguments: {filter: some, count: 4}\n") == []
    )
    assert told("    app: {path: ./x}\n") == []
    assert told("    values: {a: 1}\n") == []


@pytest.mark.parametrize(
    ("step", "slug", "place", "text"),
    [
        (
            "    app: me/exprt\n",
            "not-locked",
            (4, 10),
            'app "me/exprt" is not in slyflow.lock, did you mean "me/export"?',
        ),
        (
            "    app: me/trian@v1.0\n",
            "not-locked",
            (4, 10),
            'app "me/trian" is not in slyflow.lock, did you mean "me/train@v1.0"?',
        ),
        (
            "    app: me/train@v1.1\n",
            "not-locked",
            (4, 10),
            'app "me/train" is not locked at v1.1; slyflow.lock has me/train@v1.0, did you mean "me/tr',
        ),
        (
            "    app: {slug: me/export, branch: dev}\n",
            "not-locked",
            (4, 10),
            'app "me/export" is not locked at branch dev; slyflow.lock has me/export',
        ),
        (
            "    app: {name: Something Else}\n",
            "not-locked",
            (4, 10),
            'app "name "Something Else"" is not in slyflow.lock',
        ),
        (
            "    app: me/export\n    target: {image_project: 1}\n".replace("image_", "videos_"),
            "target-not-declared",
            (5, 14),
            'app "me/export" does not take the target "videos_project"',
        ),
        (
            "    app: me/export\n    target: {project: 1}\n    arguments:\n      cuont: 4\n",
            "argument-not-declared",
            (7, 7),
            'app "me/export" declares no argument "cuont", did you mean "count"?',
        ),
        (
            '    app: me/export\n    target: {project: 1}\n    arguments:\n      count: "4"\n',
            "argument-type",
            (7, 14),
            'argument "count" is a string, the app\'s default is an integer',
        ),
        (
            "    app: me/train@v1.0\n",
            "waits-for-click",
            (4, 10),
            'app "me/train" has a user interface: step "one" would wait for a click for ever',
        ),
    ],
)
def test_what_does_not_fit_is_told_at_its_place(
    step: str, slug: str, place: tuple[int, int], text: str
) -> None:
    (problem,) = told(step)
    assert (problem.slug, (problem.span.line, problem.span.column)) == (slug, place)
    assert problem.text.startswith(text)


def test_an_app_is_only_a_warning_in_a_pipeline_that_was_never_locked() -> None:
    (problem,) = told("    app: me/exprt\n", name="c.yaml")
    assert (problem.slug, problem.severity) == ("lock-incomplete", "warning")
    assert problem.hint == "if it is right, run: slyflow lock c.yaml"


def test_an_instance_that_was_too_old_when_it_was_locked_is_an_error() -> None:
    step = "    app: me/export\n    target: {project: 1}\n"
    (problem,) = told(step, replace(LOCK, instance_version="6.8.99"))
    assert (problem.slug, problem.severity) == ("instance-too-old", "error")
    assert "needs an instance of version 6.9.0, and this one has 6.8.99" in problem.message
    for version in ("6.9", "6.9.0.1", "6.10.0", "unknown", None):
        assert told(step, replace(LOCK, instance_version=version)) == []
    embedded = replace(LOCK, instance="embedded", instance_version="1.0")
    assert told(step, embedded) == [], "an embedded instance only says that it is like that version"


def test_a_destructive_default_must_be_mentioned() -> None:
    app = replace(
        EXPORT, interface=replace(EXPORT.interface, arguments={"remove_source": True, "keep": True})
    )
    lock = replace(LOCK, apps={"me/export": app})
    step = "    app: me/export\n    target: {project: 1}\n"
    (problem,) = told(step, lock)
    assert (problem.slug, problem.severity) == ("destructive-default", "warning")
    assert '"remove_source: true" by default' in problem.message
    for line in (
        "    arguments: {remove_source: false}\n",
        "    arguments: {remove_source: true}\n",
        '    arguments: {remove_source: "${{ 1 > 2 }}"}\n',
        "    merge_defaults: false\n",
    ):
        assert told(step + line, lock) == []
