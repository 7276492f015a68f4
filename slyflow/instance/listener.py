"""The server's open door: uvicorn's connections on our own socket, begun and ended without its waits."""

import asyncio
import socket

from uvicorn.config import Config
from uvicorn.server import ServerState

from slyflow.instance.connection import Connection

BACKLOG = 2048


class Listener:
    """Answers on `socket` from `open` until `close`.

    uvicorn's own Server looks ten times a second whether it shall end, and then sleeps: half of what a
    short run takes.
    """

    def __init__(self, config: Config, listening: socket.socket) -> None:
        config.load()
        self._config = config
        self._socket = listening
        self._state = ServerState()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Answer from now on."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connected, sock=self._socket, backlog=BACKLOG)

    async def close(self, patience: float) -> None:
        """Accept nothing more, and let answers under way end, for at most `patience` seconds."""
        if self._server is None:
            return
        self._server.close()
        for connection in list(self._state.connections):
            connection.shutdown()
        if self._state.tasks:
            _, late = await asyncio.wait(self._state.tasks, timeout=patience)
            for task in late:
                task.cancel()

    def _connected(self) -> Connection:
        return Connection(self._config, self._state, app_state={})
