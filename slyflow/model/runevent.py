"""Events of a whole run: how it began, who took it up, and how it ended."""

from collections.abc import Mapping

from slyflow.model.driver import Driver
from slyflow.model.interface import App
from slyflow.model.launch import Workspace
from slyflow.model.value import Json
from slyflow.record import field, record


@record(frozen=True)
class RunCreated:
    """A run began: everything a resume needs is frozen here.

    `source` is the pipeline file's text and `files` the text of each `from_file`, so that a resume
    never reads a changed file. `secret_hex` is the key of the markers. `apps`, `workspaces` and
    `agents` are what the instance said of the steps' references, by step id; `users` are ids by login.
    `driver` is the process that began it, None in journals of before there was one.

    Here and in other events, `hidden` names the values that were read back from a journal which has
    `***` where a secret stood; what has just happened hides nothing.
    """

    run_id: str
    pipeline: str
    path: str
    source: str
    files: Mapping[str, str]
    params: Mapping[str, Json]
    instance_url: str
    home_instance: bool
    secret_hex: str = field(repr=False)
    slyflow_version: str
    started_at: str
    max_sessions: int
    apps: Mapping[str, App]
    workspaces: Mapping[str, Workspace]
    agents: Mapping[str, int | None]
    users: Mapping[str, int] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    driver: Driver | None = None


@record(frozen=True)
class RunResumed:
    """A process took the run up again.

    `instance_url` is where the instance is now: an embedded one has another port each time it starts.
    `user_id` is the user of the token that the run is driven with from here. `driver` is that process,
    `taken_from` one that had not let go of the run, of which a person said that it does not drive it.
    """

    slyflow_version: str
    instance_url: str | None = None
    user_id: int | None = None
    driver: Driver | None = None
    taken_from: Driver | None = None


@record(frozen=True)
class RunInterrupted:
    """The process stopped driving the run (a signal, an unreachable instance); it can be resumed."""

    reason: str


@record(frozen=True)
class RunCancelled:
    """A person asked to stop the run: running sessions are stopped, no step starts any more."""

    reason: str


@record(frozen=True)
class RunClosed:
    """The run is over. `outputs` is what the pipeline returns."""

    exit_code: int
    outputs: Mapping[str, Json] = field(default_factory=dict)


@record(frozen=True)
class Warned:
    """Something a person should know that fails nothing."""

    message: str
    step: str | None = None
