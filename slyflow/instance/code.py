"""The code of apps: each archive unpacked once, and copied into the folders of each session."""

import os
import shutil
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from slyflow.catalog.tar import ArchiveError
from slyflow.catalog.unpack import unpack
from slyflow.instance.blobs import Blobs
from slyflow.instance.releases import TOP

# Apps of so few files are kept in memory, as many as this of them.
FEW_FILES = 16
FEW_BYTES = 256 << 10
_MOST_SMALL = 64


@dataclass(frozen=True, slots=True)
class SmallFile:
    """A file of an app: its name, its content, and the mode of its copies."""

    name: str
    content: bytes = field(repr=False)
    mode: int


class CodeCache:
    """Unpacked archives, below `folder`, each once; sessions get copies."""

    def __init__(self, folder: Path, blobs: Blobs) -> None:
        self._folder = folder
        self._blobs = blobs
        self._small: dict[str, tuple[SmallFile, ...]] = {}

    def few_files(self, sha256: str) -> Sequence[SmallFile] | None:
        """Return the files of an app of a few small ones that was copied before; None of any other."""
        return self._small.get(sha256)

    def copy(self, sha256: str, target: Path) -> None:
        """Copy the code of an archive to `target`, which must not exist. Off the loop only."""
        source = self._folder / sha256
        if not source.is_dir():
            self._unpack(sha256, source)
        if (source / TOP).is_dir():
            # A real copy, not links: an app may write to its own files.
            shutil.copytree(source / TOP, target, copy_function=_copy_file)
            self._keep(sha256, source / TOP)
        else:
            target.mkdir(parents=True)  # the app is its config alone

    def _keep(self, sha256: str, source: Path) -> None:
        small = _read_few(source)
        if small is not None and len(self._small) < _MOST_SMALL:
            self._small[sha256] = small

    def _unpack(self, sha256: str, place: Path) -> None:
        try:
            with self._blobs.open(sha256) as file:
                # What two names were in the folder that it was made of are two names here.
                unpack(file, place, twins=True)
        except ArchiveError as error:
            raise OSError(f"the code cannot be unpacked: {error}") from error
        except OSError:
            # Another thread was faster, or it failed.
            if not place.is_dir():
                raise


def write_files(files: Sequence[SmallFile], target: Path) -> None:
    """Write files into `target`, a new folder, private as they are."""
    target.mkdir(mode=0o700)
    for file in files:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        descriptor = os.open(target / file.name, flags, file.mode)
        try:
            content = memoryview(file.content)
            while content:
                content = content[os.write(descriptor, content) :]
        finally:
            os.close(descriptor)


def are_copies(files: Sequence[SmallFile], target: Path) -> bool:
    """Say whether `target` holds what `write_files` wrote there, and nothing else."""
    try:
        with os.scandir(target) as entries:
            has_all = {entry.name for entry in entries} == {file.name for file in files}
        return has_all and all(_is_copy(file, target / file.name) for file in files)
    except OSError:
        return False


def _is_copy(file: SmallFile, path: Path) -> bool:
    # O_NONBLOCK: nothing may come of the place being a pipe now.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        found = os.fstat(descriptor)
        # Another name of it would be another way to it.
        if found.st_mode != stat.S_IFREG | file.mode or found.st_nlink != 1:
            return False
        return found.st_size == len(file.content) and os.read(descriptor, FEW_BYTES) == file.content
    finally:
        os.close(descriptor)


def _read_few(folder: Path) -> tuple[SmallFile, ...] | None:
    found: list[SmallFile] = []
    size = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            size += entry.stat(follow_symlinks=False).st_size
            if not entry.is_file(follow_symlinks=False) or len(found) == FEW_FILES or size > FEW_BYTES:
                return None
            mode = 0o700 if os.access(entry, os.X_OK) else 0o600
            found.append(SmallFile(entry.name, Path(entry).read_bytes(), mode))
    return tuple(found)


def _copy_file(source: str, target: str) -> str:
    """Copy content and the executable bit, and no times."""
    shutil.copyfile(source, target)
    if os.access(source, os.X_OK):
        Path(target).chmod(0o755)
    return target
