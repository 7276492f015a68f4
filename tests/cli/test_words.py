"""Tests of slyflow.cli.words: it reads a line as argparse does, or leaves it to argparse."""

import subprocess
import sys

import pytest

from slyflow.cli import parser, words
from slyflow.cli.command import COMMANDS
from slyflow.errors import UsageError
from tests.unmeasured import environment

LINES = [
    ["--version"],
    *([name, *rest] for name in COMMANDS for rest in ([], ["a"], ["a", "b"], ["", "a b", "c"])),
    ["apps", "add", "folder"],
    ["validate", "a.yaml", "--strict"],
    ["validate", "--", "-a.yaml"],
    ["validate", "-"],
    ["run", "a.yaml", "-p", "a=b"],
    ["--help"],
    [],
]


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_a_line_is_read_as_argparse_reads_it_or_not_at_all(line: list[str]) -> None:
    ours = words.read(line)
    if ours is not None:
        assert vars(ours) == vars(parser.read(line))


@pytest.mark.parametrize(
    "line", [["validate", "a", "b"], ["run", "a"], ["runs"], ["settings"], ["--version"]], ids=" ".join
)
def test_usual_lines_need_no_argparse(line: list[str]) -> None:
    assert words.read(line) is not None


@pytest.mark.parametrize("line", [["validate"], ["settings", "x"], ["run"], ["apps"]], ids=" ".join)
def test_what_is_wrong_is_left_to_argparse_to_explain(line: list[str]) -> None:
    assert words.read(line) is None
    with pytest.raises(UsageError):
        parser.read(line)


def test_argparse_is_not_imported() -> None:
    program = (
        "import sys\nfrom slyflow.cli import words\nassert words.read(['validate', 'a.yaml'])\n"
        "assert 'argparse' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], env=environment(), check=True)
