"""What an expression sees while a run is under way: the values behind its names."""

from collections.abc import Mapping

from slyflow.model.artifact import Artifact, Computed, Output
from slyflow.model.launch import Workspace
from slyflow.model.run import StepResult, StepStatus
from slyflow.model.value import Json
from slyflow.record import field, record
from slyflow.secret import Secret

Path = tuple[str, ...]
Found = tuple[Json, int]
"""A value, and how many segments of the path name it; the others are fields inside it."""

ARTIFACT_FIELDS = ("id", "path", "name", "url")
_FLAGS = {
    "succeeded": StepStatus.SUCCEEDED,
    "failed": StepStatus.FAILED,
    "skipped": StepStatus.SKIPPED,
}


@record(frozen=True)
class Scope:
    """The values of the names in language.md section 3; a name whose part is not set is unknown here.

    `run` has id, name, started_at, and in final steps status and failures. `task` is tasks.info.
    `outputs` are the step's own, for `success_when`. `hidden_params` are names of params that are not
    known whole, because a secret was taken out of them.
    """

    params: Mapping[str, Json] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict, repr=False)
    run: Mapping[str, Json] = field(default_factory=dict)
    instance_url: str = ""
    user_id: int | None = None
    workspace: Workspace | None = None
    steps: Mapping[str, StepResult] = field(default_factory=dict)
    session: Mapping[str, Json] | None = None
    task: Json = None
    response: Json = None
    outputs: Mapping[str, Output | None] | None = None
    hidden_params: tuple[str, ...] = ()

    def hides(self, path: Path) -> bool:
        """Say whether the name stands for a value that is not known whole."""
        match path:
            case ("params", name, *_):
                return name in self.hidden_params
            case ("steps", step, "outputs", name, *_):
                return step in self.steps and name in self.steps[step].hidden
            case _:
                return False

    def find(self, path: Path) -> Found | None:
        """Return the value of the longest name that `path` begins with, None when there is none."""
        match path:
            case ("params", name, *_):
                return _member(self.params, name)
            case ("secrets", name, *_):
                secret = self.secrets.get(name)
                return None if secret is None else (secret.reveal(), 2)
            case ("run", name, *_):
                return _member(self.run, name)
            case ("steps", name, *_):
                result = self.steps.get(name)
                return None if result is None else _of_step(result, path)
            case ("outputs", name, *_) if self.outputs is not None:
                return _of_output(self.outputs[name], path, 2) if name in self.outputs else None
            case _:
                return self._place(path)

    def _place(self, path: Path) -> Found | None:
        match path:
            case ("session", name, *_) if self.session is not None:
                return _member(self.session, name)
            case ("task", *_):
                return self.task, 1
            case ("response", *_):
                return self.response, 1
            case ("instance", "url", *_):
                return self.instance_url, 2
            case ("user", "id", *_):
                return self.user_id, 2
            case ("workspace", "id" | "team_id" as name, *_) if self.workspace is not None:
                return (self.workspace.id if name == "id" else self.workspace.team_id), 2
            case _:
                return None


def _member(values: Mapping[str, Json], name: str) -> Found | None:
    return (values[name], 2) if name in values else None


def _of_step(result: StepResult, path: Path) -> Found | None:
    match path[2:]:
        case ("status", *_):
            return str(result.status), 3
        case (flag, *_) if flag in _FLAGS:
            return result.status is _FLAGS[flag], 3
        case ("outputs", name, *_):
            return _of_output(_output(result, name), path, 4)
        case _:
            return None


def _output(result: StepResult, name: str) -> Output | None:
    """Return an output, None when the step did not succeed; every session is an output of its step."""
    if result.status is not StepStatus.SUCCEEDED:
        return None
    if name == "session" and name not in result.outputs and result.session_id is not None:
        return Computed(result.session_id)
    return result.outputs.get(name)


def _of_output(output: Output | None, path: Path, length: int) -> Found:
    attribute = path[length] if len(path) > length else None
    if isinstance(output, Computed):
        return output.value, length
    if attribute in ARTIFACT_FIELDS:
        return (None if output is None else _attribute(output, attribute)), length + 1
    return (None if output is None else output.value), length


def _attribute(artifact: Artifact, name: str) -> int | str | None:
    match name:
        case "id":
            return artifact.id
        case "path":
            return artifact.path
        case "name":
            return artifact.name
        case _:
            return artifact.url
