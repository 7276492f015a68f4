"""Paths in Team Files: POSIX text below the team's root, never a path of this machine."""

import re
from pathlib import PurePosixPath

_CONTROL = re.compile("[\x00-\x1f\x7f]")
LONGEST = 4096


def normalise(path: str) -> str:
    """Return the path with one leading slash and single slashes; a trailing slash (a folder) stays.

    ValueError says what is wrong with it: a `.` or `..` segment, a control character, too long, empty.
    """
    if not path:
        raise ValueError("the path is empty, expected an absolute path in Team Files such as /data/a.txt")
    if len(path) > LONGEST:
        raise ValueError(f"the path is longer than {LONGEST} characters")
    if _CONTROL.search(path):
        raise ValueError(f"the path {path!r} has a control character in it")
    segments = [segment for segment in path.split("/") if segment]
    if "." in segments or ".." in segments:
        raise ValueError(f'the path "{path}" has a "." or ".." segment, which Team Files do not know')
    tail = "/" if segments and path.endswith("/") else ""
    return "/" + "/".join(segments) + tail


def folder(path: str) -> str:
    """Return the normalised path with a trailing slash: `/` for the root."""
    plain = normalise(path)
    return plain if plain.endswith("/") else plain + "/"


def name(path: str) -> str:
    """Return the last segment, the empty string for the root."""
    return PurePosixPath(path).name
