"""What `tasks.run.app` is told for a step's launch, and what counts as the acceptance of a start."""

from slyflow.client.order import Order, body
from slyflow.client.row import Row, as_id, rows
from slyflow.errors import BadReply
from slyflow.model.launch import Launch
from slyflow.model.value import Json
from slyflow.record import record

_METHOD = "tasks.run.app"


@record(frozen=True)
class Started:
    """A session that was started; the other ids are as far as the instance told them."""

    id: int
    user_id: int | None = None
    module_id: int | None = None
    app_id: int | None = None


def payload(launch: Launch) -> dict[str, Json]:
    """Return the body of `tasks.run.app` for a launch."""
    order = Order(
        workspace_id=launch.workspace.id,
        module_id=launch.app.module_id,
        is_branch=launch.app.is_branch,
        name=launch.title,
        description=launch.description,
        state=launch.state,
        agent_id=launch.agent_id,
        users=() if launch.user_id is None else (launch.user_id,),
        multi_user=launch.multi_user,
        log_level=launch.log_level,
        restart_policy=launch.restart_policy,
        limit_by_workspace=launch.limit_by_workspace,
        kubernetes=launch.kubernetes,
    )
    return body(order, launch.app.version)


def started(answer: Json, wanted: int) -> list[Started]:
    """Return the sessions that the answer names, which must be `wanted`; BadReply for anything else.

    Sessions that were started although it is another number are named by the error.
    """
    found = rows(answer, _METHOD)
    ids = [_session_id(row) for row in found]
    if len(found) != wanted or None in ids or len(set(ids)) != len(ids):
        named = ", ".join(str(one) for one in ids if one is not None)
        expected = "exactly one session" if wanted == 1 else f"exactly {wanted} sessions"
        told = f"; it names {named}" if named else ""
        raise BadReply(f"{_METHOD}: the answer does not name {expected}{told}")
    return [
        Started(one, as_id(row.get("userId")), as_id(row.get("moduleId")), as_id(row.get("appId")))
        for one, row in zip(ids, found, strict=True)
        if one is not None
    ]


def started_id(answer: Json) -> int:
    """Return the id of the one session that the answer names; BadReply for anything else."""
    return started(answer, 1)[0].id


def _session_id(row: Row) -> int | None:
    # Ids written as text are understood elsewhere; here nothing odd may count as accepted.
    session_id = row.get("taskId")
    return as_id(session_id) if isinstance(session_id, int) else None
