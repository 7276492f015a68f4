"""Files that a pipeline includes: read once, and only from its own repository."""

import os
import stat
from pathlib import Path

from slyflow.repository import root_of

LIMIT = 2**20


class IncludeError(Exception):
    """An included file cannot be taken; the message never quotes what is in it."""


def home_of(folder: Path) -> Path:
    """Return the repository that a pipeline's folder lies in, the folder itself outside of any."""
    return Path(root_of(str(folder)) or folder)


def read_include(path: str, folder: Path, home: Path) -> str:
    """Return the text of the file at `path`, relative to `folder`; both folders are real paths.

    IncludeError for what is absolute, leaves `home` (also by a link), is no regular file, is too
    large or is not UTF-8.
    """
    if "\0" in path or Path(path).is_absolute():
        raise IncludeError(f'"{path}" must be relative to the pipeline\'s folder')
    try:
        real = (folder / path).resolve(strict=True)
    except (OSError, RuntimeError) as error:
        if isinstance(error, FileNotFoundError):
            raise IncludeError(f'there is no file "{path}"') from error
        raise IncludeError(f'"{path}" cannot be read: {_reason(error)}') from error
    if not real.is_relative_to(home):
        raise IncludeError(f'"{path}" lies outside of the pipeline\'s repository')
    try:
        return _decoded(_content(real, path), path)
    except OSError as error:
        raise IncludeError(f'"{path}" cannot be read: {_reason(error)}') from error


def _content(real: Path, path: str) -> bytes:
    # Without NONBLOCK the opening of a FIFO would wait; NOFOLLOW, as the file may have become a link since.
    handle = os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise IncludeError(f'"{path}" is not a regular file')
        content = stream.read(LIMIT + 1)
    if len(content) > LIMIT:
        raise IncludeError(f'"{path}" is larger than {LIMIT // 2**20} MiB')
    return content


def _decoded(content: bytes, path: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise IncludeError(f'"{path}" is not UTF-8 (byte {error.start})') from error


def _reason(error: OSError | RuntimeError) -> str:
    text = error.strerror if isinstance(error, OSError) else None
    return text or "its links go round in a circle"
