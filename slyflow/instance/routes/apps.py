"""A team's apps, and their sessions."""

import sqlite3
from collections.abc import Callable
from typing import Any

from slyflow.instance import modules, sessions
from slyflow.instance.call import Call, Methods, Reply
from slyflow.instance.fields import flag, integer, optional_integer, optional_text, texts
from slyflow.instance.listing import Listing, page
from slyflow.instance.refusal import missing
from slyflow.instance.store import Argument, Store

_RUNNING = ("queued", *sessions.LIVE)
_RUNNING_MARKS = ", ".join("?" * len(_RUNNING))
# What a call may ask of an app's config: the key of the call, and that of the config.
_DECLARED = {
    "context": "context_menu.target",
    "integratedInto": "integrated_into",
    "sessionTags": "session_tags",
}


def _list(call: Call) -> Reply:
    team_id = integer(call.body, "teamId")
    apps = modules.listing(call)
    for asked, key in _DECLARED.items():
        apps = modules.declaring(apps, key, texts(call.body, asked))
    repository = optional_text(call.body, "repositoryKey")
    if repository:
        # An app below its repository's top has the repository's key too.
        apps = modules.narrowed(
            apps,
            "m.slug = ? OR substr(m.slug, 1, ?) = ?",
            (repository, len(repository) + 1, f"{repository}/"),
        )
    only_running = flag(call.body, "onlyRunning")
    if only_running:
        running = f"m.id IN (SELECT module_id FROM session WHERE status IN ({_RUNNING_MARKS}))"  # noqa: S608 - marks
        apps = modules.narrowed(apps, running, _RUNNING)
    every_session = flag(call.body, "forceAllSessions") and not only_running
    return page(call, apps, _former(call.services.store, team_id, every_session=every_session))


def _info(call: Call) -> Reply:
    row = call.one("App", integer(call.body, "id"), "SELECT * FROM module WHERE id = ?")
    return _former(call.services.store, optional_integer(call.body, "teamId"), every_session=True)(row)


def _former(
    store: Store, team_id: int | None, *, every_session: bool
) -> Callable[[sqlite3.Row], dict[str, Any]]:
    """Return what shows a module as a team's app, with all its sessions there or only the live ones."""

    def form(module: sqlite3.Row) -> dict[str, Any]:
        info = modules.form(store, module, None)
        return {
            "id": module["id"],
            "moduleId": module["id"],
            "slug": module["slug"],
            "name": info["name"],
            "config": info["config"],
            "createdBy": 1,
            "userLogin": "admin",
            "disabled": False,
            "isShared": False,
            "repo": info["repo"],
            "teamId": team_id,
            "tasks": _tasks(store, module["id"], team_id, every_session=every_session),
            "meta": info["meta"],
            "createdAt": module["created_at"],
            "updatedAt": module["updated_at"],
        }

    return form


def _tasks(store: Store, module_id: int, team_id: int | None, *, every_session: bool) -> list[dict[str, Any]]:
    # 0 is the id of no team, and stands for any.
    condition = "s.module_id = ? AND ? IN (w.team_id, 0)"
    arguments: list[Argument] = [module_id, team_id or 0]
    if not every_session:
        condition += f" AND s.status IN ({_RUNNING_MARKS})"
        arguments += _RUNNING
    rows = store.all(
        f"SELECT {sessions.COLUMNS} FROM {sessions.TABLES} WHERE {condition} ORDER BY s.id DESC",  # noqa: S608 - our own text
        arguments,
    )
    return [sessions.list_form(row) for row in rows]


def _sessions(call: Call) -> Reply:
    app_id = integer(call.body, "appId")
    if call.services.store.one("SELECT id FROM module WHERE id = ?", (app_id,)) is None:
        raise missing("App", app_id)
    team_id = optional_integer(call.body, "teamId") or 0
    source = f"FROM {sessions.TABLES} WHERE s.module_id = ? AND ? IN (w.team_id, 0)"
    listing = Listing(source, (app_id, team_id), sessions.FIELDS, sessions.COLUMNS)
    return page(call, listing, sessions.list_form)


METHODS: Methods = {
    "apps.list": _list,
    "apps.info": _info,
    "apps.tasks.list": _sessions,
}
