"""Large runs: one decision of a plan of 10,000 steps, and the resume of a journal of 100,000 events."""

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from benchmarks.measure import SLYFLOW, Result, environment
from slyflow.engine.effect import (
    Accepted,
    Answer,
    Collect,
    Collected,
    Effect,
    Listed,
    Poll,
    Prepare,
    Prepared,
    Reply,
    Send,
)
from slyflow.engine.journal import Journal
from slyflow.engine.plan import Plan
from slyflow.engine.policy import Policy
from slyflow.engine.setup import Setup
from slyflow.graph.resolve import resolve
from slyflow.model.event import (
    Event,
    LaunchAccepted,
    LaunchIntended,
    LaunchSent,
    OutputsFound,
    RunCreated,
    SessionChanged,
    SessionEnded,
    StepEnded,
    StepStarted,
)
from slyflow.model.interface import App, Interface
from slyflow.model.launch import Workspace
from slyflow.model.run import StepResult, StepStatus
from slyflow.model.session import Session, Status
from slyflow.syntax.load import load_source
from tests.remote.instance import MODULE, SLUG, TEAM, USER, VERSION, WORKSPACE
from tests.remote.served import serving

STEPS, AT_ONCE = 10_000, 100
JOURNALLED = 12_500  # of eight events each
_APP = App(SLUG, MODULE, VERSION, "App", Interface((), {}, True, True))
_WORKSPACE = Workspace(WORKSPACE, TEAM, USER)
_RUN = "20260101-000000-aaaa"


def run(scratch: Path) -> list[Result]:
    """Measure both once."""
    return [*_decisions(), _resume(scratch)]


def _source(steps: int, needs: int) -> str:
    """Return a pipeline of chains side by side: step n needs step n - `needs`, 0 is none."""
    lines = [
        f"  s{n}: {{app: {SLUG}@{VERSION}" + (f", needs: [s{n - needs}]}}" if needs and n >= needs else "}")
        for n in range(steps)
    ]
    return "\n".join(["slyflow: 1", "name: load", "steps:", *lines, ""])


def _created(source: str, steps: int, url: str) -> RunCreated:
    names = [f"s{n}" for n in range(steps)]
    return RunCreated(
        run_id=_RUN,
        pipeline="load",
        path="load.yaml",
        source=source,
        files={},
        params={},
        instance_url=url,
        home_instance=False,
        secret_hex="ab" * 32,
        slyflow_version="0",
        started_at="2026-01-01T00:00:00.000Z",
        max_sessions=AT_ONCE,
        apps=dict.fromkeys(names, _APP),
        workspaces=dict.fromkeys(names, _WORKSPACE),
        agents=dict.fromkeys(names),
    )


def _decisions() -> Iterator[Result]:
    """Play a run whose every effect is answered at once, and time what each answer makes the plan do."""
    source = _source(STEPS, AT_ONCE)
    pipeline = load_source(source, "load.yaml", {}).pipeline
    assert pipeline is not None
    dag = resolve(pipeline).dag
    assert dag is not None
    now = 0.0
    created = _created(source, STEPS, "https://load.example.com")
    plan = Plan(Setup(pipeline, dag, created, Policy(max_sessions=AT_ONCE)), Random(1), now)
    open_effects = list(plan.advance(now).effects)
    spent: list[float] = []
    while plan.exit_code is None:
        now += 0.01 if open_effects else 1.0
        begun = time.thread_time()
        if open_effects:
            effect = open_effects.pop(0)
            plan.handle(Reply(effect, _answer(effect)), now)
        turn = plan.advance(now)
        spent.append(time.thread_time() - begun)
        open_effects += turn.effects
    p99 = statistics.quantiles(spent, n=100)[98] * 1000
    detail = f"{len(spent)} decisions, the longest {max(spent) * 1000:.1f} ms"
    yield Result(f"one decision of a run of {STEPS} steps, p99", p99, 5.0, "ms of CPU", detail)


def _answer(effect: Effect) -> Answer:
    match effect:
        case Prepare():
            return Prepared(0 if effect.watermark else None, {}, {}, {})
        case Send():
            return Accepted(1000 + int(effect.step[1:]))
        case Poll():
            return Listed(tuple(Session(one, Status.FINISHED) for one in effect.ids))
        case Collect():
            return Collected(Session(effect.session_id, Status.FINISHED))
        case _:
            raise AssertionError(f"a calm run does not ask for {effect}")


def _resume(scratch: Path) -> Result:
    """Write the journal of a run that was killed before its last step was over, and time its resume."""
    source = _source(JOURNALLED, 0)
    home = scratch / "slyflow"
    with serving() as served:
        events = _events(_created(source, JOURNALLED, served.url))
        home.mkdir(mode=0o700)
        with Journal.create(home / "runs" / _RUN, redact=str) as journal:
            journal.append(events)
        env = {**environment(scratch), **served.environ}
        begun = _children_cpu()
        done = subprocess.run(
            [*SLYFLOW, "resume", _RUN, "--quiet"], env=env, cwd=scratch, capture_output=True, check=False
        )
        took = _children_cpu() - begun
    if done.returncode != 0:
        sys.exit(f"the resume failed:\n{done.stderr.decode()}")
    return Result(
        "resume of a large journal", took, 5.0, "s of CPU", f"{len(events)} events, to the run's end"
    )


def _children_cpu() -> float:
    """Return the seconds of CPU that ended children took: what others do on the machine counts little."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _events(created: RunCreated) -> list[Event]:
    events: list[Event] = [created]
    for number, step in enumerate(created.apps):
        session = 1000 + number
        events += [
            StepStarted(step),
            LaunchIntended(step, 1, f"sf-{number:026}", "0" * 64, number),
            LaunchSent(step, 1, 1),
            LaunchAccepted(step, 1, session, "reply"),
            SessionChanged(step, 1, Status.STARTED),
            SessionEnded(step, 1, Status.FINISHED),
            OutputsFound(step, 1, {}),
            StepEnded(step, StepResult(StepStatus.SUCCEEDED, {}, session_id=session)),
        ]
    return events[:-1]
