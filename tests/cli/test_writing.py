"""Files are written whole, and over others only when that is asked for."""

from pathlib import Path

import pytest

from slyflow.cli.writing import check_free, modeline, write_new
from slyflow.errors import UsageError


def test_a_file_is_written_and_nothing_beside_it(tmp_path: Path) -> None:
    write_new(tmp_path / "a.yaml", "ü\n", force=False)
    assert (tmp_path / "a.yaml").read_bytes() == "ü\n".encode()
    assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"]


def test_what_is_there_stays_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("old")
    with pytest.raises(UsageError, match="is there already"):
        write_new(tmp_path / "a.yaml", "new", force=False)
    assert (tmp_path / "a.yaml").read_text() == "old"
    write_new(tmp_path / "a.yaml", "new", force=True)
    assert (tmp_path / "a.yaml").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"]


def test_a_link_counts_as_a_file_and_stays_one(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("a.yaml")
    with pytest.raises(UsageError, match="is there already"):
        check_free(tmp_path / "link", force=False)
    write_new(tmp_path / "link", "new", force=True)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "a.yaml").read_text() == "new"


def test_a_folder_and_a_missing_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        write_new(tmp_path, "x", force=True)
    with pytest.raises(UsageError, match="there is no folder"):
        write_new(tmp_path / "no" / "a.yaml", "x", force=True)


def test_the_schema_is_named_by_a_short_way_within_a_repository(tmp_path: Path) -> None:
    repository = Path(__file__).parents[2]
    assert modeline(tmp_path).startswith("yaml-language-server: $schema=/")
    if (repository / ".git").exists():
        told = modeline(repository / "pipelines")
        assert told == "yaml-language-server: $schema=../schemas/pipeline.v1.schema.json"
