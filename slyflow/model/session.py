"""A session: one run of an app on an instance, as the instance tells it."""

from collections.abc import Mapping
from enum import StrEnum

from slyflow.model.value import Json
from slyflow.record import field, record


class Status(StrEnum):
    """Statuses of Supervisely sessions; anything else an instance says is UNKNOWN and counts as running."""

    QUEUED = "queued"
    CONSUMED = "consumed"
    STARTED = "started"
    DEPLOYED = "deployed"
    TERMINATING = "terminating"
    FINISHED = "finished"
    ERROR = "error"
    STOPPED = "stopped"
    UNKNOWN = "unknown"

    @property
    def is_terminal(self) -> bool:
        return self in (Status.FINISHED, Status.ERROR, Status.STOPPED)

    @classmethod
    def read(cls, text: object) -> "Status":
        """Return the status an instance's word means; never raises."""
        return cls(text) if isinstance(text, str) and text in cls._value2member_map_ else cls.UNKNOWN


@record(frozen=True)
class Session:
    """One session. `info` is the raw `tasks.info` (or list row): what `task` is in expressions.

    `marker_text` is the task name and description together, where a launch's marker stands.
    """

    id: int
    status: Status
    module_id: int | None = None
    workspace_id: int | None = None
    created_by: int | None = None
    marker_text: str = ""
    info: Mapping[str, Json] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str | None:
        """`meta.name`, the title it was launched with, None when the instance does not tell it."""
        meta = self.info.get("meta")
        name = meta.get("name") if isinstance(meta, Mapping) else None
        return name if isinstance(name, str) else None

    @property
    def output(self) -> Mapping[str, Json]:
        """`meta.output` of the task, empty when it has none."""
        meta = self.info.get("meta")
        output = meta.get("output") if isinstance(meta, Mapping) else None
        return output if isinstance(output, Mapping) else {}


@record(frozen=True)
class LogLine:
    """One line of a session's log; `timestamp` is ISO 8601 as the instance wrote it.

    `progress` is the subtask whose progress the line tells, None for any other line.
    """

    message: str
    level: str = "info"
    timestamp: str | None = None
    progress: str | None = None
