"""Apps: the ecosystem's modules, their releases and files, and a team's apps with their sessions."""

import asyncio
import json
import sqlite3
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.responses import Response

from slyflow.catalog.version import newest
from slyflow.instance import releases, sessions
from slyflow.instance.blobs import Blob, Blobs
from slyflow.instance.call import Call, Methods, Reply
from slyflow.instance.download import blob_response
from slyflow.instance.fields import flag, integer, optional_integer, optional_text, text
from slyflow.instance.listing import Listing, page
from slyflow.instance.refusal import Refused, missing
from slyflow.instance.store import Store

# Files have snake_case keys, the API answers with camelCase for all but these.
_KEPT_KEYS = frozenset({"main_script", "docker_image"})
_MODULE_FIELDS = {
    "id": "m.id",
    "moduleId": "m.id",
    "slug": "m.slug",
    "name": "(SELECT r.name FROM release r WHERE r.module_id = m.id ORDER BY r.id DESC LIMIT 1)",
    "createdAt": "m.created_at",
    "updatedAt": "m.updated_at",
}
# A module without code stands for a task of the server itself.
_APPS = "module m WHERE m.id IN (SELECT r.module_id FROM release r WHERE r.archive <> '')"
_RUNNING = ("queued", *sessions.LIVE)


def _list(call: Call) -> Reply:
    return page(call, _modules(call), lambda row: _module(call.services.store, row, None))


def _modules(call: Call) -> Listing:
    search = optional_text(call.body, "search")
    if not search:
        return Listing(f"FROM {_APPS}", (), _MODULE_FIELDS, "m.*")
    source = f"FROM {_APPS} AND (instr(lower({_MODULE_FIELDS['name']}), ?) OR instr(lower(m.slug), ?))"
    return Listing(source, (search.lower(), search.lower()), _MODULE_FIELDS, "m.*")


def _info(call: Call) -> Reply:
    row = _wanted_module(call)
    return _module(call.services.store, row, optional_text(call.body, "version"))


def _wanted_module(call: Call) -> sqlite3.Row:
    module_id = optional_integer(call.body, "id") or optional_integer(call.body, "moduleId")
    if module_id is not None:
        return call.one("App", module_id, "SELECT * FROM module WHERE id = ?")
    slug = text(call.body, "slug")
    row = call.services.store.one("SELECT * FROM module WHERE slug = ?", (slug,))
    if row is None:
        raise Refused(f'there is no app "{slug}" on this instance', status=404)
    return row


def _module(store: Store, module: sqlite3.Row, version: str | None) -> dict[str, Any]:
    release = releases.find_release(store, module["id"], version)
    if release is None:
        raise Refused(f"{module['slug']} has no version {version}", status=404)
    rows = store.all(
        "SELECT version, created_at FROM release WHERE module_id = ? ORDER BY id DESC", (module["id"],)
    )
    first = newest([row["version"] for row in rows])
    rows.sort(key=lambda row: row["version"] != first)
    return {
        "id": module["id"],
        "slug": module["slug"],
        "name": release["name"],
        "type": "app",
        "config": api_config(json.loads(release["config"])),
        "readme": release["readme"],
        "repo": module["slug"],
        "repositoryModuleUrl": None,
        "version": release["version"],
        "archiveSha256": release["archive"],
        "meta": {"releases": [{"version": row["version"], "createdAt": row["created_at"]} for row in rows]},
        "createdAt": module["created_at"],
        "updatedAt": module["updated_at"],
    }


def api_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a config with its own keys as the API writes them; what stands inside them is the app's."""
    return {key if key in _KEPT_KEYS else _camel(key): value for key, value in config.items()}


def _camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


async def _download(call: Call) -> Reply:
    module = call.one("App", integer(call.body, "moduleId"), "SELECT * FROM module WHERE id = ?")
    version = optional_text(call.body, "version")
    release = releases.find_release(call.services.store, module["id"], version)
    if release is None:
        raise Refused(f"{module['slug']} has no version {version}", status=404)
    blobs = call.services.blobs
    blob = blobs.find(release["archive"])
    if blob is None:
        raise Refused(f"the code of {module['slug']} {release['version']} is gone", status=404)
    if flag(call.body, "isArchive"):
        return blob_response(call, blob, "application/x-tar")
    path = text(call.body, "filePath").removeprefix("/")
    content = await asyncio.to_thread(_file, blobs, blob, path)
    return Response(content, media_type="application/octet-stream")


def _file(blobs: Blobs, blob: Blob, path: str) -> bytes:
    with blobs.open(blob.sha256) as file, tarfile.open(fileobj=file, mode="r:") as archive:
        try:
            found = archive.extractfile(f"app/{path}")
        except KeyError:
            found = None
        if found is None:
            raise Refused(f'the app has no file "{path}"', status=404)
        return found.read()


async def _add(call: Call) -> Reply:
    if call.principal.session_id is not None:
        raise Refused("a session may not register apps", status=403)
    services = call.services
    folder = Path(text(call.body, "path"))
    if not folder.is_absolute():
        raise Refused(f'"path" is "{folder}", expected an absolute path')
    snapshot = await asyncio.to_thread(releases.take_snapshot, folder.resolve(), services.blobs)
    release = releases.add_release(
        services.store,
        snapshot,
        slug=optional_text(call.body, "slug"),
        version=optional_text(call.body, "version"),
        now=call.now,
    )
    module = call.one("App", release["module_id"], "SELECT * FROM module WHERE id = ?")
    return _module(services.store, module, release["version"])


def _team_apps(call: Call) -> Reply:
    team_id = integer(call.body, "teamId")
    listing = _modules(call)
    if flag(call.body, "onlyRunning"):
        marks = ", ".join("?" * len(_RUNNING))
        running = f" AND m.id IN (SELECT module_id FROM session WHERE status IN ({marks}))"  # noqa: S608 - marks
        arguments = (*listing.arguments, *_RUNNING)
        listing = Listing(listing.source + running, arguments, listing.fields, listing.columns)
    return page(call, listing, lambda row: _team_app(call.services.store, row, team_id))


def _team_app_info(call: Call) -> Reply:
    app_id = integer(call.body, "id")
    row = call.one("App", app_id, "SELECT * FROM module WHERE id = ?")
    return _team_app(call.services.store, row, optional_integer(call.body, "teamId"))


def _team_app(store: Store, module: sqlite3.Row, team_id: int | None) -> dict[str, Any]:
    info = _module(store, module, None)
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
        "tasks": [],
        "meta": info["meta"],
        "createdAt": module["created_at"],
        "updatedAt": module["updated_at"],
    }


def _app_sessions(call: Call) -> Reply:
    app_id = integer(call.body, "appId")
    if call.services.store.one("SELECT id FROM module WHERE id = ?", (app_id,)) is None:
        raise missing("App", app_id)
    source = f"FROM {sessions.TABLES} WHERE s.module_id = ?"
    listing = Listing(source, (app_id,), sessions.FIELDS, sessions.COLUMNS)
    return page(call, listing, sessions.list_form)


METHODS: Methods = {
    "ecosystem.list": _list,
    "ecosystem.info": _info,
    "ecosystem.file.download": _download,
    "embedded.apps.add": _add,
    "apps.list": _team_apps,
    "apps.info": _team_app_info,
    "apps.tasks.list": _app_sessions,
}
