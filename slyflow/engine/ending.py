"""An ended session: whether it really worked, and what it made."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from slyflow.engine import running
from slyflow.engine.effect import Collect, Collected, Others, Reply
from slyflow.engine.move import NOTHING, Move, View, Watch, fail, pause
from slyflow.engine.query import queries, wants_info
from slyflow.engine.state import StepState
from slyflow.errors import BadReply, ExpressionError, NotFound, SlyflowError, Unavailable
from slyflow.model.artifact import Computed, Output
from slyflow.model.event import OutputsFound
from slyflow.model.outputsource import ExpressionSource
from slyflow.model.pipeline import FailureKind, OutputSpec
from slyflow.model.run import Failure
from slyflow.model.session import LogLine, Session, Status
from slyflow.model.value import Json
from slyflow.syntax.expression import Scope, evaluate
from slyflow.text import sanitize

_LOUD = ("fatal", "error")
# How an embedded instance says that a session died with it.
RUNNER_LOST = "runner lost"
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list, tuple),
    "object": (dict,),
}


def next_move(view: View, state: StepState, watch: Watch, now: float) -> Move:
    """Read the session and, when its status is a good one, look for its outputs."""
    if now < watch.due:
        return Move(wake=watch.due)
    assert state.session_id is not None
    accepted = state.status in view.action.accept_status
    if accepted and watch.row is not None and _needs_no_more(view):
        return _judge(view, state, watch, Collected(watch.row), now)
    try:
        asked = queries(view, watch.info) if accepted and not wants_info(view, watch) else {}
    except ExpressionError as error:
        return fail(view, state, Failure(FailureKind.OUTPUT_MISSING, error.message))
    watch.looked_at = now
    return Move(
        effects=(
            Collect(
                view.step.id,
                state.attempt,
                state.session_id,
                view.run.workspaces[view.step.id],
                asked,
                state.before,
                view.others() if asked else Others(),
                with_traces=bool(asked),
                with_log=not accepted,
            ),
        )
    )


def _needs_no_more(view: View) -> bool:
    """Whether the list's row tells enough: an embedded instance's holds the session's whole output."""
    return view.traced and not view.action.outputs and view.action.success_when is None


def on_reply(view: View, state: StepState, watch: Watch, reply: Reply, now: float) -> Move:
    """Judge the attempt: status, then isError, then outputs, then success_when."""
    answer = reply.answer
    if isinstance(answer, NotFound):
        return _on_gone(view, state, watch, now)
    if isinstance(answer, Unavailable | BadReply):
        return pause(view, watch, now)
    if isinstance(answer, SlyflowError):
        return fail(view, state, Failure(FailureKind.OUTPUT_MISSING, answer.message))
    return _judge(view, state, watch, answer, now) if isinstance(answer, Collected) else NOTHING


def _on_gone(view: View, state: StepState, watch: Watch, now: float) -> Move:
    """One answer that there is no such session may be a proxy's: look again as a poll would."""
    move = running.on_missing(view, state, watch, now)
    watch.due = now + view.policy.absence / max(1, view.policy.lost_misses - 1)
    return move if move.events else Move(wake=watch.due)


def _judge(view: View, state: StepState, watch: Watch, answer: Collected, now: float) -> Move:
    watch.misses = 0
    watch.graph = answer.edges
    failure_now = status_failure(view, state, answer) or soft_error(answer.session)
    if failure_now is not None:
        return fail(view, state, failure_now)
    if wants_info(view, watch):
        watch.info = answer.session.info
        return NOTHING
    try:
        return _judge_outputs(view, state, watch, answer, now)
    except ExpressionError as error:
        return fail(view, state, Failure(FailureKind.ASSERTION, error.message))


def status_failure(view: View, state: StepState, answer: Collected) -> Failure | None:
    """Say what the final status means; a good one that came before our stop arrived still counts."""
    stop = state.stop
    if stop is not None and stop.kind is FailureKind.CANCELLED:
        return stop
    if state.status in view.action.accept_status:
        return None
    if stop is not None:
        return stop
    where = f"session {state.session_id}"
    if state.status is Status.STOPPED:
        return Failure(FailureKind.STOPPED, f"{where} was stopped by someone")
    cause = _cause(answer)
    if _told(answer.session).startswith(RUNNER_LOST):
        return Failure(FailureKind.LOST, f"{where} is lost: {cause}")
    said = f": {cause}" if cause else ""
    return Failure(FailureKind.ERROR, f"{where} ended as {state.status}{said}")


