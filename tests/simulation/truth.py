"""Whether what the journal says of each step is what really happened on the instance (I3, I8, I9)."""

from collections import Counter
from collections.abc import Iterator, Mapping

from slyflow.model.artifact import Artifact, Computed
from slyflow.model.event import (
    EdgeIntended,
    LaunchIntended,
    LaunchNotSent,
    LaunchSent,
    StepEnded,
    StepStarted,
)
from slyflow.model.pipeline import FailureKind
from slyflow.model.run import StepResult, StepStatus
from tests.simulation.ledger import EdgeKey, Ledger, Session
from tests.simulation.played import Played
from tests.simulation.witness import Breach
from tests.simulation.world import StepPlan

MOST_SENDINGS = 5
_GOOD = {"": {"succeeded"}, "success": {"succeeded"}, "no_failure": {"succeeded", "skipped"}}


class Truth:
    """One world's journal held against its ledger, step by step."""

    def __init__(self, played: Played) -> None:
        self.results: dict[str, StepResult] = {}
        self._played = played
        self._ledger: Ledger = played.server.ledger
        self._plans: Mapping[str, StepPlan] = {step.id: step for step in played.world.steps}
        self._attempts: dict[str, int] = {}
        self._markers: dict[str, str] = {}
        self._doubts: dict[str, int] = {}

    def breaches(self) -> Iterator[Breach]:
        """Walk through the journal and yield what is not true."""
        for event in self._played.events:
            match event:
                case StepStarted():
                    self._attempts[event.step] = self._attempts.get(event.step, 0) + 1
                case LaunchIntended():
                    self._markers[event.step] = event.marker
                    self._doubts[event.step] = 0
                case LaunchSent():
                    self._doubts[event.step] += 1
                case LaunchNotSent():
                    self._doubts[event.step] -= event.is_certain
                case StepEnded():
                    plan = self._plans[event.step]
                    yield from (
                        Breach(invariant, f"step {event.step}: {what}")
                        for invariant, what in self._step(plan, event.result)
                    )
                    self.results[event.step] = event.result
                case _:
                    pass

    def _step(self, plan: StepPlan, result: StepResult) -> Iterator[tuple[str, str]]:
        cancelled = result.failure is not None and result.failure.kind is FailureKind.CANCELLED
        if cancelled:
            if not self._played.is_cancelled:
                yield "I8", "is cancelled, but nobody stopped the run"
            if plan.final:
                yield "I8", "is of finally, but was cancelled with the run"
            return
        may_run = self._may_run(plan)
        if may_run is not (result.status is not StepStatus.SKIPPED):
            yield "I4", f"was {result.status}, but its conditions {'hold' if may_run else 'do not hold'}"
        if plan.values or result.status is StepStatus.SKIPPED:
            return
        if result.status is StepStatus.SUCCEEDED:
            yield from self._succeeded(plan, result)
        else:
            yield from self._failed(plan, result)

    def _may_run(self, plan: StepPlan) -> bool:
        needed = set(self._played.loaded.dag.needs(plan.id))
        when = plan.when or ("always" if plan.final else "success")
        if plan.final and when != "always":
            needed |= {step.id for step in self._played.world.steps if not step.final}
        statuses = {name: self._counting(name) for name in needed}
        if when == "failure" and "failed" not in statuses.values():
            return False
        if when in _GOOD and not set(statuses.values()) <= _GOOD[when]:
            return False
        return self._condition(plan.condition)

    def _counting(self, step: str) -> str:
        if step not in self.results:
            return "open"
        status = str(self.results[step].status)
        return "succeeded" if status == "failed" and self._plans[step].allow_failure else status

    def _condition(self, condition: str) -> bool:
        """Evaluate the few conditions that worlds have: `1 == 1`, or a step's status."""
        if condition in ("", "1 == 1", "1 == 2"):
            return condition != "1 == 2"
        _, step, word = condition.split(".")
        return step in self.results and str(self.results[step].status) == word

    def _succeeded(self, plan: StepPlan, result: StepResult) -> Iterator[tuple[str, str]]:
        session = self._ledger.sessions.get(result.session_id or 0)
        if session is None or (session.step, session.attempt) != (plan.id, self._attempts[plan.id]):
            yield "I8", f"succeeded with session {result.session_id}, which is not of its last attempt"
            return
        at = self._played.finished_at[plan.id]
        if session.status(at) != "finished" or session.ending in ("soft", "error", "stopped"):
            yield "I8", f"succeeded, but session {session.id} is {session.status(at)} ({session.ending})"
        yield from self._outputs(plan, result, session)
        if plan.workflow == "required":
            missing = self._expected_edges(plan, session) - self._acted()
            if missing:
                yield "I8", f"succeeded without its required edges {sorted(missing)}"

    def _outputs(self, plan: StepPlan, result: StepResult, session: Session) -> Iterator[tuple[str, str]]:
        if plan.output == "project":
            found = result.outputs.get("p")
            if not isinstance(found, Artifact) or found.id is None or found.id != session.project:
                yield "I8", f"output p is {found}, but the session made {session.project}"
        elif plan.output == "value":
            value = result.outputs.get("v")
            wrong = not isinstance(value, Computed) or value.value != session.id
            if wrong or session.ending == "bare":
                yield "I8", f"output v is {value}, but the session is {session.id} ({session.ending})"

    def _expected_edges(self, plan: StepPlan, session: Session) -> set[EdgeKey]:
        edges: set[EdgeKey] = set()
        if plan.output == "project":
            edges.add((session.id, "output", "project", str(session.project)))
        for read in plan.reads[:1]:
            maker = self._ledger.sessions[self.results[read].session_id or 0]
            edges.add((session.id, "input", "project", str(maker.project)))
        return edges

    def _acted(self) -> set[EdgeKey]:
        return {edge.key for edge in self._ledger.edges if edge.acted}

    def _failed(self, plan: StepPlan, result: StepResult) -> Iterator[tuple[str, str]]:
        """A failure must have its cause on the instance: no step fails by faults in between alone."""
        failure = result.failure
        assert failure is not None
        session = self._ledger.sessions.get(result.session_id or 0)
        marker = self._markers.get(plan.id, "")
        if session is None:
            yield from self._unlaunched(plan, failure.kind, marker)
        elif not self._is_caused(plan, failure.kind, session):
            at = self._played.finished_at[plan.id]
            yield "I9", f"failed as {failure.kind}, but session {session.id} is {session.status(at)}"

    def _is_caused(self, plan: StepPlan, kind: FailureKind, session: Session) -> bool:
        at = self._played.finished_at[plan.id]
        status = session.status(at)
        match kind:
            case FailureKind.ERROR:
                return status == "error"
            case FailureKind.STOPPED:
                return status == "stopped" and session.stopped_at is None
            case FailureKind.SOFT_ERROR:
                return status == "finished" and session.ending == "soft"
            case FailureKind.OUTPUT_MISSING:
                return status == "finished" and session.ending == "bare" and plan.output != ""
            case FailureKind.LOST:
                return session.gone_at <= at
            case FailureKind.EDGE_FAILED:
                return plan.workflow == "required" and self._has_bad_edge(session)
            case _:
                return self._is_late(plan, kind, session)

    def _is_late(self, plan: StepPlan, kind: FailureKind, session: Session) -> bool:
        """Whether a session that was stopped for its slowness really was slow."""
        stopped = session.stopped_at
        if stopped is None:
            return False
        # A list may tell what was `lag` ago, and what came between two polls nobody can see: a session that
        # fell back into the queue may look as if it had never left it.
        lag, asked = self._played.world.lag, self._played.stop_asked_at[plan.id]
        if kind is FailureKind.QUEUE_TIMEOUT:
            limit = plan.queue_limit
            return limit is not None and session.was({"queued"}, session.accepted_at + limit - lag, asked)
        if kind is FailureKind.START_TIMEOUT:
            begin, limit = session.first("consumed"), plan.start_limit
            waiting = {"queued", "consumed"}
            return (
                limit is not None and begin is not None and session.was(waiting, begin + limit - lag, asked)
            )
        started = session.first("started") or stopped
        return (
            kind is FailureKind.RUN_TIMEOUT
            and plan.run_limit is not None
            and stopped - started >= plan.run_limit
        )

    def _has_bad_edge(self, session: Session) -> bool:
        """Whether an edge was refused, its outcome unknown, or its sender dead more than once."""
        intended = Counter(e.key for e in self._played.events if isinstance(e, EdgeIntended))
        if any(key[0] == session.id and count > 1 for key, count in intended.items()):
            return True
        return any(e.key[0] == session.id and e.outcome != "ok" for e in self._ledger.edges)

    def _unlaunched(self, plan: StepPlan, kind: FailureKind, marker: str) -> Iterator[tuple[str, str]]:
        sent = [launch for launch in self._ledger.launches if launch.key == marker]
        if kind is FailureKind.LAUNCH_REJECTED:
            if not any(launch.outcome == "refused" for launch in sent):
                yield "I9", "failed as launch_rejected, but no launch was refused"
        elif kind is FailureKind.LAUNCH_UNKNOWN:
            unknown = self._doubts[plan.id]
            enough = 1 if plan.launch == "at_most_once" or self._played.world.copies else MOST_SENDINGS
            if unknown < enough:
                yield "I9", f"failed as launch_unknown after {unknown} sendings of unknown outcome"
        else:
            yield "I9", f"failed as {kind} without a session"


def expected_exit_code(played: Played, results: Mapping[str, StepResult]) -> int:
    """Return the exit code that the steps' results stand for, worked out apart from the engine."""
    plans = {step.id: step for step in played.world.steps}
    kinds = set()
    for step, result in results.items():
        kind = str(result.failure.kind) if result.failure else "error"
        counts = result.status is StepStatus.CANCELLED or kind == "launch_unknown"
        if counts or (result.status is StepStatus.FAILED and not plans[step].allow_failure):
            kinds.add(kind)
    if "launch_unknown" in kinds:
        return 3
    if not kinds:
        return 0
    return 8 if kinds == {"edge_failed"} else 1
