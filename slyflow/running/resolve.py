"""A launch of unknown outcome, settled by a person's word, and its run taken up again."""

from collections.abc import Sequence

from slyflow.errors import NotFound, UsageError
from slyflow.model.event import Event, LaunchAccepted, LaunchResolved
from slyflow.model.instance import Instance
from slyflow.report.stepsummary import StepSummary
from slyflow.running.journaled import Journaled, read_run
from slyflow.running.operator import Operator
from slyflow.running.resume import go_on
from slyflow.running.world import World
from slyflow.settings import Settings
from slyflow.text import did_you_mean


def resolve_launch(
    run: Journaled,
    step: str,
    session_id: int | None,
    settings: Settings,
    world: World,
    operator: Operator,
    *,
    take_over: bool = False,
) -> int:
    """Go on with the step by this session, or None: by launching it again; return the run's exit code.

    `take_over` is that of `go_on`.
    UsageError when the step did not fail as launch_unknown, or the session cannot be of its launch.
    """
    _failed(run, step)

    def first(instance: Instance) -> Sequence[Event]:
        # Only now no other process can be resolving it too.
        now = read_run(run.folder)
        attempts = _failed(now, step).attempts
        if session_id is not None:
            _check(now, step, session_id, instance)
        return (LaunchResolved(step, attempts, session_id),)

    return go_on(run, settings, world, operator, take_over=take_over, first=first)


def _failed(run: Journaled, step: str) -> StepSummary:
    steps = run.summary.steps
    if step not in steps:
        raise UsageError(f'the run {run.created.run_id} has no step "{step}"{did_you_mean(step, steps)}')
    summary = steps[step]
    if not summary.is_unresolved:
        raise UsageError(
            f'step "{step}" is {summary.status}: only what failed as launch_unknown can be resolved',
            hint="`slyflow resume` goes on with a run that is not over",
        )
    return summary


def _check(run: Journaled, step: str, session_id: int, instance: Instance) -> None:
    """A person may err: the session must be of the step's app, in its workspace, and of no other step."""
    for entry in run.events:
        event = entry.event
        if isinstance(event, LaunchAccepted | LaunchResolved) and event.session_id == session_id:
            raise UsageError(f"session {session_id} is that of step {event.step}, attempt {event.attempt}")
    try:
        session = instance.sessions.info(session_id)
    except NotFound as error:
        raise UsageError(f"there is no session {session_id} on {instance.url}") from error
    app, workspace = run.created.apps[step], run.created.workspaces[step]
    if session.module_id not in (None, app.module_id):
        raise UsageError(f"session {session_id} runs another app than {app.slug}")
    if session.workspace_id not in (None, workspace.id):
        raise UsageError(
            f"session {session_id} is in workspace {session.workspace_id}, not in {workspace.id}"
        )
