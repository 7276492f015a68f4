"""Lines of a log: what an app says, and how far it says it is."""

import pytest

from slyflow.client.logline import read_line
from slyflow.client.row import Row
from slyflow.model.session import LogLine

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
