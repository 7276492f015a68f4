"""Globs over Team Files paths: `*` and `?` within one segment, `**` across segments."""

import re


def compile_glob(glob: str) -> re.Pattern[str]:
    """Return a pattern for the whole path; everything but `*`, `**` and `?` stands for itself."""
    parts = []
    for piece in re.split(r"(\*\*/|\*+|\?)", glob):
        if piece == "**/":
            parts.append("(?:.*/)?")
        elif piece.startswith("**"):
            parts.append(".*")
        elif piece == "*":
            parts.append("[^/]*")
        elif piece == "?":
            parts.append("[^/]")
        else:
            parts.append(re.escape(piece))
    return re.compile("".join(parts), re.DOTALL)


def fixed_folder(glob: str) -> str:
    """Return the deepest folder, with a slash at its end, that every match lies below."""
    fixed = re.split(r"[*?]", glob, maxsplit=1)[0]
    return fixed[: fixed.rfind("/") + 1] or "/"
