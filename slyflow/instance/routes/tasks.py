"""Sessions: started, listed, told about, stopped, and their logs."""

import asyncio
import json
import time
from itertools import dropwhile

from slyflow.instance import releases, sessions
from slyflow.instance.call import Call, Methods, Reply
from slyflow.instance.fields import (
    as_integer,
    integer,
    objects,
    optional_integer,
    optional_mapping,
    optional_text,
    text,
)
from slyflow.instance.listing import Listing, Row, page
from slyflow.instance.refusal import Refused, missing
from slyflow.instance.sessionlog import LogFiles, LogWriter, read_lines
from slyflow.model.session import Status

_SETTINGS = (
    "logLevel",
    "restartPolicy",
    "proxyKeepUrl",
    "advancedSettings",
    "singleSessionMode",
    "redirectRequests",
)
LONGEST_KEY = 200


def _run(call: Call) -> Reply:
    order = _order(call)
    session_id, is_new = sessions.add(call.services.store, order, call.now)
    if is_new:
        call.services.runner.enqueue(session_id)
    return [
        {
            "taskId": session_id,
            "userId": order.user_id,
            "moduleId": order.module_id,
            "appId": order.module_id,
        }
    ]


def _order(call: Call) -> sessions.Order:
    body, store = call.body, call.services.store
    module_id = optional_integer(body, "moduleId") or optional_integer(body, "appId")
    if module_id is None:
        raise Refused('"moduleId" (or "appId") is missing, expected the id of an app')
    release = _release(call, module_id)
    workspace_id = integer(body, "workspaceId")
    call.one("Workspace", workspace_id, "SELECT id FROM workspace WHERE id = ?")
    key = call.headers.get("idempotency-key") or None
    if key is not None and len(key) > LONGEST_KEY:
        raise Refused(f"the Idempotency-Key is longer than {LONGEST_KEY} characters")
    params = optional_mapping(body, "params") or {"state": {}}
    if not isinstance(params.get("state", {}), dict):
        raise Refused('"params" has a "state" that is not an object')
    agent = store.one("SELECT id FROM agent WHERE id = coalesce(?, id)", (_agent_id(call),))
    if agent is None:
        raise missing("Agent", _agent_id(call))
    return sessions.Order(
        workspace_id=workspace_id,
        user_id=_user_id(call),
        agent_id=agent["id"],
        release_id=release["id"],
        module_id=module_id,
        name=optional_text(body, "taskName") or "",
        description=optional_text(body, "description") or "",
        params=params,
        settings={name: body[name] for name in _SETTINGS if name in body},
        idempotency_key=key,
    )


def _agent_id(call: Call) -> int | None:
    return optional_integer(call.body, "agentId") or optional_integer(call.body, "nodeId")


def _release(call: Call, module_id: int) -> Row:
    if call.body.get("isBranch"):
        raise Refused("an embedded instance has releases of apps, no branches")
    module = call.one("App", module_id, "SELECT * FROM module WHERE id = ?")
    version = optional_text(call.body, "appVersion")
    release = releases.find_release(call.services.store, module_id, version)
    if release is None:
        raise Refused(f'{module["slug"]} has no version "{version}"', status=404)
    return release


def _user_id(call: Call) -> int:
    users = call.body.get("usersIds") or []
    if not isinstance(users, list) or len(users) > 1:
        raise Refused('"usersIds" must name one user at most: each would get a session of its own')
    if not users:
        return call.principal.user_id
    user_id = as_integer(users[0], 'item 0 of "usersIds"')
    call.one("User", user_id, "SELECT id FROM user WHERE id = ?")
    return user_id


def _info(call: Call) -> Reply:
    return sessions.form(_session(call, "id"))


def _session(call: Call, key: str) -> Row:
    session_id = integer(call.body, key)
    row = sessions.find(call.services.store, session_id)
    if row is None:
        raise missing("Task", session_id)
    return row


def _list(call: Call) -> Reply:
    workspace_id = optional_integer(call.body, "workspaceId")
    source, arguments = f"FROM {sessions.TABLES} WHERE 1", ()
    if workspace_id is not None:
        call.one("Workspace", workspace_id, "SELECT id FROM workspace WHERE id = ?")
        listing = Listing(
            f"{source} AND s.workspace_id = ?", (workspace_id,), sessions.FIELDS, sessions.COLUMNS
        )
    else:
        listing = Listing(source, arguments, sessions.FIELDS, sessions.COLUMNS)
    return page(call, listing, sessions.list_form)


def _stop(call: Call) -> Reply:
    session_id = _session(call, "id")["id"]
    call.services.runner.stop(session_id)
    return {"id": session_id, "status": _session(call, "id")["status"]}


def _update_status(call: Call) -> Reply:
    session = _session(call, "id")
    status = Status.read(text(call.body, "status"))
    if status not in (Status.CONSUMED, Status.STARTED, Status.DEPLOYED):
        raise Refused("a session's end is decided by its process; only its being deployed can be told")
    if call.services.runner.is_live(session["id"]):
        with call.services.store.transaction():
            sessions.move(call.services.store, session["id"], status, call.now)
    return {"success": True}


def _context(call: Call) -> Reply:
    row = _session(call, "id")
    return {
        "team": {"id": row["team_id"], "name": row["team_name"]},
        "workspace": {"id": row["workspace_id"], "name": row["workspace_name"]},
        "user": {"id": row["user_id"], "login": row["user_login"]},
    }


async def _download_log(call: Call) -> Reply:
    session = _session(call, "id")
    limit = optional_integer(call.body, "limit")
    since = optional_text(call.body, "sinceTime")
    files = LogFiles(call.services.home.logs, session["id"])
    lines = await asyncio.to_thread(read_lines, files, last=None if since else limit)
    if since:
        # Equal times of one millisecond are given again rather than lost, and so are later lines to which
        # an app gave an earlier time: of another zone, or of when it made them.
        lines = list(dropwhile(lambda line: str(line["timestamp"]) < since, lines))
        lines = lines if limit is None else lines[-limit:] if limit > 0 else []
    return lines


def _add_log(call: Call) -> Reply:
    lines = objects(call.body, "logs")
    session_id = call.principal.session_id or optional_integer(call.body, "taskId")
    if session_id is None and lines:
        session_id = as_integer(lines[0].get("task_id", lines[0].get("taskId")), '"task_id" of a log line')
    if session_id is None:
        return {"success": True}
    if sessions.find(call.services.store, session_id) is None:
        raise missing("Task", session_id)
    add_to_log(call, session_id, [json.dumps(line).encode() for line in lines])
    return {"success": True}


def add_to_log(call: Call, session_id: int, lines: list[bytes]) -> None:
    """Append lines that came by the API to a session's log."""
    if not lines:
        return
    log = LogWriter(LogFiles(call.services.home.logs, session_id))
    try:
        log.append(b"\n".join(lines) + b"\n", time.time())
    finally:
        log.close()


METHODS: Methods = {
    "tasks.run.app": _run,
    "tasks.info": _info,
    "tasks.list": _list,
    "tasks.stop": _stop,
    "tasks.status.update": _update_status,
    "tasks.log.download": _download_log,
    "tasks.logs.add": _add_log,
    "GetTaskContext": _context,
}
