"""What an app says of itself: its output, its meta, and the fields of its window; and requests to it."""

import asyncio
import http.client
import json
import re
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from slyflow.instance import fieldpath, sessions
from slyflow.instance.call import Call, Methods, Reply
from slyflow.instance.fields import integer, mapping, objects, optional_integer, optional_mapping, text, texts
from slyflow.instance.refusal import Refused, missing

_COMMAND = re.compile(r"/?[\w-]+(/[\w-]+)*")
LARGEST_ANSWER = 64 << 20
LONGEST_WAIT = 3600


def _set_output(call: Call) -> Reply:
    _merge(call, integer(call.body, "taskId"), "output", mapping(call.body, "output"))
    return {"success": True}


def _update_meta(call: Call) -> Reply:
    told = {key: value for key, value in call.body.items() if key not in ("id", "taskId")}
    _merge(call, integer(call.body, "id"), "meta", told)
    return {"success": True}


def _merge(call: Call, session_id: int, column: str, told: Mapping[str, Any]) -> None:
    with call.services.store.transaction():
        kept = {**_load(call, session_id, column), **told}
        _keep(call, session_id, column, kept)


def _load(call: Call, session_id: int, column: str) -> dict[str, Any]:
    row = sessions.find(call.services.store, session_id)
    if row is None:
        raise missing("Task", session_id)
    value: dict[str, Any] = json.loads(row[column])
    return value


def _keep(call: Call, session_id: int, column: str, value: Mapping[str, Any]) -> None:
    assert column in ("output", "meta", "fields"), "a column of ours"
    sql = f"UPDATE session SET {column} = ? WHERE id = ?"  # noqa: S608 - see above
    call.services.store.run(sql, (json.dumps(value), session_id))


def _set_data(call: Call) -> Reply:
    session_id = integer(call.body, "taskId")
    with call.services.store.transaction():
        fields = _load(call, session_id, "fields")
        for change in objects(call.body, "fields"):
            fieldpath.put(
                fields,
                text(change, "field"),
                change.get("payload"),
                append=change.get("append") is True,
                recursive=change.get("recursive") is True,
            )
        _keep(call, session_id, "fields", fields)
    return {"success": True}


def _get_data(call: Call) -> Reply:
    fields = _load(call, integer(call.body, "taskId"), "fields")
    return {"result": {name: fieldpath.get(fields, name) for name in texts(call.body, "fields")}}


def _set_content(call: Call) -> Reply:
    session_id = integer(call.body, "taskId")
    payload = mapping(call.body, "payload")
    with call.services.store.transaction():
        fields = _load(call, session_id, "fields")
        for change in objects(payload, "data"):
            path = text(change, "path").strip("/").replace("/", ".")
            if change.get("op") == "remove":
                fieldpath.remove(fields, f"data.{path}")
            else:
                fieldpath.put(fields, f"data.{path}", change.get("value"))
        state = optional_mapping(payload, "state")
        if state:
            fieldpath.put(fields, "state", state, recursive=True)
        _keep(call, session_id, "fields", fields)
    return {"success": True}


async def _request(call: Call) -> Reply:
    session_id = integer(call.body, "taskId")
    command = text(call.body, "command")
    if not _COMMAND.fullmatch(command):
        raise Refused(f'"command" is {command!r}, expected the name of an endpoint of the app')
    if sessions.find(call.services.store, session_id) is None:
        raise missing("Task", session_id)
    port = call.services.runner.port(session_id)
    if port is None:
        raise Refused(f"the session {session_id} is not running")
    seconds = min(max(optional_integer(call.body, "timeout") or 60, 1), LONGEST_WAIT)
    content = {
        "state": optional_mapping(call.body, "state") or {},
        "context": optional_mapping(call.body, "context") or {},
        "server_address": call.services.url,
    }
    try:
        status, answer = await asyncio.to_thread(_post, port, command, content, seconds)
    except (OSError, http.client.HTTPException) as error:
        raise Refused(f"the session {session_id} does not answer: {error}") from error
    return Response(answer, status, media_type="application/json")


def _post(port: int, command: str, content: Mapping[str, Any], seconds: int) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        body = json.dumps(content)
        path = "/" + command.removeprefix("/")
        connection.request("POST", path, body, {"content-type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read(LARGEST_ANSWER)
    finally:
        connection.close()


METHODS: Methods = {
    "tasks.output.set": _set_output,
    "tasks.meta.update": _update_meta,
    "tasks.data.set": _set_data,
    "tasks.data.get": _get_data,
    "tasks.app-v2.data.set": _set_content,
    "tasks.request.direct": _request,
}
