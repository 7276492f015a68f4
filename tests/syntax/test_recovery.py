"""A syntax error hides what is in its step or section, and nothing else."""

from pathlib import Path

import pytest

from slyflow.graph.checked import problems_of
from slyflow.syntax.recovery import Block, block_at, without

BROKEN = "${{ params.n }}"
OTHER = "  z: {values: {x: '${{ params.nn }}'}}\n"


def told(folder: Path, text: str) -> list[tuple[int, str]]:
    file = folder / "pipeline.yaml"
    file.write_text(f"slyflow: 1\nparams: {{n: {{type: integer}}}}\n{text}", newline="")
    return [(one.span.line, one.slug) for one in problems_of(str(file))[2]]


@pytest.mark.parametrize(
    "step",
    [
        f"  a: {{values: {{x: {BROKEN}}}}}\n",
        f"  a:\n    values: {{x: {BROKEN}}}\n    if: [\n",
        "  a:\n    values: {x: [1, 2}\n",
        '  a:\n    values: {x: "y}\n',
        "  a:\n    values:\n      x: 'it''s\n",
        "  a:\n    values: {x: @y}\n",
        '  a:\n    values: {x: "\\d"}\n',
        "  a:\n    values: x: y\n",
        "  a:\n    values:\n    \tx: 1\n",
        "  a:\n    values: {x: *}\n",
        "  a: [\n",
        "  a: {\n",
    ],
)
def test_other_steps_are_checked_with_their_references(step: str, tmp_path: Path) -> None:
    found = told(
        tmp_path,
        f"steps:\n{step}{OTHER}  y: {{needs: [a, b], values: {{x: '${{{{ steps.a.outputs.q }}}}'}}}}\n",
    )
    last = 4 + step.count("\n")
    assert [slug for line, slug in found if line < last] == ["tab" if "\t" in step else "yaml-syntax"]
    # What the broken step has, nobody knows: only what is certainly wrong is told.
    assert found[1:] == [(last, "unknown-name"), (last + 1, "unknown-step")]


def test_every_broken_step_is_told(tmp_path: Path) -> None:
    steps = "".join(f"  s{number}: {{values: {{x: {BROKEN}}}}}\n" for number in range(4))
    assert told(tmp_path, f"steps:\n{steps}") == [(line, "yaml-syntax") for line in range(4, 8)]


def test_what_was_never_closed_is_told_where_it_begins(tmp_path: Path) -> None:
    text = f'steps:\n  a:\n    values:\n      x: "one\n  b: {{values: {{x: "two"}}}}\n{OTHER}'
    assert told(tmp_path, text) == [(6, "yaml-syntax"), (8, "unknown-name")]


def test_a_key_that_may_have_got_lost_is_not_missed(tmp_path: Path) -> None:
    # "b" is indented by one space too many: whether it is a step, nobody knows.
    text = f"steps:\n  a:\n      values: {{x: 1}}\n   b:\n      values: {{x: 1}}\n{OTHER}"
    assert told(tmp_path, text + "  c: {needs: [b], values: {x: 1}}\n") == [(6, "yaml-syntax")]


def test_other_sections_are_checked(tmp_path: Path) -> None:
    found = told(
        tmp_path, "defaults: {timeout: [}\nsteps:\n  a: {value: {x: 1}}\nconcurrency: }\nsecrets: [a b]\n"
    )
    assert found == [(3, "yaml-syntax"), (5, "unknown-key"), (6, "yaml-syntax"), (7, "wrong-value")]


def test_references_to_a_broken_section_are_not_judged(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(
        "slyflow: 1\nparams: {n: [}\nsteps:\n  a: {values: {x: '${{ params.x + steps.b.outputs.y }}'}}\n"
    )
    assert [(one.span.line, one.slug) for one in problems_of(str(file))[2]] == [
        (2, "yaml-syntax"),
        (4, "unknown-step"),
    ]


@pytest.mark.parametrize(
    "text", ["{slyflow: 1, steps: {a: [}", "- a: [}\n", "[\n", "steps\nslyflow: {\n", '"']
)
def test_a_file_without_sections_has_its_first_error_only(text: str, tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(text)
    assert [one.slug for one in problems_of(str(file))[2]] == ["yaml-syntax"]


def test_line_ends_of_windows_change_nothing(tmp_path: Path) -> None:
    text = f"steps:\r\n  a: {{values: {{x: {BROKEN}}}}}\r\n{OTHER}".replace("\n", "\r\n").replace(
        "\r\r", "\r"
    )
    assert told(tmp_path, text) == [(4, "yaml-syntax"), (5, "unknown-name")]


def test_places_stay_while_a_block_is_left_out() -> None:
    text = "steps:\n  a: {x\r\n  # b\n\n  c: 1\n"
    block = block_at(text, text.index("x"))
    assert block == Block(("steps", "a"), text.index(" {x"), text.index("  # b"), is_even=True)
    blank = without(text, block)
    assert (len(blank), blank.count("\n"), blank.split()) == (
        len(text),
        text.count("\n"),
        ["steps:", "a:", "#", "b", "c:", "1"],
    )
