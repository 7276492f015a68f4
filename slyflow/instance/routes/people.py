"""Users, teams and workspaces."""

import sqlite3
from typing import Any

from slyflow.instance.call import Call, Methods, Reply
from slyflow.instance.fields import integer, optional_integer
from slyflow.instance.listing import Listing, page


def _me(call: Call) -> Reply:
    return _user(call, call.principal.user_id)


def _user_info(call: Call) -> Reply:
    return _user(call, integer(call.body, "id"))


def _user(call: Call, user_id: int) -> dict[str, Any]:
    return _user_row(call.one("user", user_id, "SELECT * FROM user WHERE id = ?"))


def _users(call: Call) -> Reply:
    """List all users; each is a member of every team."""
    fields = {"id": "id", "login": "login", "name": "name"}
    return page(call, Listing("FROM user WHERE 1", (), fields), _user_row)


def _members(call: Call) -> Reply:
    team_id = integer(call.body, "teamId")
    call.one("team", team_id, "SELECT * FROM team WHERE id = ?")
    return _users(call)


def _user_row(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "login": row["login"],
        "name": row["name"],
        "role": "admin",
        "roleId": 1,
        "email": None,
        "logins": 1,
        "disabled": False,
        "lastLogin": None,
        "createdAt": row["created_at"],
        "updatedAt": row["created_at"],
    }


def _teams(call: Call) -> Reply:
    listing = Listing("FROM team WHERE 1", (), {"id": "id", "name": "name"})
    return page(call, listing, _team)


def _team_info(call: Call) -> Reply:
    team_id = integer(call.body, "id")
    return _team(call.one("team", team_id, "SELECT * FROM team WHERE id = ?"))


def _team(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "description": "",
        "role": "admin",
        "createdAt": row["created_at"],
        "updatedAt": row["created_at"],
    }


def _workspaces(call: Call) -> Reply:
    fields = {"id": "id", "name": "name", "teamId": "team_id"}
    team_id = optional_integer(call.body, "teamId")
    if team_id is None:
        return page(call, Listing("FROM workspace WHERE 1", (), fields), _workspace)
    return page(call, Listing("FROM workspace WHERE team_id = ?", (team_id,), fields), _workspace)


def _workspace_info(call: Call) -> Reply:
    workspace_id = integer(call.body, "id")
    return _workspace(call.one("workspace", workspace_id, "SELECT * FROM workspace WHERE id = ?"))


def _workspace(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "description": row["description"],
        "teamId": row["team_id"],
        "createdAt": row["created_at"],
        "updatedAt": row["created_at"],
    }


METHODS: Methods = {
    "users.me": _me,
    "users.info": _user_info,
    "users.list": _users,
    "members.list": _members,
    "teams.list": _teams,
    "teams.info": _team_info,
    "workspaces.list": _workspaces,
    "workspaces.info": _workspace_info,
}
