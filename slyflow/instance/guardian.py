"""The server's side of the guard: starts it, has it start and signal sessions, and outlives its death."""

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from slyflow.instance.variables import OWNER

GUARD = Path(__file__).with_name("guard.py")
LOST = None
"""The exit code of a session whose guard died."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Exit:
    """A process's end: `code` negative = by that signal, LOST = the guard died.

    `is_clean` = no process that it started goes on.
    """

    code: int | None
    is_clean: bool


@dataclass(frozen=True, slots=True)
class Command:
    """What a session's process is: an absolute program with arguments, its whole environment, its folder."""

    argv: Sequence[str]
    env: Mapping[str, str] = field(repr=False)
    cwd: Path


class Guardian:
    """Lives on the server's loop; `on_exit` is told of the end of each session's process."""

    def __init__(self, on_exit: Callable[[int, Exit], None]) -> None:
        self._on_exit = on_exit
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._pids: dict[int, int | None] = {}
        self._turn = asyncio.Lock()

    def start(self) -> None:
        """Start the guard's process."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(GUARD), str(theirs.fileno()), OWNER],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                start_new_session=True,
            )
        ours.setblocking(False)
        self._socket = ours
        asyncio.get_running_loop().add_reader(ours, self._hear)

    async def launch(self, session_id: int, command: Command, output: int) -> None:
        """Start a session's process; what it prints goes to the descriptor `output`, which stays ours."""
        specification = os.memfd_create("session")
        try:
            order = {"argv": list(command.argv), "env": dict(command.env), "cwd": str(command.cwd)}
            # A file in memory takes all at once.
            os.write(specification, json.dumps(order).encode())
            self._pids[session_id] = None
            await self._send({"op": "start", "id": session_id}, [specification, output])
        finally:
            os.close(specification)

    async def signal(self, session_id: int, number: signal.Signals) -> None:
        """Send a signal to the session's whole process group; nothing happens when it has ended."""
        if session_id in self._pids:
            await self._send({"op": "signal", "id": session_id, "signal": int(number)}, [])

    async def close(self) -> None:
        """End the guard, and with it whatever still runs."""
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None
        if self._process is not None:
            await asyncio.to_thread(self._process.wait)
            self._process = None

    async def _send(self, order: Mapping[str, object], descriptors: Sequence[int]) -> None:
        packet = json.dumps(order).encode()
        async with self._turn:
            while self._socket is not None:
                try:
                    socket.send_fds(self._socket, [packet], descriptors)
                except BlockingIOError:
                    # The guard has a queue of orders before it; it needs a moment, not an event.
                    await asyncio.sleep(0.002)
                except OSError:
                    self._bereaved()
                    return
                else:
                    return

    def _hear(self) -> None:
        try:
            while self._socket is not None:
                packet = self._socket.recv(65536)
                if not packet:
                    self._bereaved()
                    return
                self._note(json.loads(packet))
        except BlockingIOError:
            return
        except OSError:
            self._bereaved()

    def _note(self, report: Mapping[str, int]) -> None:
        session_id = report["id"]
        if "pid" in report:
            self._pids[session_id] = report["pid"]
        else:
            self._pids.pop(session_id, None)
            self._on_exit(session_id, Exit(report["exit"], bool(report["alone"])))

    def _bereaved(self) -> None:
        """The guard is gone: kill the groups it told us of, and start another."""
        if self._socket is None:
            return
        _log.error("the guard process ended unexpectedly; its sessions are lost")
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()
        self._socket = None
        lost, self._pids = self._pids, {}
        for pid in lost.values():
            if pid is not None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(pid, signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
        self.start()
        for session_id in lost:
            self._on_exit(session_id, Exit(LOST, is_clean=False))
