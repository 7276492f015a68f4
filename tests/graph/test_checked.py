"""Tests of slyflow.graph.checked: all problems together, and none that only follows from another."""

from pathlib import Path

import pytest

from slyflow.graph.checked import problems_of


def _told(tmp_path: Path, text: str) -> list[tuple[int, str]]:
    file = tmp_path / "p.yaml"
    file.write_text(f"slyflow: 1\n{text}")
    loaded, dag, problems = problems_of(str(file))
    assert loaded.pipeline is None
    assert dag is None
    return [(problem.span.line, problem.slug) for problem in problems]


def test_wrong_shapes_do_not_hide_wrong_references(tmp_path: Path) -> None:
    told = _told(
        tmp_path,
        "steps:\n"
        "  a: {values: {x: 1}, timeuot: 5m}\n"
        '  b: {values: {x: "${{ steps.nowhere.outputs.x }}"}}\n'
        '  c: {values: {x: "${{ steps.d.outputs.x }}"}}\n'
        '  d: {values: {x: "${{ steps.c.outputs.x }}"}}\n'
        "  e: {values: {x: 1}, needs: [missing]}\n"
        'outputs: {x: "${{ steps.b.outputs.y }}"}\n',
    )
    assert told == [
        (3, "unknown-key"),
        (4, "unknown-step"),
        (5, "cycle"),
        (7, "unknown-step"),
        (8, "undeclared-output"),
    ]


def test_what_is_wrong_is_taken_for_anything(tmp_path: Path) -> None:
    told = _told(
        tmp_path,
        "params:\n"
        "  n: {type: integre}\n"
        "secrets: {not: a list}\n"
        "steps:\n"
        "  shape: {values: []}\n"
        '  content: {values: {x: "${{ }}"}, if: "${{ params.n }}"}\n'
        '  reader: {values: {x: "${{ steps.shape.outputs.x + steps.content.outputs.y }}"}}\n'
        '  other: {values: {x: "${{ params.n > 1 && secrets.s == params.m }}"}, needs: [shape, content]}\n'
        "finally:\n"
        '  last: {values: {x: "${{ steps.shape.outputs.x }}"}, needs: [gone]}\n'
        "  gone: {values: 5}\n"
        'outputs: {y: "${{ steps.content.outputs.y }}"}\n',
    )
    assert told == [
        (3, "wrong-value"),
        (4, "wrong-value"),
        (6, "wrong-value"),
        (7, "expression-syntax"),
        (12, "wrong-value"),
    ]


@pytest.mark.parametrize(
    "section",
    [
        "steps: {a: {values: {x: 1}}, [b]: {values: {x: 1}}, c: {values: {x: '${{ steps.b.outputs.x }}'}}}",
        "steps: {a: {values: {x: '${{ steps.b.outputs.x }}'}}}\nfinally: [b]",
        "stesp: {b: {values: {x: 1}}}\noutputs: {x: '${{ steps.b.outputs.x }}'}",
        "steps: {B: {values: {x: 1}}, c: {values: {x: '${{ steps.b.outputs.x }}'}}}",
        # The key of step b was deleted.
        "steps: {a: {values: {x: 1}, values: {x: 1}}, c: {values: {x: '${{ steps.b.outputs.x }}'}}}",
        "steps: {a: {values: {x: 1}, app: s/b}, c: {values: {x: '${{ steps.b.outputs.session }}'}}}",
    ],
)
def test_where_a_step_may_be_missing_no_reference_is_judged(section: str, tmp_path: Path) -> None:
    assert "unknown-step" not in {code for _, code in _told(tmp_path, section)}


def test_what_is_right_in_a_wrong_step_is_checked_too(tmp_path: Path) -> None:
    told = _told(
        tmp_path,
        "steps:\n"
        "  a:\n    valeus: {x: 1}\n    values: {x: '${{ params.m }}', y: '${{ steps.b.outputs.q }}'}\n"
        "    needs: [bb]\n"
        "  b: {values: {x: '${{ steps.a.outputs.z }}'}, nonsense: 1}\n"
        "  c:\n    app: a/b@v1\n    outputs: {x: nonsense}\n    success_when: '${{ outputs.x > 0 }}'\n",
    )
    assert told == [
        (4, "unknown-key"),
        (5, "unknown-name"),
        (6, "unknown-step"),
        (7, "unknown-key"),
        (10, "wrong-value"),
    ]
