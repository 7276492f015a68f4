"""Artifacts: the things on an instance that steps pass to each other."""

from enum import StrEnum

from slyflow.model.value import Json
from slyflow.record import record


class Kind(StrEnum):
    """Kinds of inputs and outputs; all but `value` can be an edge of the workflow graph."""

    PROJECT = "project"
    PROJECT_VERSION = "project_version"
    DATASET = "dataset"
    FILE = "file"
    MODEL_WEIGHT = "model_weight"
    FOLDER = "folder"
    TASK = "task"
    JOB = "job"
    APP_SESSION = "app_session"
    VALUE = "value"

    @property
    def by_path(self) -> bool:
        """Whether expressions see the Team Files path rather than the id."""
        return self in (Kind.FILE, Kind.MODEL_WEIGHT, Kind.FOLDER)


@record(frozen=True)
class Artifact:
    """One thing on the instance.

    `id` is the instance's id (None for a folder, which only has a path), `path` the Team Files path of
    a file, weight or folder, `url` relative to the instance's address.
    """

    kind: Kind
    id: int | None = None
    path: str | None = None
    name: str | None = None
    url: str | None = None

    @property
    def value(self) -> int | str | None:
        """What `steps.ID.outputs.NAME` is: the path for what lies in Team Files, else the id."""
        return self.path if self.kind.by_path else self.id


@record(frozen=True)
class Computed:
    """An output of kind `value`: any JSON."""

    value: Json


Output = Artifact | Computed
