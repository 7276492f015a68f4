"""Runs slyflow in forked children and kills each at the point of its effects that it is told.

A point is a moment at which the world outside the process may change or has changed: before and after
each commit of a journal, before a request leaves, after it has left and before its answer is taken in,
after that, and at each file or folder that is made, opened for writing, renamed or removed.

It reads one JSON object a line, `{"argv", "environ", "cwd", "kill_at", "signals"}`, and answers each with
`{"code", "points", "out", "err", "left"}`: `code` is -9 when it was killed, `points` the names of the points
that were reached. `signals` are pairs of a point and the number of the signal that arrives there, `left` is
how many seconds after the last of them it was gone. Forking a process that has imported everything saves
most of each start.
"""

import functools
import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from slyflow.cli.console import Console
from slyflow.cli.context import Context
from slyflow.cli.main import main
from slyflow.client import connection
from slyflow.client.connection import Connection
from slyflow.engine.journal import Journal

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
SIGNAL = "signal "
AUDITED = {"os.mkdir": 0, "os.rename": 1, "os.remove": 0, "os.rmdir": 0}


class Points:
    """Counts points below a folder, and ends the process at one of them."""

    def __init__(self, below: str, kill_at: int, signals: list[tuple[int, int]], record: int) -> None:
        self._below = below
        self._kill_at = kill_at
        self._signals = signals
        self._record = record
        self._passed = 0
        self._lock = threading.Lock()

    def reach(self, name: str) -> None:
        with self._lock:
            self._passed += 1
            os.write(self._record, f"{name}\n".encode())
            if self._passed == self._kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            for _, number in [pair for pair in self._signals if pair[0] == self._passed]:
                os.write(self._record, f"{SIGNAL}{time.monotonic()}\n".encode())
                os.kill(os.getpid(), number)

    def around(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        """Return the function with a point before and one after it."""

        @functools.wraps(function)
        def wrapped(*arguments: Any, **options: Any) -> Any:
            self.reach(f"before {name}")
            result = function(*arguments, **options)
            self.reach(f"after {name}")
            return result

        return wrapped

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take file operations for points; called by the interpreter."""
        if event == "open":
            path, _, flags = arguments
            is_writing = isinstance(flags, int) and bool(flags & WRITING)
        elif event in AUDITED:
            path, is_writing = arguments[AUDITED[event]], True
        else:
            return
        if is_writing and isinstance(path, str | bytes) and os.fsdecode(path).startswith(self._below):
            self.reach(f"{event} {Path(os.fsdecode(path)).name}")


def install(points: Points) -> None:
    """Put points around everything that acts on the world."""
    for cls, name, what in ((Journal, "append", "commit"), (Connection, "exchange", "request")):
        setattr(cls, name, points.around(getattr(cls, name), what))
    read_head = connection._in_time

    def sent(*arguments: Any) -> Any:
        points.reach("sent request")
        return read_head(*arguments)

    setattr(connection, "_in_time", sent)  # noqa: B010 - its type is of no concern here
    sys.addaudithook(points.audit)


def live(order: dict[str, Any], record: int) -> NoReturn:
    """Be slyflow in this forked child."""
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["environ"])
    install(Points(order["cwd"], order["kill_at"], order["signals"], record))
    console = Console(sys.stdout, sys.stderr, dict(os.environ))
    code = main(order["argv"], Context(console, dict(os.environ), str(Path.cwd()), os.urandom))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def obey(order: dict[str, Any]) -> dict[str, Any]:
    """Fork, wait for the child's end, and say how it ended."""
    with (
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        tempfile.TemporaryFile() as record,
    ):
        pid = os.fork()
        if pid == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            live(order, record.fileno())
        _, status = os.waitpid(pid, 0)
        gone = time.monotonic()
        said = []
        for file in (record, out, err):
            file.seek(0)
            said.append(file.read().decode(errors="replace"))
    lines = said[0].splitlines()
    signalled = [float(line.removeprefix(SIGNAL)) for line in lines if line.startswith(SIGNAL)]
    return {
        "code": os.waitstatus_to_exitcode(status),
        "points": [line for line in lines if not line.startswith(SIGNAL)],
        "out": said[1],
        "err": said[2],
        "left": gone - signalled[-1] if signalled else 0.0,
    }


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(obey(json.loads(line))) + "\n")
        sys.stdout.flush()
