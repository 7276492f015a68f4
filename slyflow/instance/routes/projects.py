"""Projects and their meta."""

from typing import Any

from slyflow.instance import cloning, meta, projects
from slyflow.instance.call import Call, Methods, Reply
from slyflow.instance.fields import (
    integer,
    mapping,
    objects,
    optional_integer,
    optional_mapping,
    optional_text,
    text,
)
from slyflow.instance.listing import page
from slyflow.instance.meta import CLASSES, TAGS
from slyflow.instance.refusal import Refused


def _list(call: Call) -> Reply:
    workspace_id = optional_integer(call.body, "workspaceId")
    team_id = optional_integer(call.body, "groupId") or optional_integer(call.body, "teamId")
    if workspace_id is None and team_id is None:
        raise Refused('"workspaceId" is missing, expected the workspace whose projects to list')
    return page(call, projects.listing(workspace_id=workspace_id, team_id=team_id), projects.form)


def _list_all(call: Call) -> Reply:
    return page(call, projects.listing(), projects.form)


def _info(call: Call) -> Reply:
    return _form(call, integer(call.body, "id"))


def _add(call: Call) -> Reply:
    body = _checked(call)
    name = text(body, "name")
    with call.services.store.transaction():
        project_id = projects.add(call, {**body, "name": name}, integer(body, "workspaceId"))
    return _form(call, project_id)


def _edit(call: Call) -> Reply:
    project_id = integer(call.body, "id")
    with call.services.store.transaction():
        projects.edit(call.services.store, project_id, _checked(call), call.now)
    return _form(call, project_id)


def _checked(call: Call) -> dict[str, Any]:
    """Return the fields that make or change a project, each of its type."""
    texts = {key: optional_text(call.body, key) for key in ("name", "description", "readme", "type")}
    maps = {key: optional_mapping(call.body, key) for key in ("settings", "customData")}
    return {**call.body, **texts, **maps}


def _move(call: Call) -> Reply:
    project_id = integer(call.body, "id")
    with call.services.store.transaction():
        projects.move(call.services.store, project_id, integer(call.body, "workspaceId"), call.now)
    return _form(call, project_id)


def _remove(call: Call) -> Reply:
    project_id = integer(call.body, "id")
    with call.services.store.transaction():
        projects.remove(call.services.store, project_id)
    return {"success": True}


def _remove_permanently(call: Call) -> Reply:
    with call.services.store.transaction():
        for project in objects(call.body, "projects"):
            projects.remove(call.services.store, integer(project, "id"))
    return {"success": True}


def _update_settings(call: Call) -> Reply:
    project_id = integer(call.body, "id")
    settings = mapping(call.body, "settings")
    with call.services.store.transaction():
        projects.edit(call.services.store, project_id, {"settings": settings}, call.now)
    return {"success": True}


def _clone(call: Call) -> Reply:
    if "id" not in call.body:
        raise Refused("this instance clones projects by their id only, not by shared link or Explore path")
    project_id = integer(call.body, "id")
    workspace_id = integer(call.body, "workspaceId")
    include = optional_mapping(call.body, "include") or {}
    with call.services.store.transaction():
        task_id = cloning.clone(call, project_id, workspace_id, optional_text(call.body, "name"), include)
    return {"taskId": task_id}


def _meta(call: Call) -> Reply:
    return meta.form(call.services.store, integer(call.body, "id"))


def _update_meta(call: Call) -> Reply:
    project_id = integer(call.body, "id")
    with call.services.store.transaction():
        meta.replace(call.services.store, project_id, mapping(call.body, "meta"), call.now)
    return meta.form(call.services.store, project_id)


def _remove_class(call: Call) -> Reply:
    return _remove_part(call, CLASSES)


def _remove_tag(call: Call) -> Reply:
    return _remove_part(call, TAGS)


def _remove_part(call: Call, part: meta.Part) -> Reply:
    with call.services.store.transaction():
        meta.remove(call.services.store, part, integer(call.body, "id"))
    return {"success": True}


def _form(call: Call, project_id: int) -> Reply:
    return projects.form(projects.row(call.services.store, project_id))


METHODS: Methods = {
    "projects.list": _list,
    "projects.list.all": _list_all,
    "projects.info": _info,
    "projects.add": _add,
    "projects.editInfo": _edit,
    "projects.workspace.set": _move,
    "projects.remove": _remove,
    "projects.archive": _remove,
    "projects.remove.permanently": _remove_permanently,
    "projects.settings.update": _update_settings,
    "projects.clone": _clone,
    "projects.meta": _meta,
    "projects.meta.update": _update_meta,
    "projects.classes.remove": _remove_class,
    "projects.tags.remove": _remove_tag,
}
