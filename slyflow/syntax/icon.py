"""The names of the Material Design Iconic Font, which Supervisely draws its nodes with."""

from functools import cache


@cache
def icons() -> frozenset[str]:
    """Return the names of the icons, without `zmdi-`."""
    path = __file__.rpartition("/")[0] + "/icons.txt"
    with open(path, encoding="utf-8") as file:  # noqa: PTH123  # pathlib takes longer to import than this file
        return frozenset(file.read().split())
