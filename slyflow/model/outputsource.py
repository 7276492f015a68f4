"""Where an output is looked for (language.md 2.4); `kind` never is `value` in the first seven."""

from typing import Literal

from slyflow.model.artifact import Kind
from slyflow.model.value import Dynamic
from slyflow.record import record

FileForm = Literal["json", "yaml", "text"]


@record(frozen=True)
class AnySource:
    """A bare kind: the task's own output, then what the session itself wrote or created."""

    kind: Kind


@record(frozen=True)
class TaskSource:
    """`task`: `meta.output.project.id`, or the file or folder in `meta.output.general.titleUrl`."""

    kind: Kind


@record(frozen=True)
class PathSource:
    """`path: GLOB`: the newest match in Team Files that is not older than this attempt."""

    kind: Kind
    glob: Dynamic


@record(frozen=True)
class NameSource:
    """`name: …`: the project, or the dataset of `project`, with exactly this name."""

    kind: Kind
    name: Dynamic
    project: Dynamic = None


@record(frozen=True)
class CreatedSource:
    """`created`: what this session created."""

    kind: Kind


@record(frozen=True)
class KnownSource:
    """An id or path known before the run; checked to exist afterwards."""

    kind: Kind
    value: Dynamic


@record(frozen=True)
class SelfSource:
    """`self`: the session itself, as task or app_session."""

    kind: Kind


@record(frozen=True)
class ExpressionSource:
    """A value computed from `task`, `session` and `response`."""

    value: Dynamic


@record(frozen=True)
class StateSource:
    """A field of the app's state, such as `data.x`."""

    field: Dynamic


@record(frozen=True)
class LogSource:
    """The first group of the first log line that matches."""

    regex: str


@record(frozen=True)
class ContentSource:
    """The content of a small file in Team Files."""

    glob: Dynamic
    form: FileForm


OutputSource = (
    AnySource
    | TaskSource
    | PathSource
    | NameSource
    | CreatedSource
    | KnownSource
    | SelfSource
    | ExpressionSource
    | StateSource
    | LogSource
    | ContentSource
)
