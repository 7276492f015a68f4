"""A run at a glance: everything that `show`, `--json` and the live view tell is a fold of its events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from slyflow.model.driver import Driver
from slyflow.model.event import (
    Recorded,
    RunCancelled,
    RunClosed,
    RunCreated,
    RunInterrupted,
    RunResumed,
    SessionRecovered,
    Warned,
)
from slyflow.model.pipeline import AppAction, Pipeline, ValuesAction
from slyflow.model.run import RunStatus
from slyflow.model.value import Json
from slyflow.report.stepsummary import ActionKind, StepSummary, fold_step


@dataclass(frozen=True, slots=True)
class Summary:
    """A run. `exit_code` is None until the run is closed; `outputs` is what the pipeline returned.

    `driver` is the process that took it up last and did not let go of it since; it may have died.
    """

    run: str
    pipeline: str
    path: str
    instance_url: str
    is_embedded: bool
    started_at: str
    status: RunStatus
    steps: Mapping[str, StepSummary]
    exit_code: int | None = None
    ended_at: str | None = None
    outputs: Mapping[str, Json] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    driver: Driver | None = None

    def session_url(self, session_id: int) -> str:
        """Return where a person sees the session."""
        return f"{self.instance_url}/apps/sessions/{session_id}"

    def absolute(self, url: str | None) -> str | None:
        """Return an artifact's address with the instance's in front when it is relative."""
        return self.instance_url + url if url and url.startswith("/") else url


class Fold:
    """Takes events in order and gives the summary so far.

    Another thread may ask for the summary meanwhile: it is built from one copy of the steps, and the
    steps themselves are frozen.
    """

    def __init__(self, pipeline: Pipeline | None = None) -> None:
        """`pipeline` tells the steps that have not begun; without it a step is known from its first event."""
        self._steps: dict[str, StepSummary] = _waiting(pipeline) if pipeline else {}
        self._run: Summary | None = None
        self._warnings: list[str] = []

    def add(self, recorded: Recorded) -> None:
        """Take one more event."""
        at, event = recorded.at, recorded.event
        match event:
            case RunCreated():
                self._create(event)
            case RunResumed() | RunInterrupted() | RunCancelled() | RunClosed():
                self._run = _fold_run(self.head, event, at)
            case Warned():
                self._warnings.append(event.message)
            case SessionRecovered():
                pass  # it counts when its step's turn comes
            case _:
                self._steps[event.step] = fold_step(self.step(event.step), event, at)

    def step(self, name: str) -> StepSummary:
        """Return one step as it stands."""
        return self._steps.get(name) or StepSummary(name, "values")

    @property
    def has_begun(self) -> bool:
        """Whether RunCreated was told."""
        return self._run is not None

    @property
    def head(self) -> Summary:
        """The run as it stands without its steps and warnings; costs nothing."""
        assert self._run is not None, "a journal begins with RunCreated"
        return self._run

    @property
    def summary(self) -> Summary:
        """The run as it stands."""
        return replace(self.head, steps=self._steps.copy(), warnings=tuple(self._warnings))

    def _create(self, event: RunCreated) -> None:
        self._run = Summary(
            run=event.run_id,
            pipeline=event.pipeline,
            path=event.path,
            instance_url=event.instance_url,
            is_embedded=event.home_instance,
            started_at=event.started_at,
            status=RunStatus.RUNNING,
            steps={},
            driver=event.driver,
        )
        for name, app in event.apps.items():
            step = self._steps.get(name) or StepSummary(name, "app")
            self._steps[name] = replace(step, kind="app", app=f"{app.slug}@{app.version}")


def summarize(events: Iterable[Recorded], pipeline: Pipeline | None = None) -> Summary:
    """Return the summary of a journal's events, of which the first is RunCreated."""
    fold = Fold(pipeline)
    for recorded in events:
        fold.add(recorded)
    return fold.summary


def _waiting(pipeline: Pipeline) -> dict[str, StepSummary]:
    steps = {}
    for step in pipeline.all_steps.values():
        match step.action:
            case AppAction():
                kind: ActionKind = "app"
            case ValuesAction():
                kind = "values"
            case _:
                assert_never(step.action)
        steps[step.id] = StepSummary(step.id, kind, is_final=step.is_final)
    return steps


def _fold_run(
    run: Summary, event: RunResumed | RunInterrupted | RunCancelled | RunClosed, at: str
) -> Summary:
    match event:
        case RunResumed():
            url = event.instance_url or run.instance_url
            begun = replace(run, status=RunStatus.RUNNING, ended_at=None, exit_code=None)
            return replace(begun, instance_url=url, driver=event.driver)
        case RunInterrupted():
            return replace(run, status=RunStatus.INTERRUPTED, driver=None)
        case RunCancelled():
            return replace(run, status=RunStatus.CANCELLED)
        case RunClosed():
            return replace(
                run,
                status=_closed_status(run, event.exit_code),
                exit_code=event.exit_code,
                outputs=event.outputs,
                ended_at=at,
                driver=None,
            )
        case _:
            assert_never(event)


def _closed_status(run: Summary, exit_code: int) -> RunStatus:
    if run.status is RunStatus.CANCELLED:
        return RunStatus.CANCELLED
    return RunStatus.SUCCEEDED if exit_code == 0 else RunStatus.FAILED
