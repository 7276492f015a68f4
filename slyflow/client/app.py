"""What a small app needs: its session's context, a door to the instance, a log, and its output."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TextIO

from slyflow.client.instance import Instance
from slyflow.client.row import as_id
from slyflow.errors import UsageError
from slyflow.model.instance import TeamFile
from slyflow.model.value import Json


@dataclass(frozen=True, slots=True)
class AppContext:
    """The session an app runs as. `state` holds its arguments and target (`params.state`)."""

    task_id: int
    team_id: int
    workspace_id: int
    state: Mapping[str, Json]
    instance: Instance = field(repr=False)
    log_to: TextIO = field(default_factory=lambda: sys.stdout, repr=False)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "AppContext":
        """Return the context an agent or the embedded instance set; UsageError says what is missing."""
        task_id = _id(environ, "SUPERVISELY_TASK_ID", "TASK_ID")
        return cls(
            task_id=task_id,
            team_id=_id(environ, "TEAM_ID", "CONTEXT_TEAMID", "context.teamId"),
            workspace_id=_id(environ, "WORKSPACE_ID", "CONTEXT_WORKSPACEID", "context.workspaceId"),
            state=_state(environ),
            instance=Instance.from_environment(environ, task_id=task_id),
        )

    def log(self, message: str, level: str = "info") -> None:
        """Write one line of the session's log; levels are trace, debug, info, warn, error and fatal."""
        self._write({"message": message, "level": level})

    def progress(self, subtask: str, current: int, total: int) -> None:
        """Say how far the work has come."""
        event: dict[str, Json] = {"event_type": "EventType.PROGRESS", "subtask": subtask}
        self._write({"message": "progress", "level": "info", **event, "current": current, "total": total})

    def set_output_project(self, project_id: int, name: str) -> None:
        """Name the project that the session made."""
        self.instance.outputs.set_project(self.task_id, project_id, name)

    def set_output_file(self, file: TeamFile, description: str = "Download file") -> None:
        """Name the file in Team Files that the session made, to be downloaded."""
        outputs = self.instance.outputs
        outputs.set_file(self.task_id, file.id, file.name, _link(file), description=description)

    def set_output_archive(self, file: TeamFile) -> None:
        """Name the archive in Team Files that the session made, to be downloaded."""
        self.instance.outputs.set_archive(self.task_id, file.id, file.name, _link(file))

    def set_output_report(self, file: TeamFile, description: str = "Report") -> None:
        """Name the report in Team Files that the session made, to be opened."""
        self.instance.outputs.set_report(self.task_id, file.id, file.name, description)

    def set_output_folder(self, file: TeamFile, path: str) -> None:
        """Name the folder in Team Files that the session filled; `file` is any file in it."""
        self.instance.outputs.set_folder(self.task_id, file.id, path)

    def set_output_error(self, title: str, description: str | None = None) -> None:
        """Say that the session failed although it ends in order."""
        self.instance.outputs.set_error(self.task_id, title, description)

    def _write(self, line: Mapping[str, Json]) -> None:
        timestamp = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.log_to.write(json.dumps({**line, "timestamp": timestamp}) + "\n")
        self.log_to.flush()


def _link(file: TeamFile) -> str:
    return file.storage_path or f"/files/{file.id}"


def _id(environ: Mapping[str, str], *names: str) -> int:
    for name in names:
        found = as_id(environ.get(name))
        if found is not None:
            return found
    raise UsageError(
        f"{names[0]} is not set to an id", hint="an app is started by an instance: slyflow run, not by hand"
    )


def _state(environ: Mapping[str, str]) -> Mapping[str, Json]:
    try:
        state: Json = json.loads(environ.get("MODAL_STATE") or "{}")
    except ValueError as error:
        raise UsageError("MODAL_STATE is not JSON") from error
    if not isinstance(state, Mapping):
        raise UsageError("MODAL_STATE is not a JSON object")
    return state
