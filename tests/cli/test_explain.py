"""`slyflow explain` says what a code means."""

from pathlib import Path

from slyflow.code import codes
from slyflow.report.explanation import explanations
from tests.cli import command


def test_a_code_is_explained_by_its_id_and_by_its_word(tmp_path: Path) -> None:
    by_id = command.slyflow("explain", "sly102", cwd=tmp_path)
    by_word = command.here("explain", "unknown-key", cwd=tmp_path)
    assert by_id.stdout == by_word.stdout
    text = explanations()["unknown-key"]
    assert text.cause in by_id.stdout
    assert text.remedy in by_id.stdout
    lines = by_id.stdout.splitlines()
    marked = lines.index("   5 |     ouputs: {archive: file}")
    assert lines[marked + 1] == "     |     ^"


def test_a_code_that_no_file_shows_is_explained_without_an_example(tmp_path: Path) -> None:
    ended = command.here("explain", "unknown-agent", cwd=tmp_path)
    assert ended.returncode == 0
    assert " | " not in ended.stdout


def test_all_codes_are_listed(tmp_path: Path) -> None:
    ended = command.here("explain", cwd=tmp_path)
    assert [line.split()[:3] for line in ended.stdout.splitlines()] == [
        [one.id, one.slug, one.severity] for one in codes()
    ]


def test_what_is_no_code_is_refused_with_a_suggestion(tmp_path: Path) -> None:
    ended = command.here("explain", "duplicat-key", cwd=tmp_path)
    assert ended.returncode == 2
    assert 'did you mean "duplicate-key"?' in ended.stderr
