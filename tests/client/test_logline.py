"""Lines of a log: what an app says, and how far it says it is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.client.logline import read_line, read_log
from slyflow.client.row import Row
from slyflow.errors import BadReply
from slyflow.model.session import LogLine
from tests.client.test_session import JSON

PROGRESS: Row = {"message": "progress", "level": "info", "event_type": "EventType.PROGRESS", "timestamp": "t"}


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ({"message": "hello", "level": "warn", "timestamp": "t"}, LogLine("hello", "warn", "t")),
        ({"message": "progress"}, LogLine("progress")),
        ({"message": "done", "event_type": "EventType.TASK_FINISHED"}, LogLine("done")),
        (
            {**PROGRESS, "subtask": "Upload", "current": 3, "total": 10},
            LogLine("Upload: 3 of 10", "info", "t", "Upload"),
        ),
        (
            {
                **PROGRESS,
                "subtask": "Get",
                "current": 9,
                "total": 99,
                "current_label": "9 B",
                "total_label": "1 kB",
            },
            LogLine("Get: 9 B of 1 kB", "info", "t", "Get"),
        ),
        ({**PROGRESS, "current": "x"}, LogLine("progress: 0 of 0", "info", "t", "progress")),
        ({}, LogLine("")),
    ],
)
def test_a_line_says_what_the_app_said(row: Row, line: LogLine) -> None:
    assert read_line(row) == line


KEYS = ["message", "level", "timestamp", "event_type", "subtask", "current", "more"]


@given(st.lists(st.dictionaries(st.sampled_from(KEYS), JSON, max_size=4)))
def test_every_row_of_a_log_is_a_line(rows: list[dict[str, Any]]) -> None:
    lines = read_log(rows)
    assert len(lines) == len(rows)
    assert {type(line.message) for line in lines} <= {str}
    assert all(line.level for line in lines)


def test_a_log_of_another_shape_is_a_bad_reply() -> None:
    with pytest.raises(BadReply, match="expected a list"):
        read_log({"error": "x"})
