"""The instance itself, its agents, and what only an embedded one can do."""

import sqlite3
from typing import Any

from starlette.responses import PlainTextResponse

import slyflow
from slyflow.instance.call import Call, Methods, Reply
from slyflow.instance.fields import integer, optional_integer, text
from slyflow.instance.listing import Listing, page

# The newest version that the SDK's own table of versions names; a lower one makes it warn.
VERSION = "6.17.8"
_AGENT_FIELDS = {"id": "id", "name": "name", "teamId": "team_id"}


def _version(_call: Call) -> Reply:
    return {"version": VERSION, "slyflow": slyflow.__version__}


def _session_token(call: Call) -> Reply:
    return PlainTextResponse(f"preview-{text(call.body, 'slug')}")


def _agents(call: Call) -> Reply:
    return page(call, _agents_of(call), _agent)


def _agents_available(call: Call) -> Reply:
    listing = _agents_of(call)
    rows = call.services.store.all(f"SELECT * {listing.source} ORDER BY id", listing.arguments)
    return [_agent(row) for row in rows]


def _agents_of(call: Call) -> Listing:
    team_id = optional_integer(call.body, "teamId")
    if team_id is None:
        return Listing("FROM agent WHERE 1", (), _AGENT_FIELDS)
    return Listing("FROM agent WHERE team_id = ?", (team_id,), _AGENT_FIELDS)


def _agent_info(call: Call) -> Reply:
    return _agent(call.one("Agent", integer(call.body, "id"), "SELECT * FROM agent WHERE id = ?"))


def _agent(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "token": "",
        "status": "running",
        "userId": 1,
        "teamId": row["team_id"],
        "capabilities": {"types": {"app": {"enabled": True}}},
        "createdAt": row["created_at"],
        "updatedAt": row["created_at"],
    }


def _linger(call: Call) -> Reply:
    call.services.tenancy.linger()
    return {"success": True}


def _look(call: Call) -> Reply:
    return {"success": True, "ends": call.services.tenancy.look()}


METHODS: Methods = {
    "instance.version": _version,
    "instance.get-render-previews-session-token": _session_token,
    "agents.list": _agents,
    "agents.available": _agents_available,
    "agents.info": _agent_info,
    "embedded.linger": _linger,
    "embedded.look": _look,
}
