"""Sessions' folders, made ready before a slot is free, with a copy of the app's code in them."""

import asyncio
from collections.abc import Callable

from slyflow.instance.code import CodeCache, are_copies, write_files
from slyflow.instance.folders import Folders
from slyflow.instance.home import Home


class Preparations:
    """What is made ready for sessions that wait for their slot. Lives on the server's loop.

    `take_unused` gives the folders of a session of the app with this archive that has ended and left them
    as it found them, if there are any: a name costs less than eight new files and folders.
    """

    def __init__(self, home: Home, code: CodeCache, take_unused: Callable[[str], Folders | None]) -> None:
        self._home = home
        self._code = code
        self._take_unused = take_unused
        self._work: dict[int, asyncio.Task[None]] = {}

    def __contains__(self, session_id: int) -> bool:
        return session_id in self._work

    def folders(self, session_id: int) -> Folders:
        """Return where a session's folders are, whether or not they exist."""
        return Folders(self._home.sessions / str(session_id), self._home.caches)

    def begin(self, session_id: int, archive: str) -> None:
        """Begin to make the session's folders, with the code of the archive with this sha256 in them."""
        work = self._make(archive, self.folders(session_id))
        self._work[session_id] = asyncio.get_running_loop().create_task(work)

    def is_done(self, session_id: int) -> bool:
        """Say whether what was begun is done."""
        return self._work[session_id].done()

    async def finish(self, session_id: int) -> None:
        """Wait until what was begun is done, and forget it; OSError where it went wrong."""
        await self._work.pop(session_id)

    def are_unused(self, archive: str, folders: Folders) -> bool:
        """Say whether folders are as they were made for the app with this archive, one of a few files."""
        few = self._code.few_files(archive)
        return few is not None and folders.are_as_made() and are_copies(few, folders.code)

    async def abandon(self, session_id: int) -> None:
        """Wait until nobody works on the session's folders any more, however that ends."""
        work = self._work.pop(session_id, None)
        if work is not None:
            await asyncio.gather(work, return_exceptions=True)

    async def _make(self, archive: str, folders: Folders) -> None:
        # A handful of files takes a millisecond; handing that to a thread costs two, in waits for the GIL.
        few = self._code.few_files(archive)
        if few is None:
            await asyncio.to_thread(self._make_much, archive, folders)
        elif not self._take_over(archive, folders):
            folders.make()
            write_files(few, folders.code)

    def _take_over(self, archive: str, folders: Folders) -> bool:
        unused = self._take_unused(archive)
        return unused is not None and folders.take_over(unused)

    def _make_much(self, archive: str, folders: Folders) -> None:
        folders.make()
        self._code.copy(archive, folders.code)
