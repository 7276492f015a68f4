"""Paths in Team Files: absolute, with nothing in them that means something else."""

from slyflow.errors import UsageError
from slyflow.text import sanitize


def check_path(path: str) -> str:
    """Return the path unchanged; UsageError when it is relative or has odd segments."""
    segments = path.removesuffix("/").split("/")[1:]
    odd = any(segment in ("", ".", "..") for segment in segments) and path != "/"
    if not path.startswith("/") or odd or any(ord(character) < 32 for character in path):
        raise UsageError(
            f"{sanitize(path, 200)!r} is no path in Team Files",
            hint='it begins with "/" and has no empty, "." or ".." segment',
        )
    return path
