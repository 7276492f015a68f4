"""Which images go to training and which to validation, the same ones every time for one seed."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

TRAIN, VAL = "train", "val"
T = TypeVar("T")


def divided(names: Sequence[str], train_share: float, seed: int) -> tuple[Sequence[str], Sequence[str]]:
    """Return names for training and for validation, each in the given order; names are unique.

    `train_share` is between 0 and 1. Of two or more, both parts get at least one unless the share is 0
    or 1. A name's rank depends on itself and the seed alone, so a new image moves few of the others.
    """
    count = round(len(names) * train_share)
    if 0 < train_share < 1 and len(names) > 1:
        count = min(max(count, 1), len(names) - 1)
    chosen = set(sorted(names, key=lambda name: _rank(name, seed))[:count])
    return [name for name in names if name in chosen], [name for name in names if name not in chosen]


def unique_names(places: Sequence[tuple[str, str]]) -> Sequence[str]:
    """Return a name for each image, given as dataset and name: its own, else with the dataset before it."""
    uses = Counter(name for _, name in places)
    taken: set[str] = set()
    result = []
    for dataset, name in places:
        free = name if uses[name] == 1 else f"{dataset}_{name}"
        while free in taken:
            free = f"_{free}"
        taken.add(free)
        result.append(free)
    return result


def _rank(name: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}\n{name}".encode()).digest()
