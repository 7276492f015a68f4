"""Files and folders that may stand at the cursor."""

import os
from collections.abc import Iterator

from slyflow.cli.completing.offer import Offer

_PIPELINES = (".yaml", ".yml")


def pipelines(current: str, folder: str) -> Iterator[Offer]:
    """Yield folders and the files that may be pipelines; `folder` is the working directory."""
    return paths(current, folder, _PIPELINES)


def folders(current: str, folder: str) -> Iterator[Offer]:
    """Yield folders alone."""
    return paths(current, folder, ())


def paths(current: str, folder: str, endings: tuple[str, ...] = ("",)) -> Iterator[Offer]:
    """Yield folders, and files with one of the endings, that begin as the current word does.

    Hidden ones only when the word begins with a dot.
    """
    place, slash, begun = current.rpartition("/")
    base = os.path.join(folder, os.path.expanduser(place + slash))  # noqa: PTH111, PTH118 - pathlib takes long
    try:
        entries = sorted(os.scandir(base), key=lambda entry: entry.name)
    except (OSError, ValueError):
        return
    for entry in entries:
        if entry.name.startswith(begun) and entry.name.startswith(".") <= begun.startswith("."):
            if entry.is_dir():
                yield Offer(f"{place}{slash}{entry.name}/")
            elif entry.name.endswith(endings):
                yield Offer(place + slash + entry.name)
