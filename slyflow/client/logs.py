"""Logs of sessions: read, followed to their end, and added to."""

import time
from collections.abc import Callable, Iterator, Sequence

from slyflow.client.logline import LOG, read_log
from slyflow.client.logtail import Tail
from slyflow.client.retry import WRITE
from slyflow.client.sessions import Sessions
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, Gone, NotFound, Unavailable
from slyflow.model.session import LogLine
from slyflow.model.value import Json


class Logs:
    """Reads and writes the logs of sessions."""

    def __init__(self, transport: Transport, sessions: Sessions) -> None:
        self._transport = transport
        self._sessions = sessions

    def read(
        self, session_id: int, *, since: str | None = None, limit: int | None = None
    ) -> Sequence[LogLine]:
        """Return log lines in order, from an ISO 8601 time on where `since` says one.

        `limit` is the instance's own: at most so many lines, from which end is its choice.
        """
        query: dict[str, int | str] = {"id": session_id}
        if since is not None:
            query["sinceTime"] = since
        if limit is not None:
            query["limit"] = limit
        return read_log(self._transport.get(LOG, query))

    def follow(
        self,
        session_id: int,
        *,
        every: float = 1.0,
        patience: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> Iterator[LogLine]:
        """Yield the log's lines as they come, and end when the session has ended and all were told.

        A line that was not whole yet is told again when it is; where the log turned over meanwhile,
        `logtail.LOST` says so. NotFound: there is no such session. One that vanishes later ends its log.
        Unavailable and BadReply end it only after `patience` seconds without a good answer.
        """
        for lines in self.looks(session_id, every=every, patience=patience, clock=clock, sleep=sleep):
            yield from lines

    def looks(
        self,
        session_id: int,
        *,
        every: float = 1.0,
        patience: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> Iterator[Sequence[LogLine]]:
        """Follow the log as `follow` does, and yield what each look found new."""
        tail = Tail()
        good, is_known = clock(), False
        while True:
            try:
                # Asked before the log is read: all that an ended session said is there then.
                has_ended = self._sessions.info(session_id).status.is_terminal
                is_known = True
                lines = self.read(session_id, since=tail.since)
                good = clock()
            except NotFound:
                if not is_known:
                    raise
                return
            except Gone:
                raise
            except (Unavailable, BadReply):
                if clock() - good >= patience:
                    raise
                has_ended, lines = False, ()
            yield tail.new_in(lines)
            if has_ended:
                return
            sleep(every)

    def add(self, session_id: int, lines: Sequence[LogLine]) -> None:
        """Append lines to a session's log; not sent again unless they certainly did not arrive."""
        told: list[Json] = [
            {
                "message": line.message,
                "level": line.level,
                "taskId": session_id,
                **({} if line.timestamp is None else {"timestamp": line.timestamp}),
            }
            for line in lines
        ]
        self._transport.call("tasks.logs.add", {"logs": told}, retry=WRITE)
