"""Params are read by any expression of the file, wherever it stands."""

from pathlib import Path

import pytest

from tests.lint.told import told

PARAMS = "params: {one: {type: object, default: {}}, ones: {type: integer, default: 1}}\n"


def test_a_param_that_nothing_reads_is_told_at_its_name(tmp_path: Path) -> None:
    text = "# ${{ params.one }}\nsteps: {a: {values: {x: '${{ params.ones }}', y: 'params.one'}}}\n"
    assert told(tmp_path, PARAMS + text) == [(2, "unused-param")]


@pytest.mark.parametrize(
    "steps",
    [
        '{a: {values: {x: "${{ params.one.deep.er }}"}}}',
        '{a: {values: {x: "${{ [1].map(i, params.one) }}"}}}',
        '{a: {app: a/b@v1, arguments: {x: [{y: "${{ params.one }}"}]}}}',
        '{a: {app: a/b@v1, if: "${{ size(params.one) > 0 }}"}}',
        '{a: {app: a/b@v1, outputs: {x: {file: "/${{ json(params.one) }}"}}}}',
        '{a: {app: a/b@v1, node: {title: "${{ json(params.one) }}"}}}',
        '{a: {values: {x: 1}}}\noutputs: {x: "${{ params.one }}"}',
        '{a: {values: {x: 1}}}\nfinally: {b: {values: {x: "${{ params.one }}"}}}',
    ],
)
def test_a_param_read_anywhere_is_used(steps: str, tmp_path: Path) -> None:
    assert told(tmp_path, f"params: {{one: {{type: object, default: {{}}}}}}\nsteps: {steps}") == []
