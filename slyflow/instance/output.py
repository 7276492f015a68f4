"""Reads what a session prints into its log, at a bearable rate, watching for lines that mean something."""

import asyncio
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from slyflow.instance.sessionlog import LONGEST_LINE, LogWriter

CHUNK = 64 << 10
# An app may print this much in one window; then its pipe fills and it waits, not the server.
WINDOW = 0.05
WINDOW_BYTES = 512 << 10
_PROGRESS = b"EventType.PROGRESS"
_SIGNS = (b"TASK_CRASHED", b"APP_FINISHED", b"fatal", b"Error title:", b"Error message:")


@dataclass(slots=True)
class Findings:
    """What the output told so far."""

    lines: int = 0
    crashed: bool = False
    title: str | None = None
    message: str | None = None
    last: str = ""
    """The last line that is neither blank nor progress, of an app that gives no other reason for its end."""


class OutputReader:
    """Owns the reading end of a session's output pipe until its end."""

    def __init__(self, log: LogWriter, on_app_finished: Callable[[], None]) -> None:
        self.findings = Findings()
        self._log: LogWriter | None = log
        self._on_app_finished = on_app_finished
        self._loop = asyncio.get_running_loop()
        self._descriptor, self.write_end = os.pipe()
        os.set_blocking(self._descriptor, False)
        self._partial = b""
        self._window_end = 0.0
        self._window_bytes = 0
        self._ended = asyncio.Event()
        self._loop.add_reader(self._descriptor, self._readable)

    def sent(self) -> None:
        """Close our copy of the writing end, now that the session has it."""
        os.close(self.write_end)

    async def finish(self, patience: float) -> None:
        """Wait for the pipe's end, at most `patience` seconds (a stray may hold it), and close."""
        try:
            async with asyncio.timeout(patience):
                await self._ended.wait()
        except TimeoutError:
            self._end()
        if self._partial:
            self._examine(self._partial)
            self._remember(self._partial)
            self._partial = b""
            self.findings.lines += 1

    def _readable(self) -> None:
        try:
            content = os.read(self._descriptor, CHUNK)
        except BlockingIOError:
            return
        if not content:
            self._end()
            return
        self._keep(content)
        self._watch(content)
        self._pace(len(content))

    def _keep(self, content: bytes) -> None:
        if self._log is None:
            return
        try:
            self._log.append(content, time.time())
        except OSError as error:
            # A log with a hole in its middle cannot be read on; the session is told an error instead.
            self._log = None
            self.findings.crashed = True
            self.findings.message = f"its log could not be written: {error.strerror}"

    def _watch(self, content: bytes) -> None:
        self.findings.lines += content.count(b"\n")
        region = self._partial + content
        whole, newline, self._partial = region.rpartition(b"\n")
        if len(self._partial) > LONGEST_LINE:
            self._partial = b""
        # Looking for signs in the whole is hundreds of times cheaper than parsing each line.
        if newline and any(sign in whole for sign in _SIGNS):
            for line in whole.split(b"\n"):
                self._examine(line)
        self._remember(whole)

    def _remember(self, whole: bytes) -> None:
        line = whole.rstrip().rpartition(b"\n")[2]
        if _PROGRESS in line:
            told = (line for line in reversed(whole.split(b"\n")) if line.strip() and _PROGRESS not in line)
            line = next(told, b"")
        line = line[-LONGEST_LINE:]
        if line:
            self.findings.last = str(_parse(line).get("message", line.decode("utf-8", "replace").strip()))

    def _examine(self, line: bytes) -> None:
        if not any(sign in line for sign in _SIGNS):
            return
        record = _parse(line)
        event = str(record.get("event_type", ""))
        text = str(record.get("message", line.decode("utf-8", "replace")))
        findings = self.findings
        findings.crashed |= event.endswith("TASK_CRASHED") or str(record.get("level")).lower() == "fatal"
        if event.endswith("APP_FINISHED"):
            self._on_app_finished()
        if text.startswith("Error title:"):
            findings.title = text.removeprefix("Error title:").strip()[:LONGEST_LINE]
        if text.startswith("Error message:"):
            findings.message = text.removeprefix("Error message:").strip()[:LONGEST_LINE]
        elif findings.crashed and findings.message is None:
            findings.message = str(record.get("exc_str") or text)[:LONGEST_LINE]

    def _pace(self, count: int) -> None:
        now = self._loop.time()
        if now >= self._window_end:
            self._window_end, self._window_bytes = now + WINDOW, 0
        self._window_bytes += count
        if self._window_bytes > WINDOW_BYTES:
            self._loop.remove_reader(self._descriptor)
            self._loop.call_at(self._window_end, self._resume)

    def _resume(self) -> None:
        if not self._ended.is_set():
            self._loop.add_reader(self._descriptor, self._readable)

    def _end(self) -> None:
        if not self._ended.is_set():
            self._loop.remove_reader(self._descriptor)
            os.close(self._descriptor)
            self._ended.set()


def _parse(line: bytes) -> dict[str, object]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}
