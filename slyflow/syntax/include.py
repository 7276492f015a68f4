"""Files that a pipeline includes: read once, and only from its own repository."""

import os
import stat

from slyflow.repository import root_of

LIMIT = 2**20


class IncludeError(Exception):
    """An included file cannot be taken; the message never quotes what is in it."""


class NoFile(IncludeError):
    """There is no such file."""


class OutsideError(IncludeError):
    """The file lies outside of the pipeline's repository, and was not opened."""


def folder_of(file: str) -> str:
    """Return the real path of the folder that a file lies in."""
    # Not by pathlib, which takes longer to import than a file takes to read.
    folder, slash, _ = file.rpartition("/")
    return os.path.realpath(folder or slash or ".")


def home_of(folder: str) -> str:
    """Return the repository that a pipeline's folder lies in, the folder itself outside of any."""
    return root_of(folder) or folder


def read_include(path: str, folder: str, home: str) -> str:
    """Return the text of the file at `path`, relative to `folder`; both folders are real paths.

    IncludeError for what is absolute, leaves `home` (also by a link), is no regular file, is too
    large or is not UTF-8.
    """
    if "\0" in path or path[:1] == "/":
        raise IncludeError(f'"{path}" must be relative to the pipeline\'s folder')
    try:
        real = os.path.realpath(f"{folder}/{path}", strict=True)
    except FileNotFoundError as error:
        raise NoFile(f'there is no file "{path}"') from error
    except OSError as error:
        raise IncludeError(f'"{path}" cannot be read: {error.strerror}') from error
    if not is_within(real, home):
        raise OutsideError(f'"{path}" lies outside of the pipeline\'s repository')
    try:
        return _decoded(_content(real, path), path)
    except OSError as error:
        raise IncludeError(f'"{path}" cannot be read: {error.strerror}') from error


def is_within(path: str, folder: str) -> bool:
    """Say whether a real path is a real folder, or lies in it."""
    return f"{path}/".startswith(f"{folder.rstrip('/')}/")


def _content(real: str, path: str) -> bytes:
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
