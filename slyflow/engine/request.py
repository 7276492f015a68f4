"""From a step and the names its expressions see to the launch that is sent and the inputs it uses."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from slyflow.catalog.state import actual_target, launch_state
from slyflow.engine.codec import plain
from slyflow.engine.effect import Wanted
from slyflow.engine.marker import Described, describe, marker
from slyflow.errors import ExpressionError
from slyflow.model.event import RunCreated
from slyflow.model.interface import target_kind
from slyflow.model.launch import Launch
from slyflow.model.pipeline import AppAction, InputSpec, Step
from slyflow.model.value import Dynamic, Expression, Fields, Json
from slyflow.syntax.expression import Scope, evaluate
from slyflow.text import sanitize

TITLE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Request:
    """A launch, and the inputs it uses by name."""

    launch: Launch
    inputs: Mapping[str, Wanted]


def build(run: RunCreated, step: Step, action: AppAction, attempt: int, scope: Scope) -> Request:
    """Fill in every expression of an app step; ExpressionError when one fails or gives the wrong thing."""
    app = run.apps[step.id]
    named = _mapping(action.target, scope, run.files, "target") if action.target is not None else {}
    target = {actual_target(name, app.interface): value for name, value in named.items()}
    for name, value in target.items():
        if value is None or isinstance(value, bool | float | Mapping):
            raise ExpressionError(f"target {name} is {json.dumps(value)}, expected an id or a path")
    state = launch_state(
        app.interface,
        target,
        _mapping(action.arguments, scope, run.files, "arguments"),
        action.merge_defaults,
    )
    mark = marker(bytes.fromhex(run.secret_hex), run.run_id, step.id, attempt)
    launch = Launch(
        marker=mark,
        app=app,
        workspace=run.workspaces[step.id],
        title=f"{mark} {_title(run, step, action, scope)}"[:TITLE_LIMIT],
        description=describe(Described(run.run_id, step.id, attempt, mark)),
        state=state,
        agent_id=run.agents.get(step.id),
        user_id=_user(run, action, scope),
        multi_user=action.multi_user,
        log_level=action.log_level,
        restart_policy=action.restart_policy,
        kubernetes=action.kubernetes,
        limit_by_workspace=action.limit_by_workspace,
    )
    return Request(launch, _inputs(action, target, scope, run.files))


def payload_sha256(launch: Launch) -> str:
    """Return the hash of all that the launch says; map order does not matter."""
    text = json.dumps(plain(launch), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _mapping(
    value: Fields | Expression, scope: Scope, files: Mapping[str, str], what: str
) -> Mapping[str, Json]:
    if isinstance(value, Mapping):
        return {name: evaluate(field.value, scope, files) for name, field in value.items()}
    filled = evaluate(value, scope, files)
    if not isinstance(filled, Mapping):
        raise ExpressionError(f"{what} is {json.dumps(filled)[:80]}, expected a map")
    return filled


def _title(run: RunCreated, step: Step, action: AppAction, scope: Scope) -> str:
    if action.title is None:
        return f"{run.pipeline}: {step.id}"
    title = sanitize(str(evaluate(action.title, scope, run.files)), TITLE_LIMIT)
    return " ".join(title.split())


def _user(run: RunCreated, action: AppAction, scope: Scope) -> int | None:
    user = evaluate(action.user, scope, run.files)
    if user is None or (isinstance(user, int) and not isinstance(user, bool)):
        return user
    if isinstance(user, str) and user in run.users:
        return run.users[user]
    raise ExpressionError(f"user is {json.dumps(user)}, expected an id; only params can give a login")


def _inputs(
    action: AppAction, target: Mapping[str, Json], scope: Scope, files: Mapping[str, str]
) -> Mapping[str, Wanted]:
    if action.inputs is not None:
        return {name: _declared(spec, scope, files) for name, spec in action.inputs.items()}
    wanted = {}
    for name, value in target.items():
        kind = target_kind(name)
        if kind is not None and isinstance(value, int | str):
            wanted[name] = Wanted(kind, value)
    return wanted


def _declared(spec: InputSpec, scope: Scope, files: Mapping[str, str]) -> Wanted:
    value = evaluate(spec.value, scope, files)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ExpressionError(f'input "{spec.name}" is {json.dumps(value)}, expected an id or a path')
    return Wanted(spec.kind, value, _version_num(spec.name, spec.version_num, scope, files))


def _version_num(name: str, value: Dynamic, scope: Scope, files: Mapping[str, str]) -> int | None:
    number = evaluate(value, scope, files)
    if number is None or (isinstance(number, int) and not isinstance(number, bool)):
        return number
    raise ExpressionError(f'version_num of input "{name}" is {json.dumps(number)}, expected a number')
