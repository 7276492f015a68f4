"""Texts and the places in them."""

import pytest

from slyflow.syntax.source import Source, decode


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_place_counts_lines_by_any_line_end(line_end: str) -> None:
    text = f"ab{line_end}cd{line_end}"
    span = Source("f", text).span(text.index("d"), text.index("d") + 1)
    assert (span.line, span.column, span.end_line, span.end_column) == (2, 2, 2, 3)


def test_stretch_over_lines_ends_on_its_last_line() -> None:
    span = Source("f", "ab\ncd\nef").span(1, 7)
    assert (span.line, span.column, span.end_line, span.end_column) == (1, 2, 3, 2)


def test_end_of_the_text_is_a_place() -> None:
    assert Source("f", "ab").span(2, 2).column == 3
    assert Source("f", "").span(0, 0).line == 1


def test_utf8_is_decoded_without_a_problem() -> None:
    source, problems = decode("é🍋".encode(), "f")
    assert (source.text, problems) == ("é🍋", [])


def test_byte_that_is_not_utf8_is_placed_by_characters() -> None:
    source, [problem] = decode("é: 🍋\nb: ".encode() + b"\xff", "f")
    assert (problem.slug, problem.span.line, problem.span.column) == ("encoding", 2, 4)
    assert source.text.endswith("\ufffd")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-be"])
def test_other_encodings_are_named(encoding: str) -> None:
    mark = "\ufeff" if encoding.endswith("be") else ""
    _, [problem] = decode((mark + "a: 1").encode(encoding), "f")
    assert "UTF-" in problem.message


def test_byte_order_mark_is_told_and_not_counted() -> None:
    source, [problem] = decode(b"\xef\xbb\xbfa: 1", "f")
    assert (source.text, problem.slug) == ("a: 1", "byte-order-mark")
