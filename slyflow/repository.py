"""The repository that a folder lies in: its root, and the nearest file of a name up to there."""

import os


def nearest(name: str, folder: str) -> str | None:
    """Return the nearest file `name` from an absolute `folder` up to the root of its repository.

    Outside a repository only the folder itself counts: a file that another user left in a parent such as
    `/tmp` must not steer what is done here.
    """
    found = None
    for place in _upwards(folder):
        if found is None and _exists(f"{place}/{name}"):
            found = f"{place}/{name}"
        if _exists(f"{place}/.git"):
            return found
    own = f"{folder.rstrip('/')}/{name}"
    return own if _exists(own) else None


def root_of(folder: str) -> str | None:
    """Return the root of the repository that an absolute folder lies in, None outside of any."""
    return next((place or "/" for place in _upwards(folder) if _exists(f"{place}/.git")), None)


def _upwards(folder: str) -> list[str]:
    """Return the folder and those it lies in, without trailing slashes."""
    places = [folder.rstrip("/")]
    while places[-1]:
        places.append(places[-1].rpartition("/")[0])
    return places


def _exists(path: str) -> bool:
    # Not by pathlib: a check of a file looks here, and takes less time than importing that does.
    return os.path.lexists(path)
