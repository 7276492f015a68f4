"""Lines are cut into words as bash does it, and offers quoted so that bash reads them back."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.cli.completing.offer import Offer
from slyflow.cli.completing.quoting import for_bash, split

BREAKS = " \t\n\"'><=;|&(:"
# What stands in names of files, and means something to a shell.
NAMES = st.text("ab.= \"'$`\\!*~#;&|<>(){}[]:ü", min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", [""]),
        ("slyflow", ["slyflow"]),
        ("slyflow ", ["slyflow", ""]),
        ("a  b\tc", ["a", "b", "c"]),
        ("a\\ b ", ["a b", ""]),
        ("a\\ ", ["a "]),
        ("a 'b c", ["a", "b c"]),
        ('a "b \\" c\\d" ', ["a", 'b " c\\d', ""]),
        ("a b'c'\"d\"", ["a", "bcd"]),
        ("a \\", ["a", ""]),
        ("a ''", ["a", ""]),
    ],
)
def test_words_are_what_bash_passes_on(line: str, words: list[str]) -> None:
    assert [word.meant for word in split(line)] == words


@given(st.lists(NAMES, min_size=1, max_size=3))
def test_quoted_words_are_read_back(names: list[str]) -> None:
    assert [word.meant for word in split(shlex.join(names))] == names


@given(NAMES.filter(lambda name: not name.endswith(("=", " "))), st.sampled_from(["", "'", '"']))
def test_an_offer_is_read_back_from_the_line(name: str, quote: str) -> None:
    typed = split(f"slyflow {quote}")[-1]
    (word,) = for_bash([Offer(name)], typed, BREAKS)
    assert word.endswith(" ") is not bool(quote)
    assert split(f"slyflow {quote}{word.rstrip(' ')}")[-1].meant == name


@pytest.mark.parametrize(
    ("line", "offered", "expected"),
    [
        ("s --format=m", "--format=mermaid", "mermaid "),
        ("s -p mode=", "mode=fast", "fast "),
        ("s -p mo", "mode=", "mode="),
        ("s su", "sub/", "sub/"),
        ("s 'my", "my file", "my file"),
        ("s my\\ f", "my file", "my\\ file "),
        ("s ~/m", "~/my", "~/my "),
        ("s a:b", "a:bc", "bc "),
    ],
)
def test_bash_gets_what_replaces_the_end_of_the_word(line: str, offered: str, expected: str) -> None:
    assert list(for_bash([Offer(offered)], split(line)[-1], BREAKS)) == [expected]
