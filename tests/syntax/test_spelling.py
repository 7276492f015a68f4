"""Keys that look like others."""

import pytest

from slyflow.syntax.spelling import hidden_in_text, misspelt_key


@pytest.mark.parametrize("key", ["train", "обучение", "学習GPU", "café", "x_ключ"])
def test_honest_key_is_let_through(key: str) -> None:
    assert misspelt_key(key) is None


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("trаin", "CYRILLIC SMALL LETTER A"),
        ("αlpha", "Greek"),
        ("tra\u200bin", "U+200B"),
        ("a\u202eb", "U+202E"),
        ("a\u200db", "U+200D"),
        ("cafe\u0301", "NFC"),
    ],
)
def test_look_alike_is_named(key: str, says: str) -> None:
    assert says in str(misspelt_key(key))


def test_text_may_have_joiners_but_not_turn_around() -> None:
    assert hidden_in_text("👩\u200d🔬") is None
    assert hidden_in_text("a\u2067b") == "\u2067"
