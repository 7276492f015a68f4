"""Problems as people read them."""

from slyflow.problem import Problem, Related, Span
from slyflow.report.problems import render


def problem(
    line: int, column: int, end: int, *, end_line: int | None = None, hint: str | None = None
) -> Problem:
    span = Span("f.yaml", line, column, end_line or line, end)
    return Problem(span, "wrong", "tab", hint=hint)


def shown(found: Problem, source: str, *, color: bool = False) -> list[str]:
    return render([found], {"f.yaml": source}, color=color).splitlines()


def test_problem_is_shown_with_its_line_and_carets() -> None:
    assert shown(problem(2, 4, 7, hint="do this"), "a: 1\nb: xyz\n") == [
        "f.yaml:2:4: wrong [SLY009 tab]",
        " 2 | b: xyz",
        "   |    ^^^",
        "    hint: do this",
    ]


def test_empty_stretch_has_one_caret_and_the_end_of_the_line_is_a_place() -> None:
    assert shown(problem(1, 3, 3), "a:")[-1] == "   |   ^"


def test_stretch_over_lines_is_underlined_to_the_end_of_its_first() -> None:
    assert shown(problem(1, 2, 1, end_line=3), "abcd\ne\nf")[-1] == "   |  ^^^"


def test_wide_and_combining_characters_and_tabs_keep_the_caret_in_place() -> None:
    assert shown(problem(1, 3, 4), "檸檬x")[1:] == [" 1 | 檸檬x", "   |     ^"]
    assert shown(problem(1, 3, 4), "e\u0301x")[1:] == [" 1 | e\u0301x", "   |  ^"]
    assert shown(problem(1, 2, 3), "\tx")[1:] == [" 1 |     x", "   |     ^"]
    assert shown(problem(1, 1, 2), "檸")[-1] == "   | ^^"


def test_long_line_is_cut_around_the_place() -> None:
    line = "x" * 500 + "HERE" + "y" * 500
    _, text, caret = shown(problem(1, 501, 505), line)
    assert len(text) < 120
    start = caret.index("^")
    assert text[start : start + 4] == "HERE"
    assert caret.count("^") == 4
    assert text.count("…") == 2


def test_unknown_file_and_line_beyond_the_end_show_no_excerpt() -> None:
    assert render([problem(1, 1, 2)], {}, color=False) == "f.yaml:1:1: wrong [SLY009 tab]\n"
    assert len(shown(problem(9, 1, 2), "a")) == 1


def test_related_places_follow() -> None:
    first = Related(Span("f.yaml", 1, 1, 1, 2), "first here")
    found = Problem(Span("f.yaml", 2, 1, 2, 2), "twice", "duplicate-key", related=(first,))
    assert shown(found, "a: 1\na: 2")[3:] == ["    f.yaml:1:1: first here", " 1 | a: 1", "   | ^"]


def test_warning_says_that_it_is_one() -> None:
    found = Problem(Span("f.yaml", 1, 1, 1, 2), "odd", "argument-type")
    assert shown(found, "a")[0] == "f.yaml:1:1: warning: odd [SLY410 argument-type]"


def test_problems_are_sorted_and_told_once() -> None:
    text = render([problem(2, 1, 2), problem(1, 1, 2), problem(2, 1, 2)], {}, color=False)
    assert [line.split(" ")[0] for line in text.splitlines()] == ["f.yaml:1:1:", "f.yaml:2:1:"]


def test_no_problem_is_no_text() -> None:
    assert render([], {}, color=False) == ""


def test_escapes_of_a_hostile_file_reach_no_terminal() -> None:
    span = Span("e\x1b[2J\nvil.yaml", 1, 1, 1, 2)
    found = Problem(span, "unknown key \x1b]0;pwn\x07\u202e", "tab", hint="a\nb\x9b31m")
    text = render([found], {span.file: "\x1b[31mkey\u202e: \x00\x9b1m"}, color=False)
    assert not set(text) & set("\x1b\x07\x9b\u202e\x00")
    assert len(text.splitlines()) == 4


def test_color_is_only_there_when_asked_for() -> None:
    plain = shown(problem(1, 1, 2, hint="do"), "abc")
    colored = shown(problem(1, 1, 2, hint="do"), "abc", color=True)
    assert "\x1b" not in "".join(plain)
    assert "\x1b[31m^\x1b[0m" in colored[2]
    assert len(colored) == len(plain)
