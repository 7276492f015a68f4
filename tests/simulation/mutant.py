"""A bug put into the real code for a while, to see that the invariants notice it."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.simulation import driver

Patch = tuple[Any, str, Any]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One bug: what is wrong with it, and which attributes of the real code it replaces.

    `seed` is the first world that showed it when it was last looked for.
    """

    seed: int
    name: str
    what: str
    patches: Callable[[], Sequence[Patch]]

    @contextlib.contextmanager
    def planted(self) -> Iterator[None]:
        """Have the bug in the code for a while."""
        with contextlib.ExitStack() as stack:
            for target, name, bug in self.patches():
                stack.callback(setattr, target, name, getattr(target, name))
                setattr(target, name, bug)
            yield


def policy(**changes: Any) -> Sequence[Patch]:
    """Return the patch that makes every world's run differently patient."""
    usual = driver.policy
    return [(driver, "policy", lambda world: replace(usual(world), **changes))]
