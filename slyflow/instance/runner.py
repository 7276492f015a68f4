"""Runs sessions: a queue, a number of slots, and one task of the loop for each session that has one."""

import asyncio
import contextlib
import logging
import secrets
import signal
import socket
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from itertools import islice
from typing import Any

from slyflow.instance import sessions
from slyflow.instance.blobs import Blobs
from slyflow.instance.cleaner import Cleaner
from slyflow.instance.code import CodeCache
from slyflow.instance.environment import Environments
from slyflow.instance.guardian import Exit, Guardian
from slyflow.instance.home import Home
from slyflow.instance.keyring import Keyring
from slyflow.instance.lifecycle import RUNNER_LOST, Life, Lifecycle
from slyflow.instance.preparation import Preparations
from slyflow.instance.sessionlog import LogFiles, LogWriter
from slyflow.instance.sessions import Ending
from slyflow.instance.store import Store
from slyflow.model.session import Status

# From SIGTERM to SIGKILL.
GRACE = 5.0
_log = logging.getLogger(__name__)


class Runner:
    """Lives on the server's loop; `start` first, `close` last."""

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        home: Home,
        keyring: Keyring,
        *,
        url: str,
        slots: int,
        now: Callable[[], str],
        inherited: Mapping[str, str],
        grace: float = GRACE,
    ) -> None:
        self._store = store
        self._home = home
        self._keyring = keyring
        self._slots = slots
        self._now = now
        self._grace = grace
        self._queue: deque[int] = deque()
        self._lives: dict[int, Life] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._pending: set[asyncio.Task[None]] = set()
        self._cleaner = Cleaner(lambda: self.is_idle)
        self._guard = Guardian(self._exited)
        self._preparations = Preparations(home, CodeCache(home.code, blobs), self._cleaner.take)
        self._lifecycle = Lifecycle(
            store=store,
            keyring=keyring,
            environments=Environments(home.environments, inherited),
            preparations=self._preparations,
            guard=self._guard,
            logs=home.logs,
            url=url,
            now=now,
            inherited=inherited,
        )
        self._closing = False
        self._next_end = asyncio.Event()

    def start(self) -> None:
        """Start the guard, say what an earlier server lost, and go on with what it left queued."""
        self._guard.start()
        for row in sessions.live(self._store):
            session_id = row["id"]
            status = Status.STOPPED if row["stop_requested"] else Status.ERROR
            self._say(session_id, "error", RUNNER_LOST)
            with self._store.transaction():
                ending = Ending(status, problem=RUNNER_LOST, log_lines=1)
                sessions.end(self._store, session_id, ending, self._now())
        self._clean_after_others()
        self._queue.extend(sessions.queued(self._store))
        self._dispatch()

    def enqueue(self, session_id: int) -> None:
        """Run a queued session when it is its turn."""
        self._queue.append(session_id)
        self._dispatch()

    def is_live(self, session_id: int) -> bool:
        """Say whether the session holds a slot."""
        return session_id in self._lives

    def port(self, session_id: int) -> int | None:
        """Return the loopback port on which the session may listen, None when it is not running."""
        life = self._lives.get(session_id)
        return life.port if life else None

    def app_finished(self, session_id: int) -> asyncio.Event | None:
        """Return the event of an older app saying that it is done, None when it is not running."""
        life = self._lives.get(session_id)
        return life.app_finished if life else None

    @property
    def is_idle(self) -> bool:
        """Whether no session is queued or running."""
        return not self._queue and not self._lives

    @property
    def is_hungry(self) -> bool:
        """Whether fewer sessions wait than there are slots, so that one would soon stay free."""
        return len(self._queue) < self._slots

    async def next_end(self) -> None:
        """Return when the next session has ended."""
        await self._next_end.wait()

    def stop(self, session_id: int) -> None:
        """Stop a session: at once when it is queued, else by SIGTERM and then SIGKILL to its group."""
        if session_id in self._queue:
            self._queue.remove(session_id)
            self._end(session_id, Ending(Status.STOPPED))
            self._later(self._forget(session_id))
            self._dispatch()
        life = self._lives.get(session_id)
        if life is not None and not life.stopping:
            life.stopping = True
            with self._store.transaction():
                sessions.ask_stop(self._store, session_id)
            self._later(self._terminate(session_id, self._tasks[session_id]))

    async def close(self) -> None:
        """End everything, wait for it, and end the guard.

        Nobody asked for these sessions' stop, so they are lost, not stopped: a resumed run may tell.
        """
        self._closing = True
        while self._queue:
            session_id = self._queue.popleft()
            self._end(session_id, Ending(Status.ERROR, problem=RUNNER_LOST))
            self._later(self._forget(session_id))
        for session_id, life in self._lives.items():
            if not life.stopping:
                life.stopping = life.lost = True
                self._later(self._terminate(session_id, self._tasks[session_id]))
        while self._tasks or self._pending:
            await asyncio.wait([*self._tasks.values(), *self._pending])
        await self._guard.close()
        await self._cleaner.close()

    def _dispatch(self) -> None:
        while self._queue and len(self._lives) < self._slots and not self._closing:
            session_id = self._queue.popleft()
            self._lives[session_id] = Life(secrets.token_hex(32), _free_port())
            self._tasks[session_id] = asyncio.get_running_loop().create_task(self._live(session_id))
        # Those that come next find their folders ready when a slot gets free.
        for session_id in islice(self._queue, self._slots):
            if session_id not in self._preparations and not self._closing:
                self._preparations.begin(session_id, sessions.archive(self._store, session_id))

    async def _live(self, session_id: int) -> None:
        """Take a session from its slot to its end; whatever goes wrong is the session's error."""
        life = self._lives[session_id]
        try:
            ending = await self._lifecycle.live(session_id, life)
        except (OSError, sqlite3.Error) as error:
            _log.exception("session %d", session_id)
            ending = Ending(Status.ERROR, problem=f"the session could not be run: {error}")
        except Exception:  # noqa: BLE001 - a mistake of ours must not leave the session running for ever
            _log.exception("session %d", session_id)
            ending = Ending(Status.ERROR, problem="the session could not be run, see the instance's log")
        self._keyring.dismiss(life.token)
        self._end(session_id, ending)
        del self._lives[session_id], self._tasks[session_id]
        self._dispatch()
        if ending.status is not Status.ERROR:
            # As an agent does: what an error left is kept for a look, the rest goes.
            self._clean(session_id, life)

    def _clean(self, session_id: int, life: Life) -> None:
        folders = self._preparations.folders(session_id)
        if not life.has_left_processes and self._preparations.are_unused(life.archive, folders):
            self._cleaner.add_unused(folders, life.archive)
        else:
            self._cleaner.add(folders)

    async def _forget(self, session_id: int) -> None:
        """Remove the folders of a session that never ran, once nobody works on them."""
        await self._preparations.abandon(session_id)
        self._cleaner.add(self._preparations.folders(session_id))

    def _clean_after_others(self) -> None:
        """Remove the folders that an earlier server had not come to."""
        names = [path.name for path in self._home.sessions.iterdir()]
        ids = [int(name) for name in names if name.isdecimal()]
        for session_id in sessions.left_nothing(self._store, ids):
            self._cleaner.add_old(self._preparations.folders(session_id))

    async def _terminate(self, session_id: int, task: asyncio.Task[None]) -> None:
        await self._guard.signal(session_id, signal.SIGTERM)
        done, _ = await asyncio.wait([task], timeout=self._grace)
        if not done:
            await self._guard.signal(session_id, signal.SIGKILL)

    def _exited(self, session_id: int, ended: Exit) -> None:
        life = self._lives.get(session_id)
        if life is not None and life.exit is not None and not life.exit.done():
            life.exit.set_result(ended)

    def _end(self, session_id: int, ending: Ending) -> None:
        try:
            with self._store.transaction():
                sessions.end(self._store, session_id, ending, self._now())
        except sqlite3.Error:
            # The next start finds it live without a process, and says so.
            _log.exception("session %d: its end could not be recorded", session_id)
        self._next_end.set()
        self._next_end = asyncio.Event()

    def _say(self, session_id: int, level: str, message: str) -> None:
        with contextlib.suppress(OSError):
            log = LogWriter(LogFiles(self._home.logs, session_id))
            try:
                log.add_line(level, message, time.time())
            finally:
                log.close()

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)


def _free_port() -> int:
    """Return a loopback port that is free now; the kernel gives it to nobody else for a while."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
