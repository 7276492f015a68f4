"""Files that apps attach to their own tasks."""

import json
from collections.abc import Mapping
from typing import Any

from slyflow.instance import sessions
from slyflow.instance.blobs import Blob, sha256_of
from slyflow.instance.call import Call, Methods, Reply
from slyflow.instance.fields import as_integer, integer, objects, optional_integer, text
from slyflow.instance.multipart import Part, read_parts
from slyflow.instance.refusal import Refused, missing


def _add_by_hash(call: Call) -> Reply:
    task_id = _task(call, integer(call.body, "taskId"))
    blobs = call.services.blobs
    for file in objects(call.body, "files"):
        sha256 = sha256_of(text(file, "hash"))
        blob = None if sha256 is None else blobs.find(sha256)
        if blob is None:
            raise Refused(f'no stored bytes have the hash "{file["hash"]}"')
        _attach(call, task_id, text(file, "name"), blob)
    return {"success": True}


async def _upload(call: Call) -> Reply:
    task_id = _task(call, _caller(call))
    parts = await read_parts(call)
    files = {part.name: part.blob for part in parts if part.blob is not None}
    described = [part for part in parts if part.blob is None]
    if len(described) != len(files):
        raise Refused("each file needs a part with its description, and each description its file")
    for part in described:
        blob = files.get(f"{part.name}-file")
        if blob is None:
            raise Refused(f'there is no file for the description "{part.name}"')
        _attach(call, task_id, _name(part), blob)
    return {"success": True}


def _name(part: Part) -> str:
    try:
        description: Any = json.loads(part.text)
    except ValueError as error:
        raise Refused(f'the part "{part.name}" is not JSON') from error
    if not isinstance(description, Mapping):
        raise Refused(f'the part "{part.name}" is not an object')
    return text(description, "fullpath")


def _caller(call: Call) -> int:
    """Return the task an upload is for: the session's own, else what the request says."""
    if call.principal.session_id is not None:
        return call.principal.session_id
    told = optional_integer(call.body, "taskId")
    return as_integer(call.headers.get("x-task-id", ""), "x-task-id") if told is None else told


def _task(call: Call, task_id: int) -> int:
    if sessions.find(call.services.store, task_id) is None:
        raise missing("Task", task_id)
    return task_id


def _attach(call: Call, task_id: int, name: str, blob: Blob) -> None:
    with call.services.store.transaction():
        call.services.store.run(
            "INSERT INTO task_file (session_id, name, sha256, size, created_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (session_id, name) DO UPDATE SET sha256 = excluded.sha256, size = excluded.size",
            (task_id, name, blob.sha256, blob.size, call.now),
        )


def _list(call: Call) -> Reply:
    task_id = _task(call, integer(call.body, "taskId"))
    rows = call.services.store.all("SELECT * FROM task_file WHERE session_id = ? ORDER BY name", (task_id,))
    return [
        {"name": row["name"], "hash": Blob(row["sha256"], row["size"]).hash, "size": row["size"]}
        for row in rows
    ]


METHODS: Methods = {
    "tasks.files.bulk.add-by-hash": _add_by_hash,
    "tasks.files.bulk.upload": _upload,
    "embedded.task-files": _list,
}
