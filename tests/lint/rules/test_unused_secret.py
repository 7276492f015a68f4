"""A secret that nothing reads is asked of every run for nothing."""

from pathlib import Path

from tests.lint.told import problems


def test_the_unread_one_is_told_at_its_own_place(tmp_path: Path) -> None:
    text = 'secrets:\n  - READ\n  - UNREAD\nsteps: {a: {values: {x: "${{ secrets.READ }}"}}}\n'
    (problem,) = problems(tmp_path, text)
    assert (problem.slug, problem.span.line, problem.span.column) == ("unused-secret", 4, 5)
    assert "UNREAD" in problem.message
