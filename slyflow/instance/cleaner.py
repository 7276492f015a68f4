"""Removes the folders of ended sessions off the loop: those with data soon, the rest when all is quiet.

Until then those that a session did not use are there for the next one of the same app.
"""

import asyncio
import threading
from collections.abc import Callable

from slyflow.instance.folders import Folders

EVERY = 1.0
"""In seconds; after as long without a session all is quiet."""
# Some file systems make files slowly for seconds after many were removed (ext4 passes over what was freed
# lately, one by one), so that removing empty folders at once would slow down all sessions that come after.
MOST_PATIENT = 512


class Cleaner:
    """Lives on the server's loop; `close` last. What holds no data then is left to a later server."""

    def __init__(self, is_idle: Callable[[], bool]) -> None:
        self._is_idle = is_idle
        self._due: list[Folders] = []
        self._patient: list[Folders] = []
        self._unused: dict[str, list[Folders]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._work: asyncio.Task[None] | None = None
        self._was_idle = False
        self._closing = threading.Event()

    def add(self, folders: Folders) -> None:
        """Remove these folders, which nobody may use any more: soon if they hold data."""
        self._due.append(folders)
        self._wait_unless_busy()

    def add_unused(self, folders: Folders, archive: str) -> None:
        """Remove these folders when all is quiet, unless they are taken before, by the archive in them."""
        self._unused.setdefault(archive, []).append(folders)
        self._wait_unless_busy()

    def take(self, archive: str) -> Folders | None:
        """Return unused folders with the code of this archive, which are the caller's now; None without."""
        kept = self._unused.get(archive)
        return kept.pop() if kept else None

    def add_old(self, folders: Folders) -> None:
        """Remove these folders, which an earlier server left, when all is quiet."""
        self._patient.append(folders)
        self._wait_unless_busy()

    async def close(self) -> None:
        """Remove what still holds data."""
        self._closing.set()
        if self._timer is not None:
            self._timer.cancel()
        if self._work is not None:
            await self._work
        await asyncio.to_thread(_remove_full, self._due)

    def _wait_unless_busy(self) -> None:
        if self._timer is None and self._work is None:
            self._wait()

    def _wait(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(EVERY, self._begin)

    def _begin(self) -> None:
        self._timer = None
        self._work = asyncio.get_running_loop().create_task(self._sweep())

    async def _sweep(self) -> None:
        due, self._due = self._due, []
        self._patient += await asyncio.to_thread(_remove_full, due)
        is_idle = self._is_idle()
        is_quiet = is_idle and self._was_idle
        if is_quiet:
            for unused in self._unused.values():
                self._patient += unused
            self._unused.clear()
        if is_quiet or len(self._patient) > MOST_PATIENT:
            patient, self._patient = self._patient, []
            await asyncio.to_thread(self._remove, patient)
        self._was_idle = is_idle
        self._work = None
        if (self._due or self._patient or self._unused) and not self._closing.is_set():
            self._wait()

    def _remove(self, patient: list[Folders]) -> None:
        for folders in patient:
            if self._closing.is_set():
                return
            folders.remove()


def _remove_full(due: list[Folders]) -> list[Folders]:
    """Remove those that hold data, and return the others."""
    empty = []
    for folders in due:
        if folders.are_empty():
            empty.append(folders)
        else:
            folders.remove()
    return empty
