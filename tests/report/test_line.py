"""Lines are safe, aligned, and coloured only where colour is allowed."""

import pytest

from slyflow.report.line import Part, columns, draw, one_line


@pytest.mark.parametrize(
    "hostile",
    ["\x1b[2J\x1b]52;c;QUJD\x07", "\x9b31m", "\rSUCCESS", "a\u202eb", "\x1b]0;pwn\x07", "\u200bx", "a\nb"],
)
def test_remote_text_cannot_move_the_cursor_or_break_the_line(hostile: str) -> None:
    for text in (one_line(hostile), draw((hostile, Part(hostile, "bad")), color=False)):
        assert text.isprintable()


def test_colour_stands_around_safe_text_only_where_it_is_allowed() -> None:
    line = ("a ", Part("b\x1b[0m", "bad"))
    assert draw(line, color=True) == "a \x1b[31mb\x1b[0m"
    assert draw(line, color=False) == "a b"
    assert draw((Part("", "bad"), Part("x", "plain")), color=True) == "x"


def test_cells_stand_below_each_other_whatever_their_colours() -> None:
    lines = columns([("a", Part("long", "good"), "x"), (Part("bbb", "bad"), "c", "y")])
    assert [draw(line, color=False) for line in lines] == ["a    long  x", "bbb  c     y"]
    assert columns([]) == []
