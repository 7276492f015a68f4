"""What a session prints: kept, watched, paced, and no reason for the server to fail."""

import asyncio
import os
from errno import ENOSPC
from pathlib import Path

import pytest

from slyflow.instance import output
from slyflow.instance.output import Findings, OutputReader
from slyflow.instance.sessionlog import LogFiles, LogWriter, read_lines


class FullDisk(LogWriter):
    """A log on a disk without room."""

    def append(self, content: bytes, when: float) -> None:
        raise OSError(ENOSPC, os.strerror(ENOSPC))


def read(log: LogWriter, *chunks: bytes, done: list[str] | None = None) -> Findings:
    async def run() -> Findings:
        reader = OutputReader(log, lambda: (done if done is not None else []).append("finished"))
        for chunk in chunks:
            await asyncio.to_thread(os.write, reader.write_end, chunk)
            await asyncio.sleep(0.001)
        reader.sent()
        await reader.finish(10)
        return reader.findings

    try:
        return asyncio.run(run())
    finally:
        log.close()


def log_in(folder: Path) -> LogWriter:
    return LogWriter(LogFiles(folder, 1))


def test_signs_are_found_wherever_the_output_is_cut(tmp_path: Path) -> None:
    done: list[str] = []
    chunks = (
        b'{"message": "x", "level": "info", "event_type": "EventType.APP_FIN',
        b'ISHED"}\nError ti',
        b"tle: Broken\nError message: badly",
    )
    findings = read(log_in(tmp_path), *chunks, done=done)
    assert done == ["finished"]
    assert (findings.title, findings.message, findings.lines) == ("Broken", "badly", 3)
    assert not findings.crashed


def test_words_of_signs_in_other_text_mean_nothing(tmp_path: Path) -> None:
    findings = read(
        log_in(tmp_path),
        b'it was not fatal\n{"message": "no TASK_CRASHED here", "level": "info"}\n',
        b'{"message": "a fatal word", "level": "error"}\nsaw Error title: x\n{"fatal": tru\n["fatal"]\n',
    )
    assert findings == Findings(lines=6, last='["fatal"]')


def test_crash_has_its_cause(tmp_path: Path) -> None:
    line = b'{"message": "m", "level": "error", "event_type": "EventType.TASK_CRASHED", "exc_str": "cause"}\n'
    findings = read(log_in(tmp_path), line)
    assert (findings.crashed, findings.message) == (True, "cause")


def test_full_disk_is_the_sessions_error_and_output_is_still_read(tmp_path: Path) -> None:
    findings = read(FullDisk(LogFiles(tmp_path, 1)), b"one\n", b"two\n" * 10_000)
    assert findings.crashed
    assert findings.message == "its log could not be written: No space left on device"
    assert findings.lines == 10_001


def test_endless_line_is_bounded(tmp_path: Path) -> None:
    findings = read(log_in(tmp_path), b"x" * 300_000, b"fatal" * 10, b"\nend\n")
    assert findings.lines == 2
    assert len(read_lines(LogFiles(tmp_path, 1))[0]["message"]) <= 65_536


def test_pipe_held_open_by_a_stray_does_not_hold_the_session(tmp_path: Path) -> None:
    async def run() -> Findings:
        log = log_in(tmp_path)
        reader = OutputReader(log, lambda: None)
        held = os.dup(reader.write_end)
        os.write(held, b"last words")
        reader.sent()
        await reader.finish(0.2)
        os.close(held)
        log.close()
        return reader.findings

    assert asyncio.run(run()).lines == 1


def test_flood_is_paced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "WINDOW", 0.2)
    monkeypatch.setattr(output, "WINDOW_BYTES", 100_000)

    async def run() -> float:
        log = log_in(tmp_path)
        reader = OutputReader(log, lambda: None)
        loop = asyncio.get_running_loop()
        began = loop.time()
        await asyncio.to_thread(os.write, reader.write_end, b"x" * 500_000)
        taken = loop.time() - began
        reader.sent()
        await reader.finish(10)
        log.close()
        return taken

    assert asyncio.run(run()) > 0.3


def test_progress_is_not_what_an_app_said_last(tmp_path: Path) -> None:
    progress = b'{"message": "progress", "event_type": "EventType.PROGRESS", "current": 1, "total": 2}\n'
    findings = read(log_in(tmp_path), b"the reason\n" + progress * 3, progress)
    assert findings.last == "the reason"
