"""The code of an app, unpacked from its archive."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from slyflow.catalog.tar import ArchiveError
from slyflow.catalog.unpack import unpack
from slyflow.errors import BadReply, StoreError, UsageError


def check_free(folder: Path) -> None:
    """UsageError when there is something at `folder`, or nothing that it could be made in."""
    if folder.exists() or folder.is_symlink():
        raise UsageError(f"{folder} exists already", hint="give a folder that does not exist yet")
    if not folder.parent.is_dir():
        raise UsageError(f"{folder.parent} is no folder, so {folder.name} cannot be made in it")


@contextmanager
def scratch_beside(folder: Path) -> Iterator[Path]:
    """Make a hidden folder on the same disk, for the time of the block; StoreError when it cannot be made."""
    try:
        scratch = TemporaryDirectory(prefix=".", dir=folder.parent)
    except OSError as error:
        raise _unwritable(folder, error) from error
    with scratch as name:
        yield Path(name)


def unpack_code(archive: Path, folder: Path) -> None:
    """Make `folder` of the one folder that an app's archive holds; unpacks beside the archive.

    BadReply when the archive is damaged, too large, holds anything but files and folders, or does not
    consist of exactly one folder.
    """
    aside = archive.with_name("unpacked")
    try:
        with archive.open("rb") as file:
            unpack(file, aside)
        tops = list(aside.iterdir())
        if len(tops) != 1 or not tops[0].is_dir():
            raise BadReply(f"the app's archive holds {len(tops)} entries at its top, expected one folder")
        check_free(folder)
        tops[0].rename(folder)
    except ArchiveError as error:
        raise BadReply(f"the app's archive cannot be unpacked: {error}") from error
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(folder: Path, error: OSError) -> StoreError:
    return StoreError(f"{folder} cannot be written: {error.strerror or error}")
