"""A real bash completes real lines, and passes on what was meant."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.completing.shell import SHOW, Terminal, need, terminal


@pytest.fixture
def bash(folder: Path, commands: Path) -> Iterator[Terminal]:
    with terminal([need("bash"), "--norc", "--noprofile", "-i"], folder, commands) as shell:
        shell.type("bind 'set enable-bracketed-paste off'; bind 'set show-all-if-ambiguous on'\r")
        shell.type(f"{SHOW}\r")
        shell.type('eval "$(slyflow completion bash)"\r')
        yield shell


def test_words_are_completed_as_they_are_meant(bash: Terminal, commands: Path) -> None:
    for line, words in (
        ("slyflow val", ["slyflow", "validate"]),
        ("slyflow run my", ["slyflow", "run", "my file.yaml"]),
        ("slyflow run my\\ f", ["slyflow", "run", "my file.yaml"]),
        ('slyflow run "my', ["slyflow", "run", "my file.yaml"]),
        ("slyflow run 'my", ["slyflow", "run", "my file.yaml"]),
        ('slyflow run "it', ["slyflow", "run", "it's.yml"]),
        ('slyflow run "say', ["slyflow", "run", 'say "$x".yaml']),
        ("slyflow run sub/", ["slyflow", "run", "sub/b.yaml"]),
        ("slyflow run --instance=em", ["slyflow", "run", "--instance=embedded"]),
        ("slyflow run my\\ file.yaml -p mo", ["slyflow", "run", "my file.yaml", "-p", "mode="]),
        ("slyflow run a.yaml -p mode=f", ["slyflow", "run", "a.yaml", "-p", "mode=fast"]),
        ("SLYFLOW_COLOR=never slyflow val", ["SLYFLOW_COLOR=never", "slyflow", "validate"]),
        (f"{commands}/slyflow val", [f"{commands}/slyflow", "validate"]),
    ):
        assert bash.completed(line) == words, line


def test_a_finished_word_is_left_by_a_space_and_an_unfinished_one_is_not(bash: Terminal) -> None:
    assert bash.completed("slyflow graph --format mer\tx") == ["slyflow", "graph", "--format", "mermaid", "x"]
    assert bash.completed("slyflow run su\tb") == ["slyflow", "run", "sub/b.yaml"]
    assert bash.completed("slyflow run a.yaml -p sh\t0.1") == ["slyflow", "run", "a.yaml", "-p", "share=0.1"]


def test_several_offers_are_listed(bash: Terminal) -> None:
    bash.type("slyflow graph a.yaml --format \t")
    for name in ("dot", "mermaid", "text"):
        bash.until(name)
    bash.type("\x15")
