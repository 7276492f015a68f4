"""Modules as records: which there are, found by what their configs say, and how the API shows them."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from slyflow.catalog.version import newest
from slyflow.instance import releases
from slyflow.instance.call import Call
from slyflow.instance.fields import optional_text
from slyflow.instance.listing import Listing
from slyflow.instance.refusal import Refused
from slyflow.instance.store import Argument, Store

# Files have snake_case keys, the API answers with camelCase for all but these.
_KEPT_KEYS = frozenset({"main_script", "docker_image"})
_NEWEST = "SELECT r.{} FROM release r WHERE r.module_id = m.id ORDER BY r.id DESC LIMIT 1"
_NAME = f"({_NEWEST.format('name')})"
_CONFIG = f"({_NEWEST.format('config')})"
_FIELDS = {
    "id": "m.id",
    "moduleId": "m.id",
    "slug": "m.slug",
    "name": _NAME,
    "createdAt": "m.created_at",
    "updatedAt": "m.updated_at",
}
# A module without code stands for a task of the server itself.
_APPS = "FROM module m WHERE m.id IN (SELECT r.module_id FROM release r WHERE r.archive <> '')"


def listing(call: Call) -> Listing:
    """Return the list of all apps, those that the call searches for where it does."""
    search = optional_text(call.body, "search")
    if not search:
        return Listing(_APPS, (), _FIELDS, "m.*")
    source = f"{_APPS} AND (instr(lower({_NAME}), ?) OR instr(lower(m.slug), ?))"
    return Listing(source, (search.lower(), search.lower()), _FIELDS, "m.*")


def declaring(apps: Listing, key: str, values: Sequence[str], *, every: bool = False) -> Listing:
    """Return those apps whose config lists any of the values under a key, or all of them with `every`.

    `key` is our own, in snake_case, with a dot for each level; no values are no condition.
    """
    if not values:
        return apps
    wanted = sorted(set(values))
    paths = sorted({f"$.{key}", "$." + ".".join(map(_camel, key.split(".")))})
    marks = ", ".join("?" * len(wanted))
    found = " + ".join(
        f"(SELECT count(DISTINCT j.value) FROM json_each({_CONFIG}, '{path}') j WHERE j.value IN ({marks}))"  # noqa: S608 - marks
        for path in paths
    )
    enough = len(wanted) if every else 1
    return narrowed(apps, f"{found} >= {enough}", [*wanted] * len(paths))


def narrowed(apps: Listing, condition: str, arguments: Sequence[Argument]) -> Listing:
    """Return those apps that a condition of ours holds for."""
    source = f"{apps.source} AND ({condition})"
    return Listing(source, (*apps.arguments, *arguments), apps.fields, apps.columns)


def form(store: Store, module: sqlite3.Row, version: str | None) -> dict[str, Any]:
    """Return a module as the API shows it, with the config of a version, the newest for None or empty."""
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
