"""Loading from the disk and from a journal."""

import gc
import os
from pathlib import Path

import pytest

from slyflow.syntax.load import Loaded, load, load_source

MINIMAL = "slyflow: 1\nsteps: {a: {values: {x: 1}}}\n"


def only_code(loaded: Loaded) -> str:
    assert loaded.pipeline is None
    [problem] = loaded.problems
    return problem.slug


def test_file_is_loaded_with_its_text(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(MINIMAL)
    loaded = load(str(file))
    assert loaded.pipeline is not None
    assert (loaded.source, loaded.problems, loaded.files) == (MINIMAL, (), {})
    assert loaded.pipeline.path == str(file)


@pytest.mark.parametrize(
    ("name", "says"),
    [("none.yaml", "no such file"), (".", "folder"), ("fifo", "regular"), ("/dev/zero", "regular")],
)
def test_what_is_no_file_is_a_problem(name: str, says: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    loaded = load(str(tmp_path / name))
    assert only_code(loaded) == "unreadable"
    assert says in loaded.problems[0].message


def test_name_with_a_null_character_is_a_problem() -> None:
    assert only_code(load("a\0b")) == "unreadable"


def test_file_over_a_mebibyte_needs_the_large_limits(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(MINIMAL + "# " + "x" * 2**20)
    assert only_code(load(str(file))) == "too-large"
    assert load(str(file), large=True).pipeline is not None


def test_file_of_many_steps_needs_the_large_limits(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(
        "slyflow: 1\nsteps:\n" + "".join(f"  s{n}: {{values: {{x: 1}}}}\n" for n in range(12_000))
    )
    assert only_code(load(str(file))) == "too-large"
    loaded = load(str(file), large=True)
    assert loaded.pipeline is not None
    assert len(loaded.pipeline.steps) == 12_000


def test_warnings_leave_the_pipeline() -> None:
    loaded = load_source(MINIMAL + "description: 'a\u200bb'\n", "p.yaml", {})
    assert loaded.pipeline is not None
    assert [problem.severity for problem in loaded.problems] == ["warning"]


def test_problems_of_every_part_are_told_in_order_of_place() -> None:
    text = (
        "slyflow: 1\nnmae: x\nsteps:\n  a: {values: {x: '${{ a'}}\n  b: {app: 3}\n  c: {values: {x: !t y}}\n"
    )
    loaded = load_source(text, "p.yaml", {})
    assert [problem.span.line for problem in loaded.problems] == [2, 4, 5, 6]


def test_journal_gives_the_same_pipeline_without_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("slyflow: 1\nsteps: {a: {app: a/b, arguments: {x: {from_file: ./h.yaml, as: yaml}}}}\n")
    (tmp_path / "h.yaml").write_text("lr: 1e-4\n")
    loaded = load(str(file))
    assert loaded.files == {"./h.yaml": "lr: 1e-4\n"}
    (tmp_path / "h.yaml").write_text("lr: [\n")
    file.unlink()
    assert load_source(loaded.source, str(file), loaded.files).pipeline == loaded.pipeline


def test_journal_without_an_included_file_is_a_problem() -> None:
    text = "slyflow: 1\nsteps: {a: {app: a/b, arguments: {x: {from_file: h}}}}\n"
    loaded = load_source(text, "p.yaml", {})
    assert only_code(loaded) == "bad-include"


def test_journal_may_hold_what_was_loaded_as_large() -> None:
    assert load_source(MINIMAL + "# " + "x" * 2**20, "p.yaml", {}).pipeline is not None


def test_collector_is_left_as_it_was() -> None:
    gc.disable()
    try:
        load_source(MINIMAL, "p.yaml", {})
        assert not gc.isenabled()
    finally:
        gc.enable()
    load_source("[", "p.yaml", {})
    assert gc.isenabled()


def test_included_file_is_checked_by_its_form(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    for form, content in [("yaml", "a: 1\na: 2\n"), ("json", "{'a': 1}")]:
        file.write_text(
            f"slyflow: 1\nsteps: {{a: {{app: a/b, arguments: {{x: {{from_file: h, as: {form}}}}}}}}}\n"
        )
        (tmp_path / "h").write_text(content)
        loaded = load(str(file))
        assert only_code(loaded) == "bad-include"
        assert form.upper() in loaded.problems[0].message
