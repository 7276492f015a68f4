"""Whether anybody uses this server: it ends with its last user, or, told to linger, with its last session.

A user that was killed took no leave: its sessions go on for a while, so that a resume finds them.
"""

import asyncio
import contextlib
import fcntl
from typing import BinaryIO

from slyflow.instance.runner import Runner

# The kernel tells nobody when a lock is freed by a death; this is how often we ask, in seconds.
EVERY = 0.5
# How long sessions go on after their last user died without a word, in seconds.
BEREAVEMENT = 10.0


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
        self._took_leave = False
        self._alone_since: float | None = None
        self._look = asyncio.Event()

    def linger(self) -> None:
        """Let the sessions that are here end before the server does."""
        self._lingering = True

    def look(self) -> bool:
        """Look now whether anybody is left, as a user took its leave, and say whether the server ends."""
        self._took_leave = True
        self._look.set()
        return self._until_unused and self._is_deserted()

    async def watch(self) -> None:
        """Watch until the server shall end."""
        while self._until_unused and not self._is_deserted():
            self._look.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), EVERY)
        if self._until_unused:
            self._ending.set()

    def _is_deserted(self) -> bool:
        """Say whether the server shall end; then the users' lock is held, and nobody can join any more."""
        if self._lingering and not self._runner.is_idle:
            return False
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._took_leave, self._alone_since = False, None
            return False
        if self._took_leave or self._runner.is_idle or self._has_mourned():
            return True
        fcntl.flock(self._users, fcntl.LOCK_UN)
        return False

    def _has_mourned(self) -> bool:
        now = asyncio.get_running_loop().time()
        if self._alone_since is None:
            self._alone_since = now
        return now - self._alone_since >= BEREAVEMENT