def soft_error(session: Session) -> Failure | None:
    """Return the failure that a `finished` session admits by `meta.output.general.isError`."""
    general = session.output.get("general")
    if not isinstance(general, Mapping) or general.get("isError") is not True:
        return None
    said = [str(general[key]) for key in ("title", "description") if general.get(key)]
    return Failure(FailureKind.SOFT_ERROR, sanitize(": ".join(said) or "the app reported an error", 500))


def _cause(answer: Collected) -> str:
    """Return what the session said last, errors before other lines."""
    admitted = soft_error(answer.session)
    if admitted is not None:
        return admitted.message
    lines: list[LogLine] = [line for line in answer.log if line.message.strip()]
    loud = [line for line in lines if line.level in _LOUD]
    chosen = (loud or lines)[-1:]
    told = chosen[0].message.strip() if chosen else _told(answer.session)
    return sanitize(told, 500)


def _told(session: Session) -> str:
    """Return `meta.error.message`, in which an embedded instance says what its log cannot hold."""
    meta = session.info.get("meta")
    error = meta.get("error") if isinstance(meta, Mapping) else None
    message = error.get("message") if isinstance(error, Mapping) else None
    return message if isinstance(message, str) else ""


def _judge_outputs(view: View, state: StepState, watch: Watch, answer: Collected, now: float) -> Move:
    scope = replace(view.scope(), task=answer.session.info)
    outputs: dict[str, Output | None] = {}
    missing: list[str] = []
    for name, spec in view.action.outputs.items():
        found, why = _output(view, spec, answer, scope)
        # An optional output may be missing; which one it is may not be guessed either.
        if found is None and (not spec.optional or name in answer.ambiguous):
            missing.append(f'output "{name}": {why}')
        outputs[name] = found
    # An embedded instance has no lag: what is not there at the first look will not come.
    patience = 0.0 if view.traced else view.step.timeout.output
    watch.looks = watch.looks + 1 if missing and not answer.ambiguous else 0
    # An answer may take long: it tells of the time when it was asked for.
    is_early = None in outputs.values() and watch.looked_at - watch.since < patience
    # One answer that something is not there may be a proxy's.
    if is_early or 0 < watch.looks < view.policy.lost_misses:
        watch.due = now + view.policy.output_every
        return Move(wake=watch.due)
    if missing:
        return fail(view, state, Failure(FailureKind.OUTPUT_MISSING, "; ".join(missing)))
    condition = view.action.success_when
    if condition is not None:
        holds = evaluate(condition, replace(scope, outputs=outputs), view.run.files)
        if holds is not True:
            return fail(view, state, Failure(FailureKind.ASSERTION, f"success_when is {json.dumps(holds)}"))
    return Move((OutputsFound(view.step.id, state.attempt, outputs),))


def _output(view: View, spec: OutputSpec, answer: Collected, scope: Scope) -> tuple[Output | None, str]:
    """Return the output, or why it is missing."""
    if isinstance(spec.source, ExpressionSource):
        try:
            found: Output | None = Computed(evaluate(spec.source.value, scope, view.run.files))
        except ExpressionError as error:
            return None, error.message
    else:
        found = answer.found.get(spec.name)
    if found is None:
        return None, answer.missing.get(spec.name, "it was not found")
    if isinstance(found, Computed):
        wrong = _type_problem(found.value, spec)
        return (None, wrong) if wrong else (found, "")
    return found, ""


def _type_problem(value: Json, spec: OutputSpec) -> str:
    """Say how a value differs from its declared type, empty when it does not."""
    if not _is(value, spec.type):
        return f"it is {json.dumps(value)[:80]}, expected {spec.type}"
    if spec.items is not None:
        wrong = [item for item in cast(list[Json], value) if not _is(item, spec.items)]
        if wrong:
            return f"it holds {json.dumps(wrong[0])[:80]}, expected only {spec.items}"
    return ""


def _is(value: Json, type_name: str | None) -> bool:
    if type_name is None:
        return value is not None
    if isinstance(value, bool):
        return type_name == "boolean"
    if type_name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[type_name])
