"""A run told by hand: events as an engine would record them, for the tests of what is shown of them."""

from collections.abc import Mapping, Sequence

from slyflow.model.artifact import Artifact, Computed, Kind, Output
from slyflow.model.event import (
    AttemptFailed,
    EdgeWritten,
    Event,
    LaunchAccepted,
    LaunchIntended,
    LaunchSent,
    OutputsFound,
    Recorded,
    RunClosed,
    RunCreated,
    SessionChanged,
    SessionEnded,
    StepEnded,
    StepStarted,
    Warned,
)
from slyflow.model.interface import App, Interface
from slyflow.model.launch import Workspace
from slyflow.model.pipeline import FailureKind
from slyflow.model.run import Failure, StepResult, StepStatus
from slyflow.model.session import Status

URL = "http://127.0.0.1:4040"


def created() -> RunCreated:
    interface = Interface((), None, from_ecosystem=True, headless=True)
    apps = {
        name: App(f"local/{name}", number, "v1.0.0", name.title(), interface)
        for number, name in enumerate(("fetch", "train"), 1)
    }
    return RunCreated(
        run_id="20261124-061500-k3f9",
        pipeline="lemons",
        path="pipelines/lemons.yaml",
        source="slyflow: 1\n",
        files={},
        params={},
        instance_url=URL,
        home_instance=True,
        secret_hex="00" * 32,
        slyflow_version="0.1.0",
        started_at="2026-11-24T06:15:00.000Z",
        max_sessions=8,
        apps=apps,
        workspaces={name: Workspace(1, 1) for name in ("fetch", "train")},
        agents={},
    )


def launched(step: str, attempt: int, session: int) -> list[Event]:
    return [
        StepStarted(step),
        LaunchIntended(step, attempt, "sf-0", "00", 0),
        LaunchSent(step, attempt, 1),
        LaunchAccepted(step, attempt, session, "reply"),
        SessionChanged(step, attempt, Status.STARTED),
    ]


def ended(step: str, attempt: int, session: int, outputs: Mapping[str, Output | None]) -> list[Event]:
    return [
        SessionEnded(step, attempt, Status.FINISHED),
        OutputsFound(step, attempt, outputs),
        EdgeWritten(step, attempt, (session, "output", "project", "7"), "reply"),
        StepEnded(step, StepResult(StepStatus.SUCCEEDED, outputs, session_id=session)),
    ]


PROJECT = Artifact(Kind.PROJECT, 7, name="Lemons", url="/projects/7/datasets")


def succeeded() -> list[Event]:
    """A run of two app steps and a values step in which everything goes well."""
    return [
        created(),
        *launched("fetch", 1, 101),
        *ended("fetch", 1, 101, {"images": PROJECT}),
        *launched("train", 1, 102),
        *ended("train", 1, 102, {"weights": None}),
        StepEnded("best", StepResult(StepStatus.SUCCEEDED, {"map": Computed(0.5)})),
        RunClosed(0, {"map": 0.5}),
    ]


def failed() -> list[Event]:
    """A run whose second step fails twice and whose third is skipped because of that."""
    lost = Failure(FailureKind.LOST, "session 102 is no longer on the instance")
    crashed = Failure(FailureKind.ERROR, "exit code 1")
    return [
        created(),
        Warned('argument "sizze" is not declared', "fetch"),
        *launched("fetch", 1, 101),
        *ended("fetch", 1, 101, {"images": PROJECT}),
        *launched("train", 1, 102),
        AttemptFailed("train", 1, lost, 60.0),
        *launched("train", 2, 103),
        SessionEnded("train", 2, Status.ERROR),
        StepEnded("train", StepResult(StepStatus.FAILED, failure=crashed, session_id=103)),
        StepEnded("best", StepResult(StepStatus.SKIPPED, reason='step "train" failed')),
        RunClosed(1),
    ]


def recorded(events: Sequence[Event]) -> list[Recorded]:
    """Number the events and let one second pass with each."""
    return [
        Recorded(number + 1, f"2026-11-24T06:{15 + number // 60:02d}:{number % 60:02d}.000Z", event)
        for number, event in enumerate(events)
    ]
