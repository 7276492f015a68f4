"""A step that never runs is one that the engine would skip whatever happens, and no other."""

from pathlib import Path

import pytest

from tests.lint.told import problems, told

MAKE = "steps:\n  make: {app: a/b@v1}\n  may: {app: a/b@v1, allow_failure: true}\n"


@pytest.mark.parametrize(
    "step",
    [
        "{app: a/b@v1, if: false}",
        '{app: a/b@v1, if: "${{ false }}"}',
        '{app: a/b@v1, if: "${{ 2 < 1 }}"}',
        '{app: a/b@v1, if: "${{ steps.make.failed }}"}',
        '{app: a/b@v1, if: "${{ steps.make.skipped }}"}',
        "{app: a/b@v1, if: \"${{ steps.make.status == 'failed' }}\"}",
        '{app: a/b@v1, if: "${{ !steps.make.succeeded }}"}',
        "{app: a/b@v1, when: failure}",
        "{app: a/b@v1, when: failure, needs: [may]}",
    ],
)
def test_a_step_that_never_runs_is_told(step: str, tmp_path: Path) -> None:
    assert told(tmp_path, f"{MAKE}  x: {step}\n") == [(5, "never-runs")]


@pytest.mark.parametrize(
    "step",
    [
        "{app: a/b@v1, if: true}",
        '{app: a/b@v1, if: "${{ 1 < 2 }}"}',
        '{app: a/b@v1, if: "${{ steps.make.succeeded }}"}',
        '{app: a/b@v1, if: "${{ steps.may.failed }}"}',
        '{app: a/b@v1, if: "${{ steps.make.failed }}", when: always}',
        '{app: a/b@v1, if: "${{ steps.make.skipped }}", when: no_failure}',
        "{app: a/b@v1, if: \"${{ steps.make.failed || run.name == 'x' }}\"}",
        '{app: a/b@v1, if: "${{ steps.make.outputs.session > 1 }}"}',
        "{app: a/b@v1, when: failure, needs: [make]}",
        "{app: a/b@v1, when: failure, needs: [may, make]}",
    ],
)
def test_a_step_that_may_run_is_not_told(step: str, tmp_path: Path) -> None:
    assert told(tmp_path, f"{MAKE}  x: {step}\n") == []


def test_what_needs_such_a_step_never_runs_either_unless_when_allows(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        "steps:\n"
        "  off: {app: a/b@v1, if: false}\n"
        "  after: {app: a/b@v1, needs: [off]}\n"
        "  last: {app: a/b@v1, needs: [after]}\n"
        "  harmless: {app: a/b@v1, needs: [off], when: no_failure}\n"
        "  hopeless: {app: a/b@v1, needs: [off], when: failure}\n"
        "  always: {app: a/b@v1, needs: [off], when: always}\n"
        '  asks: {app: a/b@v1, if: "${{ steps.off.succeeded }}", when: always}\n'
        '  certain: {app: a/b@v1, if: "${{ !steps.off.succeeded }}", when: always}\n'
        '  either: {app: a/b@v1, if: "${{ steps.off.skipped }}", when: always}\n',
    )
    assert [(one.span.line, one.slug) for one in found] == [(line, "never-runs") for line in (3, 4, 5, 7, 9)]
    assert [place.span.line for place in found[1].related] == [3]


def test_in_finally_a_failure_of_the_run_is_no_failure_of_a_need(tmp_path: Path) -> None:
    step = "finally:\n  x: {app: a/b@v1, when: failure}\n"
    (problem,) = problems(tmp_path, MAKE + step)
    assert (problem.span.line, problem.slug) == (6, "never-runs")
    assert problem.hint is not None
    assert "run.status == 'failed'" in problem.hint
    cured = "finally:\n  x: {app: a/b@v1, if: \"${{ run.status == 'failed' }}\"}\n"
    assert told(tmp_path, MAKE + cured) == []
