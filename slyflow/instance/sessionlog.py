"""A session's log on disk: output as it came, stamped and capped, and read back as lines of the API."""

import json
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

# The first and the last of a log matter most: the head is kept whole, the tail turns over.
HEAD_BYTES = 16 << 20
TAIL_BYTES = 8 << 20
LONGEST_LINE = 64 << 10
_FRAME = struct.Struct(">dI")
_LEVELS = {"warning": "warn", "critical": "fatal"}


@dataclass(frozen=True, slots=True)
class LogFiles:
    """The files of one session's log."""

    folder: Path
    session_id: int

    @property
    def head(self) -> Path:
        return self.folder / f"{self.session_id}.log"

    @property
    def tail(self) -> Path:
        return self.folder / f"{self.session_id}.tail"

    @property
    def older_tail(self) -> Path:
        return self.folder / f"{self.session_id}.tail.old"

    @property
    def gap(self) -> Path:
        """Holds how many bytes were dropped between head and tail."""
        return self.folder / f"{self.session_id}.gap"


class LogWriter:
    """Appends output; never grows beyond HEAD_BYTES + 2 * TAIL_BYTES on disk."""

    def __init__(
        self, files: LogFiles, *, head_bytes: int = HEAD_BYTES, tail_bytes: int = TAIL_BYTES
    ) -> None:
        self._files = files
        self._limits = (head_bytes, tail_bytes)
        self._in_tail = files.tail.exists()
        self._descriptor = _append_to(files.tail if self._in_tail else files.head)
        self._size = os.fstat(self._descriptor).st_size
        self._dropped = 0

    def append(self, content: bytes, when: float) -> None:
        """Add output that came at `when` (seconds since the epoch)."""
        frame = _FRAME.pack(when, len(content)) + content
        if self._size and self._size + len(frame) > self._limits[self._in_tail]:
            self._turn_over()
        os.write(self._descriptor, frame)
        self._size += len(frame)

    def add_line(self, level: str, message: str, when: float) -> None:
        """Add a line of the instance's own."""
        line = {"message": message, "level": level, "timestamp": stamp(when)}
        self.append(json.dumps(line).encode() + b"\n", when)

    def close(self) -> None:
        os.close(self._descriptor)

    def _turn_over(self) -> None:
        os.close(self._descriptor)
        if self._in_tail:
            if self._files.older_tail.exists():
                self._dropped += self._files.older_tail.stat().st_size
                self._files.gap.write_text(str(self._dropped))
            self._files.tail.rename(self._files.older_tail)
        self._in_tail = True
        self._descriptor = _append_to(self._files.tail)
        self._size = 0


def _append_to(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def read_lines(files: LogFiles, *, last: int | None = None) -> list[dict[str, Any]]:
    """Return the log's lines in order, with `last` only that many from the end."""
    raw = [*_raw_lines(files.head)]
    if files.gap.exists():
        note = f"{files.gap.read_text()} bytes of output were dropped here"
        raw.append((json.dumps({"message": note, "level": "warn"}).encode(), raw[-1][1] if raw else 0.0))
    raw += _raw_lines(files.older_tail)
    raw += _raw_lines(files.tail)
    if last is not None:
        raw = raw[-last:] if last > 0 else []
    return [parse_line(line, when, files.session_id) for line, when in raw]


def _raw_lines(path: Path) -> Iterator[tuple[bytes, float]]:
    """Yield complete lines with the time their first byte came, the unfinished last one too."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return
    rest, began, at = b"", 0.0, 0
    while at + _FRAME.size <= len(content):
        when, length = _FRAME.unpack_from(content, at)
        at += _FRAME.size
        *lines, last = content[at : at + length].split(b"\n")
        at += length
        for line in lines:
            yield rest + line, began if rest else when
            rest = b""
        began = began if rest else when
        rest += last
    if rest:
        yield rest, began


def parse_line(line: bytes, when: float, session_id: int) -> dict[str, Any]:
    """Return one line as the API shows it: a JSON record as it is, anything else as a message."""
    record = _record(line)
    if record is None:
        text = line.rstrip(b"\r")[:LONGEST_LINE].decode("utf-8", "replace")
        level = "debug" if "Requirement already satisfied" in text else "info"
        record = {"message": text, "level": level}
    level = str(record["level"]).lower()
    record["level"] = _LEVELS.get(level, level)
    record.setdefault("timestamp", stamp(when))
    record.setdefault("service_type", "ServiceType.TASK")
    record.setdefault("event_type", "EventType.LOGJ")
    record["task_id"] = session_id
    return record


def _record(line: bytes) -> dict[str, Any] | None:
    if not line.lstrip().startswith(b"{"):
        return None
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) and "message" in record and "level" in record else None


def stamp(when: float) -> str:
    """Return seconds since the epoch as the API writes times: ISO 8601, UTC, milliseconds."""
    return datetime.fromtimestamp(when, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
