"""`slyflow fmt` writes whole files in their canonical form, or nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli import command

UGLY = "steps:\r\n    a:   {values: {x: 1}} # a\r\nslyflow:   1\r\n"
GOOD = "slyflow: 1\nsteps:\n  a: {values: {x: 1}}  # a\n"


def _left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_files_are_rewritten_and_keep_their_modes(tmp_path: Path) -> None:
    (tmp_path / "ugly.yaml").write_bytes(UGLY.encode())
    (tmp_path / "ugly.yaml").chmod(0o640)
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "link.yaml").symlink_to("ugly.yaml")
    before = (tmp_path / "good.yaml").stat().st_ino
    ended = command.slyflow("fmt", "link.yaml", "good.yaml", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (0, "formatted link.yaml\n")
    assert (tmp_path / "ugly.yaml").read_bytes() == GOOD.encode()
    assert (tmp_path / "ugly.yaml").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "link.yaml").is_symlink()
    assert (tmp_path / "good.yaml").stat().st_ino == before, "nothing is written that is right already"
    assert _left(tmp_path) == ["good.yaml", "link.yaml", "ugly.yaml"]


@pytest.mark.parametrize("option", ["--check", "--diff"])
def test_nothing_is_written_where_only_the_difference_is_wanted(option: str, tmp_path: Path) -> None:
    (tmp_path / "ugly.yaml").write_bytes(UGLY.encode())
    (tmp_path / "good.yaml").write_text(GOOD)
    ended = command.here("fmt", option, "ugly.yaml", "good.yaml", cwd=tmp_path)
    assert ended.returncode == 1
    assert ("ugly.yaml is not in its canonical form" in ended.stdout) is (option == "--check")
    assert ("\n-slyflow:   1\n" in ended.stdout) is (option == "--diff")
    assert "good.yaml" not in ended.stdout
    assert (tmp_path / "ugly.yaml").read_bytes() == UGLY.encode()
    assert command.here("fmt", option, "good.yaml", cwd=tmp_path).returncode == 0


def test_a_file_that_is_no_yaml_is_left_alone_and_the_others_are_not(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("steps: [\n")
    (tmp_path / "b.yaml").write_text("a: 1\na: 2\n")
    (tmp_path / "c.yaml").write_bytes(UGLY.encode())
    os.mkfifo(tmp_path / "d.yaml")
    ended = command.here("fmt", "a.yaml", "b.yaml", "c.yaml", "d.yaml", "e.yaml", cwd=tmp_path)
    assert ended.returncode == 2
    for told in ("a.yaml:2:1: ", "b.yaml:2:1: ", "d.yaml:1:1: ", "e.yaml:1:1: there is no such file"):
        assert told in ended.stderr
    assert (tmp_path / "a.yaml").read_text() == "steps: [\n"
    assert (tmp_path / "b.yaml").read_text() == "a: 1\na: 2\n"
    assert (tmp_path / "c.yaml").read_text() == GOOD


def test_what_is_wrong_with_the_pipeline_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("steps: {}\nnmae: x\nname: 5\n")
    assert command.here("fmt", "a.yaml", cwd=tmp_path).returncode == 0
    assert (tmp_path / "a.yaml").read_text() == "name: 5\nsteps: {}\nnmae: x\n"


def test_standard_input_goes_to_standard_output(tmp_path: Path) -> None:
    def fmt(*options: str, text: str) -> subprocess.CompletedProcess[bytes]:
        line = [sys.executable, "-m", "slyflow", "fmt", *options, "-"]
        return subprocess.run(line, input=text.encode(), capture_output=True, cwd=tmp_path, check=False)

    ended = fmt(text=UGLY)
    assert (ended.returncode, ended.stdout) == (0, GOOD.encode())
    assert fmt("--check", text=UGLY).returncode == 1
    refused = fmt(text="a: [")
    assert (refused.returncode, refused.stdout) == (2, b"")
    assert b"<stdin>:1:" in refused.stderr
    assert _left(tmp_path) == []


def test_odd_names_are_names(tmp_path: Path) -> None:
    for name in ("-rf", "a\nb.yaml", "ü ü.yaml", "x" * 250):
        (tmp_path / name).write_bytes(UGLY.encode())
    ended = command.slyflow("fmt", "--", *_left(tmp_path), cwd=tmp_path)
    assert ended.returncode == 0
    assert {path.read_text() for path in tmp_path.iterdir()} == {GOOD}
