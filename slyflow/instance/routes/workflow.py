"""The workflow graph: its edges as they were sent, each once; and what a session left behind."""

import json
from functools import partial
from typing import Any

from slyflow.instance import sessions
from slyflow.instance.call import Call, Methods, Reply
from slyflow.instance.fields import integer, mapping, optional_mapping, text
from slyflow.instance.listing import Row
from slyflow.instance.refusal import Refused, missing
from slyflow.model.artifact import Kind
from slyflow.model.node import Direction

_KINDS = frozenset(Kind) - {Kind.VALUE}
_BY_PATH = frozenset({Kind.FOLDER})


def _add(direction: Direction, call: Call) -> Reply:
    team_id = integer(call.body, "teamId")
    node = mapping(call.body, "node")
    if node.get("type") != "task":
        raise Refused(f'"node" is of type {node.get("type")!r}; only tasks have nodes here')
    task_id = integer(node, "id")
    session = sessions.find(call.services.store, task_id)
    if session is None:
        raise missing("Task", task_id)
    if session["team_id"] != team_id:
        raise Refused(f"the task {task_id} does not belong to the team {team_id}")
    kind = text(call.body, "type")
    if kind not in _KINDS:
        raise Refused(f'"type" is "{kind}", expected one of {", ".join(sorted(_KINDS))}')
    meta = optional_mapping(call.body, "meta")
    data_id = _data_id(call, kind, task_id)
    with call.services.store.transaction():
        call.services.store.run(
            "INSERT INTO edge (team_id, task_id, direction, type, data_id, node, meta, written_by,"
            " created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (task_id, direction, type, data_id) DO UPDATE SET node = excluded.node,"
            " meta = coalesce(excluded.meta, meta), updated_at = excluded.updated_at",
            (
                team_id,
                task_id,
                direction,
                kind,
                data_id,
                json.dumps(node),
                None if meta is None else json.dumps(meta),
                call.principal.session_id,
                call.now,
                call.now,
            ),
        )
    return {"success": True}


def _data_id(call: Call, kind: str, task_id: int) -> str:
    """Return the canonical text of the edge's other end."""
    if kind in _BY_PATH:
        return "/" + text(call.body, "id").removeprefix("/")
    if kind == Kind.APP_SESSION and call.body.get("id") is None:
        return str(task_id)
    return str(integer(call.body, "id"))


def _traces(call: Call) -> Reply:
    task_id = integer(call.body, "taskId")
    store = call.services.store
    if sessions.find(store, task_id) is None:
        raise missing("Task", task_id)
    edges = store.all("SELECT * FROM edge WHERE task_id = ? ORDER BY id", (task_id,))
    made = store.all("SELECT kind, data_id FROM creation WHERE session_id = ? ORDER BY id", (task_id,))
    return {
        "edges": [_key(edge) for edge in edges],
        "written": [
            {"type": edge["type"], "id": _id(edge)}
            for edge in edges
            if edge["direction"] == "output" and edge["written_by"] == task_id
        ],
        "created": {
            f"{kind}s": [row["data_id"] for row in made if row["kind"] == kind]
            for kind in (Kind.PROJECT, Kind.DATASET, Kind.FILE)
        },
    }


def _edges(call: Call) -> Reply:
    """Answer with the whole graph of a session, settings included: what a page or a test looks at."""
    task_id = integer(call.body, "taskId")
    rows = call.services.store.all("SELECT * FROM edge WHERE task_id = ? ORDER BY id", (task_id,))
    return [
        {
            **_key(row),
            "teamId": row["team_id"],
            "node": json.loads(row["node"]),
            "meta": None if row["meta"] is None else json.loads(row["meta"]),
            "writtenBy": row["written_by"],
        }
        for row in rows
    ]


def _key(edge: Row) -> dict[str, Any]:
    return {
        "taskId": edge["task_id"],
        "direction": edge["direction"],
        "type": edge["type"],
        "id": _id(edge),
    }


def _id(edge: Row) -> int | str:
    text_id: str = edge["data_id"]
    return text_id if edge["type"] in _BY_PATH else int(text_id)


METHODS: Methods = {
    "workflow.node.add-input": partial(_add, "input"),
    "workflow.node.add-output": partial(_add, "output"),
    "embedded.traces": _traces,
    "embedded.edges": _edges,
}
