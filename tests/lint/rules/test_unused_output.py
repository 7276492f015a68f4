"""Outputs are told only where they serve nothing but a reader, and have none."""

from pathlib import Path

import pytest

from tests.lint.told import told


@pytest.mark.parametrize(
    ("steps", "lines"),
    [
        # One of several values is left over.
        ('a: {values: {x: 1, y: 2}}\n  b: {values: {z: "${{ steps.a.outputs.x }}"}}', [3]),
        ('a: {values: {x: 1, y: 2}}\n  b: {values: {z: "${{ steps.a.status }}"}}', []),
        ("a: {values: {x: 1, y: 2}}", []),
        # It may be missing, and nobody would notice.
        ('a: {app: a/b@v1, outputs: {x: {value: "${{ task.x }}", optional: true}}}', [3]),
        ('a: {app: a/b@v1, outputs: {x: {file: task, optional: true}}, workflow: "off"}', [3]),
        ("a: {app: a/b@v1, outputs: {x: {file: task, optional: true}}}", []),
        # It judges the step by being there.
        ('a: {app: a/b@v1, outputs: {x: {value: "${{ task.x }}"}}}', []),
        (
            'a: {app: a/b@v1, success_when: "${{ outputs.x > 1 }}", '
            'outputs: {x: {value: "${{ task.x }}", type: integer, optional: true}}}',
            [],
        ),
    ],
)
def test_what_is_told(steps: str, lines: list[int], tmp_path: Path) -> None:
    assert told(tmp_path, f"steps:\n  {steps}\n") == [(line, "unused-output") for line in lines]


def test_the_outputs_of_the_pipeline_read(tmp_path: Path) -> None:
    text = 'steps: {a: {values: {x: 1, y: 2}}}\noutputs: {x: "${{ steps.a.outputs.x }}"}\n'
    assert told(tmp_path, text) == [(2, "unused-output")]
    assert told(tmp_path, text.replace("x }}", "x + steps.a.outputs.y }}")) == []
