"""Whether anybody uses this server: it ends with its last user, or, told to linger, with its last session."""

import asyncio
import contextlib
import fcntl
from typing import BinaryIO

from slyflow.instance.runner import Runner

# The kernel tells nobody when a lock is freed by a death; this is how often we ask, in seconds.
EVERY = 0.5


class Tenancy:
    """Sets `ending` when the server shall end; without `until_unused` only a signal does.

    `users` is the open lock file that each user holds in common; it must stay open until the server is
    gone, so that whoever comes late waits, and then starts another.
    """

    def __init__(self, users: BinaryIO, runner: Runner, ending: asyncio.Event, *, until_unused: bool) -> None:
        self._users = users
        self._runner = runner
        self._ending = ending
        self._until_unused = until_unused
        self._lingering = False
        self._look = asyncio.Event()

    def linger(self) -> None:
        """Let the sessions that are here end before the server does."""
        self._lingering = True

    def look(self) -> None:
        """Look now whether anybody is left."""
        self._look.set()

    async def watch(self) -> None:
        """Watch until the server shall end."""
        while self._until_unused and not self._is_deserted():
            self._look.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), EVERY)
        if self._until_unused:
            self._ending.set()

    def _is_deserted(self) -> bool:
        if self._lingering and not self._runner.is_idle:
            return False
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
