"""Runs sessions: a queue, a number of slots, and one task of the loop for each session's life."""

import asyncio
import contextlib
import json
import logging
import os
import secrets
import signal
import socket
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from slyflow.instance import sessions
from slyflow.instance.blobs import Blobs
from slyflow.instance.entrypoint import BadEntryPoint, read_entry_point
from slyflow.instance.environment import EnvironmentFailed, Environments
from slyflow.instance.folders import Folders
from slyflow.instance.guardian import Command, Guardian
from slyflow.instance.home import Home
from slyflow.instance.keyring import Keyring
from slyflow.instance.output import Findings, OutputReader
from slyflow.instance.releases import CodeCache, copy_files
from slyflow.instance.sessionlog import LogFiles, LogWriter
from slyflow.instance.sessions import Ending
from slyflow.instance.store import Store
from slyflow.instance.variables import Identity, session_environment
from slyflow.model.session import Status

RUNNER_LOST = "runner lost: the instance ended while this session was running"
# From SIGTERM to SIGKILL.
GRACE = 5.0
# How long output may still come after the process has ended, from one that left its group.
LAST_WORDS = 2.0
# Of an app's last words, this many characters explain its end.
LONGEST_WORDS = 500
# What "on_error" as restart policy means here.
MOST_RESTARTS = 3
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Live:
    """A session that holds a slot."""

    task: asyncio.Task[None]
    token: str = field(repr=False)
    port: int
    exit: asyncio.Future[int | None] | None = None
    stopping: bool = False
    lost: bool = False
    app_finished: asyncio.Event = field(default_factory=asyncio.Event)


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
        self._url = url
        self._slots = slots
        self._now = now
        self._inherited = inherited
        self._grace = grace
        self._queue: deque[int] = deque()
        self._live: dict[int, _Live] = {}
        self._prepared: dict[int, asyncio.Task[None]] = {}
        self._cleaning: set[asyncio.Task[None]] = set()
        self._code = CodeCache(home.code, blobs)
        self._environments = Environments(home.environments, inherited)
        self._guard = Guardian(self._exited)
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
        self._queue.extend(sessions.queued(self._store))
        self._dispatch()

    def enqueue(self, session_id: int) -> None:
        """Run a queued session when it is its turn."""
        self._queue.append(session_id)
        self._dispatch()

    def is_live(self, session_id: int) -> bool:
        """Say whether the session holds a slot."""
        return session_id in self._live

    def port(self, session_id: int) -> int | None:
        """Return the loopback port on which the session may listen, None when it is not running."""
        live = self._live.get(session_id)
        return live.port if live else None

    def app_finished(self, session_id: int) -> asyncio.Event | None:
        """Return the event of an older app saying that it is done, None when it is not running."""
        live = self._live.get(session_id)
        return live.app_finished if live else None

    @property
    def is_idle(self) -> bool:
        """Whether no session is queued or running."""
        return not self._queue and not self._live

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
        live = self._live.get(session_id)
        if live is not None and not live.stopping:
            live.stopping = True
            with self._store.transaction():
                sessions.ask_stop(self._store, session_id)
            self._later(self._terminate(session_id, live))

    async def close(self) -> None:
        """End everything, wait for it, and end the guard.

        Nobody asked for these sessions' stop, so they are lost, not stopped: a resumed run may tell.
        """
        self._closing = True
        while self._queue:
            session_id = self._queue.popleft()
            self._end(session_id, Ending(Status.ERROR, problem=RUNNER_LOST))
            self._later(self._forget(session_id))
        for session_id, live in self._live.items():
            if not live.stopping:
                live.stopping = live.lost = True
                self._later(self._terminate(session_id, live))
        while self._live or self._cleaning:
            await asyncio.wait([*(live.task for live in self._live.values()), *self._cleaning])
        await self._guard.close()

    def _dispatch(self) -> None:
        while self._queue and len(self._live) < self._slots and not self._closing:
            session_id = self._queue.popleft()
            task = asyncio.get_running_loop().create_task(self._live_through(session_id))
            self._live[session_id] = _Live(task, secrets.token_hex(32), _free_port())
        # Those that come next find their folders ready when a slot gets free.
        for session_id in islice(self._queue, self._slots):
            if session_id not in self._prepared and not self._closing:
                self._prepared[session_id] = self._prepare_soon(session_id)

    async def _forget(self, session_id: int) -> None:
        """Remove the folders of a session, once nobody works on them."""
        prepared = self._prepared.pop(session_id, None)
        if prepared is not None:
            await asyncio.gather(prepared, return_exceptions=True)
        folders = self._folders(session_id)
        if not folders.remove_few():
            await asyncio.to_thread(folders.remove)

    def _folders(self, session_id: int) -> Folders:
        return Folders(self._home.sessions / str(session_id), self._home.caches)

    async def _live_through(self, session_id: int) -> None:
        """Take a session from its slot to its end; whatever goes wrong is the session's error."""
        live = self._live[session_id]
        try:
            ending = await self._attempt(session_id, live, self._folders(session_id))
        except (OSError, sqlite3.Error) as error:
            _log.exception("session %d", session_id)
            ending = Ending(Status.ERROR, problem=f"the session could not be run: {error}")
        except Exception:  # noqa: BLE001 - a mistake of ours must not leave the session running for ever
            _log.exception("session %d", session_id)
            ending = Ending(Status.ERROR, problem="the session could not be run, see the instance's log")
        self._keyring.dismiss(live.token)
        self._end(session_id, ending)
        del self._live[session_id]
        self._dispatch()
        if ending.status is not Status.ERROR:
            # As an agent does: what an error left is kept for a look, the rest goes.
            self._later(self._forget(session_id))

    async def _attempt(self, session_id: int, live: _Live, folders: Folders) -> Ending:
        with self._store.transaction():
            sessions.move(self._store, session_id, Status.CONSUMED, self._now())
        row = sessions.find(self._store, session_id)
        assert row is not None, "sessions are never removed"
        log = LogWriter(LogFiles(self._home.logs, session_id))
        try:
            ending = await self._run(row, live, folders, log)
        except (BadEntryPoint, EnvironmentFailed) as error:
            ending = Ending(Status.ERROR, problem=str(error), log_lines=1)
        if live.lost:
            lines = ending.log_lines + 1
            ending = Ending(Status.ERROR, ending.exit_code, problem=RUNNER_LOST, log_lines=lines)
        elif live.stopping:
            ending = Ending(Status.STOPPED, ending.exit_code, log_lines=ending.log_lines)
        try:
            if ending.problem is not None:
                log.add_line("error", ending.problem, time.time())
        finally:
            log.close()
        return ending

    async def _run(self, row: sqlite3.Row, live: _Live, folders: Folders, log: LogWriter) -> Ending:
        session_id = row["id"]
        config = self._config(row["release_id"])
        await (self._prepared.pop(session_id, None) or self._prepare_soon(session_id))
        entry = read_entry_point(config, folders.code)

        async def execute(command: Command) -> int | None:
            code, _ = await self._execute(session_id, live, command, log)
            return code

        interpreter = await self._environments.interpreter(
            folders.code, row["archive"], row["config_dir"], execute
        )
        if live.stopping:
            return Ending(Status.STOPPED)
        params, settings = json.loads(row["params"]), json.loads(row["settings"])
        env = session_environment(
            _identity(row, self._url, live.token),
            folders,
            config,
            config_dir=row["config_dir"],
            state=params.get("state") or {},
            log_level=str(settings.get("logLevel") or "info"),
            port=live.port,
            inherited=self._inherited,
        )
        env["PYTHONPATH"] = os.pathsep.join(map(str, [folders.code, *interpreter.extra_path]))
        self._keyring.admit(live.token, session_id)
        with self._store.transaction():
            sessions.move(self._store, session_id, Status.STARTED, self._now())
        argv = [str(interpreter.python), *entry.command(live.port)]
        command = Command(argv, env, folders.code if entry.in_code else folders.work)
        ending = _judge(*await self._execute(session_id, live, command, log))
        restarts = MOST_RESTARTS if settings.get("restartPolicy") == "on_error" else 0
        for count in range(1, restarts + 1):
            if ending.status is not Status.ERROR or ending.exit_code is None or live.stopping:
                break
            log.add_line("warn", f"{ending.problem}; restart {count} of {restarts}", time.time())
            again = _judge(*await self._execute(session_id, live, command, log))
            ending = replace(again, log_lines=ending.log_lines + again.log_lines)
        return ending

    async def _execute(
        self, session_id: int, live: _Live, command: Command, log: LogWriter
    ) -> tuple[int | None, Findings]:
        """Run one process of a session to its end and return its exit code and what its output told."""
        reader = OutputReader(log, live.app_finished.set)
        live.exit = asyncio.get_running_loop().create_future()
        try:
            await self._guard.launch(session_id, command, reader.write_end)
        finally:
            reader.sent()
        if live.stopping:  # the stop came before there was anything to signal
            await self._guard.signal(session_id, signal.SIGTERM)
        code = await live.exit
        await reader.finish(LAST_WORDS)
        return code, reader.findings

    def _prepare_soon(self, session_id: int) -> asyncio.Task[None]:
        row = sessions.find(self._store, session_id)
        assert row is not None, "sessions are never removed"
        work = self._prepare(row["archive"], self._folders(session_id))
        return asyncio.get_running_loop().create_task(work)

    async def _prepare(self, archive: str, folders: Folders) -> None:
        # A handful of files takes a millisecond; handing that to a thread costs two, in waits for the GIL.
        few = self._code.few_files(archive)
        if few is None:
            await asyncio.to_thread(self._prepare_much, archive, folders)
        else:
            folders.make()
            copy_files(few, folders.code)

    def _prepare_much(self, archive: str, folders: Folders) -> None:
        folders.make()
        self._code.copy(archive, folders.code)

    def _config(self, release_id: int) -> dict[str, object]:
        row = self._store.one("SELECT config FROM release WHERE id = ?", (release_id,))
        assert row is not None, "releases are never removed"
        config: dict[str, object] = json.loads(row["config"])
        return config

    async def _terminate(self, session_id: int, live: _Live) -> None:
        await self._guard.signal(session_id, signal.SIGTERM)
        done, _ = await asyncio.wait([live.task], timeout=self._grace)
        if not done:
            await self._guard.signal(session_id, signal.SIGKILL)

    def _exited(self, session_id: int, code: int | None) -> None:
        live = self._live.get(session_id)
        if live is not None and live.exit is not None and not live.exit.done():
            live.exit.set_result(code)

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
        self._cleaning.add(task)
        task.add_done_callback(self._cleaning.discard)


