"""A comment ignores just what it names, where it stands, and must say why."""

from pathlib import Path

import pytest

from slyflow.code import codes
from slyflow.graph.checked import problems_of

WRONG = "${{ 1 + 'a' }}"


def told(folder: Path, steps: str) -> list[tuple[int, str]]:
    file = folder / "pipeline.yaml"
    file.write_text(f"slyflow: 1\nsteps:\n{steps}")
    return [(one.span.line, one.slug) for one in problems_of(str(file))[2]]


@pytest.mark.parametrize("code", ["SLY202", "sly202", "expression-type", "SLY206, expression-type"])
def test_a_problem_on_the_line_is_ignored_by_id_or_word(code: str, tmp_path: Path) -> None:
    steps = f'  a: {{values: {{x: "{WRONG}"}}}}  # slyflow: ignore[{code}] both are right\n'
    assert told(tmp_path, steps) == ([] if "," not in code else [(3, "unused-ignore")])


def test_a_comment_of_its_own_is_about_the_next_line_that_says_something(tmp_path: Path) -> None:
    steps = (
        f'  # slyflow: ignore[SLY202] one\n  # a remark\n\n  a: {{values: {{x: "{WRONG}"}}}}\n'
        f'  b: {{values: {{x: "{WRONG}"}}}}\n'
    )
    assert told(tmp_path, steps) == [(7, "expression-type")]


def test_comments_of_their_own_add_up(tmp_path: Path) -> None:
    steps = (
        "  # slyflow: ignore[SLY202] one\n  # slyflow:ignore[invisible-character] two\n"
        f'  a: {{values: {{x: "{WRONG}\u200b"}}}}\n'
    )
    assert told(tmp_path, steps) == []


def test_a_comment_at_the_first_line_of_a_text_is_about_all_of_it(tmp_path: Path) -> None:
    one = f"      x: |  # slyflow: ignore[SLY202] a sum\n        one\n        {WRONG}\n"
    assert told(tmp_path, f"  a:\n    values:\n{one}      y: |\n        {WRONG}\n") == [
        (9, "expression-type")
    ]


def test_what_looks_like_a_comment_inside_a_text_is_text(tmp_path: Path) -> None:
    steps = f'  a: {{values: {{x: "{WRONG} # slyflow: ignore[SLY202] no", y: "# slyflow: ignore[]"}}}}\n'
    assert told(tmp_path, steps) == [(3, "expression-type")]


def test_another_code_or_another_line_is_not_ignored(tmp_path: Path) -> None:
    steps = (
        f'  a: {{values: {{x: "{WRONG}"}}}}  # slyflow: ignore[SLY206] another code\n'
        "  b: {values: {x: 1}}  # slyflow: ignore[SLY202] another line\n"
    )
    assert told(tmp_path, steps) == [(3, "expression-type"), (3, "unused-ignore"), (4, "unused-ignore")]


@pytest.mark.parametrize(
    "comment",
    [
        "# slyflow: ignore[SLY202]",
        "# slyflow: ignore[SLY202]   ",
        "# slyflow: ignore[] why",
        "# slyflow: ignore why",
        "# slyflow: ignore",
        "# slyflow: ignore[SLY9999] why",
        "# slyflow: ignore[SLY202,] why",
        "# slyflow: ignore[SLY104] why",
        "# slyflow: ignore[unused-ignore] why",
        "# slyflow: ignore[SLY202",
    ],
)
def test_a_comment_without_code_or_reason_or_with_a_wrong_code_is_an_error(
    comment: str, tmp_path: Path
) -> None:
    assert told(tmp_path, f"  a: {{values: {{x: 1}}}}  {comment}\n") == [(3, "bad-ignore")]


@pytest.mark.parametrize(
    "comment", ["# ignore[SLY202]", "# slyflow: ignores[x]", "#slyflow ignore[x]", "# noqa"]
)
def test_other_comments_are_comments(comment: str, tmp_path: Path) -> None:
    assert told(tmp_path, f"  a: {{values: {{x: 1}}}}  {comment}\n") == []


def test_what_makes_a_file_uncertain_cannot_be_ignored() -> None:
    forgivable = {one.slug for one in codes() if one.is_forgivable and one.severity == "error"}
    assert forgivable <= {
        "expression-type",
        "instance-too-old",
        "null-output",
        "target-not-declared",
        "wrong-kind",
    }
    assert not any(one.is_forgivable for one in codes() if one.id < "SLY200" and one.severity == "error")


def test_an_ignored_code_of_apps_is_not_unused_where_nobody_looked_for_it(tmp_path: Path) -> None:
    steps = '  a:\n    app: a/b@v1\n    arguments: {side: "2"}  # slyflow: ignore[SLY410] it takes texts\n'
    assert told(tmp_path, steps) == []


def test_crlf_files_have_the_same_lines(tmp_path: Path) -> None:
    steps = f'  # slyflow: ignore[SLY202] one\r\n\r\n  a: {{values: {{x: "{WRONG}"}}}}\r\n'
    assert told(tmp_path, steps) == []
