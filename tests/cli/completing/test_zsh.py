"""A real zsh completes real lines, and passes on what was meant."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.completing.shell import SHOW, Terminal, need, terminal


@pytest.fixture
def zsh(folder: Path, commands: Path) -> Iterator[Terminal]:
    with terminal([need("zsh"), "-f", "-i"], folder, commands) as shell:
        shell.type(f"bindkey -e; unset zle_bracketed_paste; autoload -U compinit; compinit -u -D; {SHOW}\r")
        shell.type('eval "$(slyflow completion zsh)"\r')
        yield shell


def test_words_are_completed_as_they_are_meant(zsh: Terminal, commands: Path) -> None:
    for line, words in (
        ("slyflow val", ["slyflow", "validate"]),
        ("slyflow run my", ["slyflow", "run", "my file.yaml"]),
        ("slyflow run my\\ f", ["slyflow", "run", "my file.yaml"]),
        ("slyflow run sub/", ["slyflow", "run", "sub/b.yaml"]),
        ("slyflow run --instance=em", ["slyflow", "run", "--instance=embedded"]),
        ("slyflow run my\\ file.yaml -p mo", ["slyflow", "run", "my file.yaml", "-p", "mode="]),
        ("slyflow run a.yaml -p mode=f", ["slyflow", "run", "a.yaml", "-p", "mode=fast"]),
        (f"{commands}/slyflow val", [f"{commands}/slyflow", "validate"]),
    ):
        assert zsh.completed(line) == words, line


def test_a_finished_word_is_left_by_a_space_and_an_unfinished_one_is_not(zsh: Terminal) -> None:
    assert zsh.completed("slyflow graph --format mer\tx") == ["slyflow", "graph", "--format", "mermaid", "x"]
    assert zsh.completed("slyflow run a.yaml -p sh\t0.1") == ["slyflow", "run", "a.yaml", "-p", "share=0.1"]
