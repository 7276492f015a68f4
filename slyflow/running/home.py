"""The home folder of runs and of the embedded instance: made private, and refused where it is not."""

import os
import stat
from pathlib import Path

from slyflow.errors import StoreError


def open_home(folder: Path) -> Path:
    """Make the home (0700, kept out of version control) or check that no other user can change it.

    StoreError says how to repair it.
    """
    try:
        if not folder.exists():
            folder.mkdir(mode=0o700, parents=True)
            (folder / ".gitignore").write_text("*\n")
    except OSError as error:
        raise StoreError(f"the home {folder} cannot be used: {error.strerror}") from error
    check_home(folder)
    return folder


def check_home(folder: Path) -> os.stat_result:
    """Return what the file system says of the home; StoreError when it is no folder that is ours alone."""
    try:
        found = folder.stat()
    except OSError as error:
        raise StoreError(f"the home {folder} cannot be used: {error.strerror}") from error
    if not stat.S_ISDIR(found.st_mode):
        raise StoreError(f"the home {folder} is not a folder", hint="choose another with --home")
    if found.st_uid != os.getuid():
        raise StoreError(f"the home {folder} belongs to another user", hint="choose another with --home")
    if found.st_mode & 0o022:
        raise StoreError(f"other users may write to the home {folder}", hint=f"run: chmod 700 {folder}")
    return found
