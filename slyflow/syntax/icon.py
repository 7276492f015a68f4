"""The names of the Material Design Iconic Font, which Supervisely draws its nodes with."""

from functools import cache
from pathlib import Path


@cache
def icons() -> frozenset[str]:
    """Return the names of the icons, without `zmdi-`."""
    return frozenset((Path(__file__).parent / "icons.txt").read_text(encoding="ascii").split())
