"""An output that may be null is told where null reaches an app or breaks an expression, and nowhere else."""

from pathlib import Path

import pytest

from tests.lint.told import told

STEPS = """\
steps:
  make: {app: a/b@v1, outputs: {project: project, file: {file: task, optional: true}}}
  may: {app: a/b@v1, allow_failure: true, outputs: {n: {value: "${{ task.n }}", type: integer}}}
  some: {app: a/b@v1, if: "${{ run.name == 'x' }}", outputs: {project: project}}
"""
MAKE = "${{ steps.make.outputs.project }}"


@pytest.mark.parametrize(
    "step",
    [
        f'finally:\n  x: {{app: a/b@v1, target: {{project: "{MAKE}"}}}}',
        f'finally:\n  x: {{app: a/b@v1, arguments: {{deep: [{{er: "{MAKE}"}}]}}}}',
        f'finally:\n  x: {{app: a/b@v1, title: "of {MAKE}"}}',
        f'finally:\n  x: {{values: {{text: "project {MAKE}"}}}}',
        'finally:\n  x: {values: {n: "${{ steps.may.outputs.n + 1 }}"}}',
        'finally:\n  x: {app: a/b@v1, target: {files_file: "${{ steps.make.outputs.file.path }}"}}',
        '  #\n  x: {app: a/b@v1, when: always, target: {project: "' + MAKE + '"}}',
        '  #\n  x: {app: a/b@v1, when: failure, target: {project: "' + MAKE + '"}}',
        '  #\n  x: {app: a/b@v1, when: no_failure, target: {project: "${{ steps.some.outputs.project }}"}}',
        '  #\n  x: {values: {n: "${{ steps.may.outputs.n * 2 }}"}}',
        '  #\n  x: {app: a/b@v1, target: {files_file: "${{ steps.make.outputs.file }}"}}',
    ],
)
def test_an_output_that_may_be_missing_is_told(step: str, tmp_path: Path) -> None:
    assert told(tmp_path, f"{STEPS}{step}\n") == [(7, "missing-output")]


@pytest.mark.parametrize(
    "step",
    [
        'finally:\n  x: {app: a/b@v1, target: {project: "${{ default(steps.make.outputs.project, 1) }}"}}',
        'finally:\n  x: {app: a/b@v1, if: "${{ steps.make.succeeded }}", '
        f'target: {{project: "{MAKE}"}}}}',
        'finally:\n  x: {app: a/b@v1, if: "${{ steps.make.outputs.project != null }}", '
        f'target: {{project: "{MAKE}"}}}}',
        f'finally:\n  x: {{values: {{project: "{MAKE}"}}}}',
        'finally:\n  x: {values: {all: "${{ [steps.make.outputs.project] }}"}}',
        'finally:\n  x: {values: {is: "${{ steps.make.outputs.project == 5 }}"}}',
        'finally:\n  x: {values: {text: "${{ steps.make.status }}"}}',
        f'  x: {{app: a/b@v1, target: {{project: "{MAKE}"}}}}',
        f'  x: {{app: a/b@v1, when: no_failure, target: {{project: "{MAKE}"}}}}',
        '  x: {app: a/b@v1, arguments: {file: "${{ steps.make.outputs.file }}"}}',
        '  x: {app: a/b@v1, if: "${{ steps.may.succeeded }}", '
        'arguments: {n: "${{ steps.may.outputs.n + 1 }}"}}',
    ],
)
def test_an_output_that_is_there_or_is_cared_for_is_not_told(step: str, tmp_path: Path) -> None:
    assert told(tmp_path, f"{STEPS}{step}\n") == []


def test_final_steps_may_rely_on_each_other_after_success(tmp_path: Path) -> None:
    steps = (
        "finally:\n  one: {app: a/b@v1, outputs: {project: project}}\n"
        '  two: {app: a/b@v1, when: success, target: {project: "${{ steps.one.outputs.project }}"}}\n'
    )
    assert told(tmp_path, STEPS + steps) == []
    assert told(tmp_path, STEPS + steps.replace("when: success, ", "")) == [(8, "missing-output")]