def _judge(code: int | None, findings: Findings) -> Ending:
    """Return how a session ended that was not asked to stop."""
    title, message, lines = findings.title, findings.message, findings.lines
    if code is None:
        return Ending(
            Status.ERROR, problem="runner lost: the process that guards sessions ended", log_lines=lines + 1
        )
    if code < 0:
        default = f"the app was killed by {_signal_name(-code)}"
        return Ending(Status.ERROR, code, message or default, title, lines + 1)
    if code > 0:
        default = f"the app ended with exit code {code}"
        if findings.last:
            default += f": {findings.last[:LONGEST_WORDS]}"
        return Ending(Status.ERROR, code, message or default, title, lines + 1)
    if findings.crashed:
        default = "the app ended with exit code 0 but logged a fatal error"
        return Ending(Status.ERROR, code, message or default, title, lines + 1)
    return Ending(Status.FINISHED, code, log_lines=lines)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _identity(row: sqlite3.Row, url: str, token: str) -> Identity:
    return Identity(
        session_id=row["id"],
        url=url,
        user_id=row["user_id"],
        user_login=row["user_login"],
        team_id=row["team_id"],
        workspace_id=row["workspace_id"],
        agent_id=row["agent_id"],
        token=token,
    )


def _free_port() -> int:
    """Return a loopback port that is free now; the kernel gives it to nobody else for a while."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
