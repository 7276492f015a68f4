"""Ids in a draft: made from names that may hold anything, each once."""

import re
from collections.abc import Container

LONGEST = 63
_RESERVED = frozenset(("in", "true", "false", "null"))
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_OTHER = re.compile(r"[^a-z0-9]+")


def free_id(text: str, taken: Container[str]) -> str:
    """Return an id that the language allows, near to the text, and not taken: `export_coco_2`."""
    name = _OTHER.sub("_", text.lower()).strip("_")
    if not name[:1].isalpha() or name in _RESERVED:
        name = f"step_{name}".rstrip("_")
    found, number = name[:LONGEST], 1
    while found in taken:
        number += 1
        ending = f"_{number}"
        found = name[: LONGEST - len(ending)] + ending
    return found


def app_id(slug: str, taken: Container[str]) -> str:
    """Return a free id for a step of the app: the last part of its slug."""
    return free_id(slug.rstrip("/").rpartition("/")[2], taken)


def words_of(key: str) -> list[str]:
    """Return the words of a key in small letters: `slyProjectId` and `sly_project_id` have three."""
    return [word.lower() for word in _WORD.findall(key)]
