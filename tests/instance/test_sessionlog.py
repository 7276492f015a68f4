"""A session's log: what was printed comes back as lines, and never grows without bound."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.instance.sessionlog import LogFiles, LogWriter, parse_line, read_lines, stamp


def write(folder: Path, chunks: list[bytes], **limits: int) -> LogFiles:
    files = LogFiles(folder, 1)
    log = LogWriter(files, **limits)
    for number, chunk in enumerate(chunks):
        log.append(chunk, 1000.0 + number)
    log.close()
    return files


@given(st.lists(st.text("ab\n", min_size=1, max_size=10), max_size=12))
def test_lines_do_not_depend_on_how_output_was_cut(
    tmp_path_factory: pytest.TempPathFactory, chunks: list[str]
) -> None:
    files = write(tmp_path_factory.mktemp("log"), [chunk.encode() for chunk in chunks])
    text = "".join(chunks)
    expected = text.split("\n")[:-1] + ([text.split("\n")[-1]] if text and not text.endswith("\n") else [])
    assert [line["message"] for line in read_lines(files)] == expected


def test_line_has_the_time_of_its_first_byte(tmp_path: Path) -> None:
    files = write(tmp_path, [b"one\ntw", b"o\nthree\n"])
    times = [line["timestamp"] for line in read_lines(files)]
    assert times == [stamp(1000.0), stamp(1000.0), stamp(1001.0)]
    assert times[0] == "1970-01-01T00:16:40.000Z"


def test_long_log_keeps_its_head_and_its_tail_and_says_what_is_gone(tmp_path: Path) -> None:
    lines = [f"line {number:05d}\n".encode() for number in range(5000)]
    files = write(tmp_path, lines, head_bytes=10_000, tail_bytes=5_000)
    messages = [line["message"] for line in read_lines(files)]
    assert messages[0] == "line 00000"
    assert messages[-1] == "line 04999"
    gaps = [message for message in messages if message.endswith("bytes of output were dropped here")]
    assert len(gaps) == 1
    whole = [int(message.split()[1]) for message in messages if message not in gaps]
    assert whole == sorted(whole)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 10_000 + 2 * 5_000 + 100


def test_log_is_private_and_goes_on_where_it_was(tmp_path: Path) -> None:
    files = write(tmp_path, [b"a\n"])
    write(tmp_path, [b"b\n"])
    assert [line["message"] for line in read_lines(files)] == ["a", "b"]
    assert files.head.stat().st_mode & 0o077 == 0
    assert [line["message"] for line in read_lines(files, last=1)] == ["b"]


def test_log_that_was_cut_in_a_write_is_read_up_to_there(tmp_path: Path) -> None:
    files = write(tmp_path, [b"whole\n", b"cut\n"])
    files.head.write_bytes(files.head.read_bytes()[:-2])
    assert read_lines(files)[0]["message"] == "whole"


def test_missing_log_is_empty(tmp_path: Path) -> None:
    assert read_lines(LogFiles(tmp_path, 9)) == []


@pytest.mark.parametrize(
    ("line", "message", "level"),
    [
        (b"plain", "plain", "info"),
        (b"windows\r", "windows", "info"),
        (b'{"message": "m", "level": "WARNING"}', "m", "warn"),
        (b'{"message": "m", "level": "fatal"}', "m", "fatal"),
        (b'{"message": "m"}', '{"message": "m"}', "info"),
        (b'{"broken', '{"broken', "info"),
        (b"[" * 10_000, "[" * 10_000, "info"),
        (b"Requirement already satisfied: x", "Requirement already satisfied: x", "debug"),
        (b"\xff\xfe", "\ufffd\ufffd", "info"),
    ],
)
def test_line_is_a_record_or_a_message(line: bytes, message: str, level: str) -> None:
    record = parse_line(line, 0.0, 7)
    assert (record["message"], record["level"], record["task_id"]) == (message, level, 7)
    assert record["event_type"] == "EventType.LOGJ"
    json.dumps(record)
