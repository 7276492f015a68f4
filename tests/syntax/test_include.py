"""Which files a pipeline may include."""

import os
from pathlib import Path

import pytest

from slyflow.syntax.include import LIMIT, IncludeError, home_of, read_include


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a pipeline folder in it, and a secret beside it."""
    home = (tmp_path / "repository").resolve()
    (home / ".git").mkdir(parents=True)
    (home / "pipelines").mkdir()
    (home / "shared.txt").write_text("shared")
    (home / "pipelines" / "own.txt").write_text("own é")
    (tmp_path / "secret.txt").write_text("token-1234")
    return home


def included(repository: Path, path: str) -> str:
    folder = str(repository / "pipelines")
    return read_include(path, folder, home_of(folder))


@pytest.mark.parametrize(
    ("path", "text"), [("own.txt", "own é"), ("./own.txt", "own é"), ("../shared.txt", "shared")]
)
def test_files_of_the_repository_are_read(path: str, text: str, repository: Path) -> None:
    assert included(repository, path) == text


def test_link_inside_the_repository_is_followed(repository: Path) -> None:
    (repository / "pipelines" / "link").symlink_to("../shared.txt")
    assert included(repository, "link") == "shared"


def test_home_is_the_folder_itself_outside_of_any_repository(tmp_path: Path) -> None:
    assert home_of(str(tmp_path)) == str(tmp_path)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("none.txt", "no file"),
        ("../../secret.txt", "outside"),
        ("leak", "outside"),
        ("folder-leak/secret.txt", "outside"),
        ("environ", "outside"),
        ("loop", "cannot be read"),
        (".", "cannot be read|regular"),
        ("fifo", "regular"),
        ("/etc/hostname", "relative"),
        ("a\0b", "relative"),
        ("latin1.txt", "UTF-8"),
        ("large.txt", "larger"),
    ],
)
def test_everything_else_is_refused_without_a_word_of_its_content(
    path: str, says: str, repository: Path
) -> None:
    folder = repository / "pipelines"
    (folder / "leak").symlink_to("../../secret.txt")
    (folder / "folder-leak").symlink_to("../..")
    (folder / "environ").symlink_to("/proc/self/environ")
    (folder / "loop").symlink_to("loop")
    os.mkfifo(folder / "fifo")
    (folder / "latin1.txt").write_bytes(b"caf\xe9 token-1234")
    (folder / "large.txt").write_bytes(b"x" * (LIMIT + 1))
    with pytest.raises(IncludeError, match=says) as caught:
        included(repository, path)
    assert "token-1234" not in str(caught.value)


def test_file_at_the_limit_is_read(repository: Path) -> None:
    (repository / "pipelines" / "large.txt").write_bytes(b"x" * LIMIT)
    assert len(included(repository, "large.txt")) == LIMIT
