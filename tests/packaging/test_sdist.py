"""The sdist holds what is needed to build slyflow and to run the quickstart, each thing once."""

import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from tests.packaging.installed import ROOT


@pytest.fixture(scope="module")
def members(distributions: Path) -> list[tarfile.TarInfo]:
    """Return what the archive holds."""
    (archive,) = distributions.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        return opened.getmembers()


def _names(members: list[tarfile.TarInfo]) -> set[PurePosixPath]:
    return {PurePosixPath(*PurePosixPath(member.name).parts[1:]) for member in members}


def _files(folder: Path) -> Iterator[PurePosixPath]:
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield PurePosixPath(path.relative_to(ROOT))


@pytest.mark.parametrize(
    "folder", ["slyflow", "schemas", "pipelines/apps", "docs", "tests/cases", "scripts", "benchmarks"]
)
def test_folder_is_there_whole(folder: str, members: list[tarfile.TarInfo]) -> None:
    assert set(_files(ROOT / folder)) - _names(members) == set()


@pytest.mark.parametrize("file", ["Makefile", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE"])
def test_file_is_there(file: str, members: list[tarfile.TarInfo]) -> None:
    assert PurePosixPath(file) in _names(members)


def test_pictures_are_there_once_although_a_link_names_them_too(members: list[tarfile.TarInfo]) -> None:
    link = ROOT / "pipelines" / "data"
    pictures = [PurePosixPath(member.name) for member in members if member.name.endswith((".jpg", ".png"))]
    real = [path for path in pictures if "sample" in path.parts]
    assert link.resolve() == ROOT / "pipelines" / "apps" / "import-folder" / "sample"
    assert len(real) == 12
    assert not [path for path in pictures if "data" in path.parts]


def test_no_member_is_a_link_or_leaves_its_folder(members: list[tarfile.TarInfo]) -> None:
    assert [member.name for member in members if member.issym() or member.islnk()] == []
    assert [member.name for member in members if ".." in PurePosixPath(member.name).parts] == []
    assert len({PurePosixPath(member.name).parts[0] for member in members}) == 1


def test_nothing_that_a_machine_left_behind_is_there(members: list[tarfile.TarInfo]) -> None:
    hidden = {name for name in _names(members) if any(part.startswith(".") for part in name.parts)}
    assert {str(name) for name in hidden} <= {".gitignore"}
    assert not {name for name in _names(members) if name.suffix == ".pyc"}
