"""Lines of a session's log, as an instance gives them: an app's progress among them is told in words."""

from collections.abc import Sequence

from slyflow.client.row import Row, rows, text, whole
from slyflow.model.session import LogLine
from slyflow.model.value import Json

LOG = "tasks.log.download"


def read_log(answer: Json) -> Sequence[LogLine]:
    """Return the lines that an answer of `tasks.log.download` holds, in its order."""
    return [read_line(row) for row in rows(answer, LOG)]


def read_line(row: Row) -> LogLine:
    """Return a line of the log; one that tells progress says of what, and how far it is."""
    level, timestamp = text(row, "level") or "info", text(row, "timestamp")
    if not (text(row, "event_type") or "").endswith("PROGRESS"):
        return LogLine(text(row, "message") or "", level, timestamp)
    subtask = text(row, "subtask") or "progress"
    done = text(row, "current_label") or str(whole(row, "current"))
    total = text(row, "total_label") or str(whole(row, "total"))
    return LogLine(f"{subtask}: {done} of {total}", level, timestamp, subtask)
