"""One session's life in its slot: prepared, started, started again where its policy says so, and judged."""

import asyncio
import json
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from slyflow.instance import releases, sessions
from slyflow.instance.entrypoint import BadEntryPoint, read_entry_point
from slyflow.instance.environment import EnvironmentFailed, Environments, Interpreter
from slyflow.instance.guardian import Command, Exit, Guardian
from slyflow.instance.judging import judge
from slyflow.instance.keyring import Keyring
from slyflow.instance.output import Findings, OutputReader
from slyflow.instance.preparation import Preparations
from slyflow.instance.sessionlog import LogFiles, LogWriter
from slyflow.instance.sessions import Ending
from slyflow.instance.store import Store
from slyflow.instance.variables import Identity, session_environment
from slyflow.model.session import Status

RUNNER_LOST = "runner lost: the instance ended while this session was running"
# How long output may still come after the process has ended, from one that left its group.
LAST_WORDS = 2.0
# What "on_error" as restart policy means here.
MOST_RESTARTS = 3


@dataclass(slots=True)
class Life:
    """What is known of a session only while it holds a slot. `token` is its own, `port` one it may use.

    `archive` is of its app's code; `has_left_processes` whether any that it started may go on.
    """

    token: str = field(repr=False)
    port: int
    archive: str = ""
    exit: asyncio.Future[Exit] | None = None
    has_left_processes: bool = True
    stopping: bool = False
    lost: bool = False
    app_finished: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Takes sessions through their lives. `inherited` is the server's environment, of which little passes."""

    store: Store
    keyring: Keyring
    environments: Environments
    preparations: Preparations
    guard: Guardian
    logs: Path
    url: str
    now: Callable[[], str]
    inherited: Mapping[str, str] = field(repr=False)

    async def live(self, session_id: int, life: Life) -> Ending:
        """Return how the session ended; OSError and sqlite3.Error when it could not be run."""
        row = sessions.find(self.store, session_id)
        assert row is not None, "sessions are never removed"
        life.archive = row["archive"]
        log = LogWriter(LogFiles(self.logs, session_id))
        try:
            ending = await self._run(row, life, log)
        except (BadEntryPoint, EnvironmentFailed) as error:
            ending = Ending(Status.ERROR, problem=str(error), log_lines=1)
        if life.lost:
            lines = ending.log_lines + 1
            ending = Ending(Status.ERROR, ending.exit_code, problem=RUNNER_LOST, log_lines=lines)
        elif life.stopping:
            ending = Ending(Status.STOPPED, ending.exit_code, log_lines=ending.log_lines)
        try:
            if ending.problem is not None:
                log.add_line("error", ending.problem, time.time())
        finally:
            log.close()
        return ending

    async def _run(self, row: sqlite3.Row, life: Life, log: LogWriter) -> Ending:
        interpreter = await self._get_ready(row, life, log)
        if life.stopping:
            return Ending(Status.STOPPED)
        settings = json.loads(row["settings"])
        command = self._command(row, life, interpreter, str(settings.get("logLevel") or "info"))
        self.keyring.admit(life.token, row["id"])
        self._move(row["id"], Status.STARTED)
        ending = judge(*await self._execute(row["id"], life, command, log))
        restarts = MOST_RESTARTS if settings.get("restartPolicy") == "on_error" else 0
        for count in range(1, restarts + 1):
            if ending.status is not Status.ERROR or ending.exit_code is None or life.stopping:
                break
            log.add_line("warn", f"{ending.problem}; restart {count} of {restarts}", time.time())
            again = judge(*await self._execute(row["id"], life, command, log))
            ending = replace(again, log_lines=ending.log_lines + again.log_lines)
        return ending

    async def _get_ready(self, row: sqlite3.Row, life: Life, log: LogWriter) -> Interpreter:
        """Make the session's folders and its environment, as far as they are not there yet."""
        session_id, archive, config_dir = row["id"], row["archive"], row["config_dir"]
        if session_id not in self.preparations:
            self.preparations.begin(session_id, archive)
        interpreter = self.environments.at_hand(archive, config_dir)
        if interpreter is None or not self.preparations.is_done(session_id):
            # It takes a moment, or minutes, in which the session is no longer queued and not yet started.
            self._move(session_id, Status.CONSUMED)
        await self.preparations.finish(session_id)
        if interpreter is not None:
            return interpreter

        async def execute(command: Command) -> int | None:
            code, _ = await self._execute(session_id, life, command, log)
            return code

        code = self.preparations.folders(session_id).code
        return await self.environments.interpreter(code, archive, config_dir, execute)

    def _command(self, row: sqlite3.Row, life: Life, interpreter: Interpreter, log_level: str) -> Command:
        folders = self.preparations.folders(row["id"])
        config = releases.config(self.store, row["release_id"])
        entry = read_entry_point(config, folders.code)
        env = session_environment(
            _identity(row, self.url, life.token),
            folders,
            config,
            config_dir=row["config_dir"],
            state=json.loads(row["params"]).get("state") or {},
            log_level=log_level,
            port=life.port,
            inherited=self.inherited,
        )
        env["PYTHONPATH"] = os.pathsep.join(map(str, [folders.code, *interpreter.extra_path]))
        argv = [str(interpreter.python), *entry.command(life.port)]
        return Command(argv, env, folders.code if entry.in_code else folders.work)

    async def _execute(
        self, session_id: int, life: Life, command: Command, log: LogWriter
    ) -> tuple[int | None, Findings]:
        """Run one process of a session to its end and return its exit code and what its output told."""
        reader = OutputReader(log, life.app_finished.set)
        life.exit = asyncio.get_running_loop().create_future()
        try:
            await self.guard.launch(session_id, command, reader.write_end)
        finally:
            reader.sent()
        if life.stopping:  # the stop came before there was anything to signal
            await self.guard.signal(session_id, signal.SIGTERM)
        ended = await life.exit
        life.has_left_processes = not ended.is_clean
        await reader.finish(LAST_WORDS)
        return ended.code, reader.findings

    def _move(self, session_id: int, status: Status) -> None:
        with self.store.transaction():
            sessions.move(self.store, session_id, status, self.now())


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
