"""A secret is told wherever the whole team could read it, however it gets there."""

from pathlib import Path

import pytest

from slyflow.graph.checked import problems_of

CARRYING = """\
slyflow: 1
secrets: [TOKEN]
steps:
  head: {values: {text: "Bearer ${{ secrets.TOKEN }}", plain: 1}}
  wrap: {values: {map: "${{ {'auth': steps.head.outputs.text} }}"}}
"""


def _told(folder: Path, step: str) -> list[str]:
    file = folder / "p.yaml"
    file.write_text(f"{CARRYING}  x: {{app: a/b@v1, {step}}}\n")
    problems = problems_of(str(file))[2]
    assert {one.slug for one in problems} <= {"secret-shown"}
    return [one.message for one in problems]


@pytest.mark.parametrize(
    ("step", "where"),
    [
        ('arguments: {a: [{b: "${{ secrets.TOKEN }}"}]}', "the arguments"),
        ('target: {files_folder: "/${{ secrets.TOKEN }}"}', "the target"),
        ('title: "${{ secrets.TOKEN }}"', "the title"),
        ('inputs: {a: {folder: "/${{ secrets.TOKEN }}"}}', "an input"),
        ('node: {title: "${{ secrets.TOKEN }}"}', "the node"),
    ],
)
def test_a_secret_is_told_wherever_the_team_reads(step: str, where: str, tmp_path: Path) -> None:
    (message,) = _told(tmp_path, step)
    assert message == f'the secret "TOKEN" can be read by the whole team in {where} of the session'


@pytest.mark.parametrize("carrier", ["steps.head.outputs.text", "steps.wrap.outputs.map"])
def test_a_secret_is_told_that_another_step_carries(carrier: str, tmp_path: Path) -> None:
    (message,) = _told(tmp_path, f'arguments: {{a: "${{{{ {carrier} }}}}"}}')
    assert f'"TOKEN" (by {carrier})' in message


@pytest.mark.parametrize(
    "step",
    [
        'arguments: {a: "${{ steps.head.outputs.plain }}"}',
        'if: "${{ secrets.TOKEN != steps.head.outputs.text }}"',
    ],
)
def test_what_no_one_else_reads_is_not_told(step: str, tmp_path: Path) -> None:
    assert _told(tmp_path, step) == []
