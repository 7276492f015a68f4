"""Hangs up on connections that are late: one thread for all of them, not one for each request."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Watch:
    """One connection that is watched until `due`, on the monotonic clock."""

    sock: socket.socket
    due: float
    is_late: bool = False


class Watchdog:
    """Shuts down the sockets whose time is over; the thread begins with the first, and is a daemon."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._watches: set[Watch] = set()
        self._wakes_at = 0.0
        self._is_open = False
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def limit(self, sock: socket.socket, seconds: float) -> Iterator[Watch]:
        """Hang up when the block takes longer; `is_late` then says so."""
        watch = Watch(sock, time.monotonic() + seconds)
        with self._changed:
            self._watches.add(watch)
            self._is_open = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="slyflow-watchdog", daemon=True)
                self._thread.start()
            elif watch.due < self._wakes_at:
                self._changed.notify()
        try:
            yield watch
        finally:
            with self._changed:
                self._watches.discard(watch)
                if not self._is_open:
                    self._changed.notify()

    def close(self) -> None:
        """End the thread when nothing is watched any more; a later watch begins another.

        A program may open and close many instances.
        """
        with self._changed:
            self._is_open = False
            self._changed.notify()

    def _look(self) -> None:
        with self._changed:
            while self._watches or self._is_open:
                now = time.monotonic()
                for watch in [watch for watch in self._watches if watch.due <= now]:
                    self._watches.discard(watch)
                    watch.is_late = True
                    with contextlib.suppress(OSError):
                        watch.sock.shutdown(socket.SHUT_RDWR)
                # With nothing to watch it sleeps until the next one comes.
                self._wakes_at = min((watch.due for watch in self._watches), default=float("inf"))
                self._changed.wait(self._wakes_at - now if self._watches else None)
            self._thread = None
