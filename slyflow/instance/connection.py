"""One HTTP connection of the server, with limits that uvicorn lacks: slow heads, many connections."""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

# A connection must have sent a whole head this long after it began, or after its last answer's end.
HEAD_SECONDS = 30.0
MOST_CONNECTIONS = 512


class Connection(H11Protocol):
    """uvicorn's connection that gives up on clients that do not say what they want."""

    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
            return
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_request():
            self._stop_timer()
        else:
            self._expect_head()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self._in_request():
            self._expect_head()

    def _in_request(self) -> bool:
        # uvicorn types it as always there, but it is None before the first request.
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _expect_head(self) -> None:
        # Set once and not again by each byte: one byte a second must not keep a connection.
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        self._head_timer = None
        if not self._in_request() and not self.transport.is_closing():
            self.transport.close()
