"""Clones of projects: everything copied row by row, as a task of the server that is over at once."""

import json
from collections.abc import Mapping
from typing import Any

from slyflow.instance import projects
from slyflow.instance.call import Call
from slyflow.instance.fields import flag
from slyflow.instance.refusal import Refused

_SLUG = "embedded/clone-project"
_NAME = "Clone project"
_CONFIG = json.dumps({"name": _NAME, "type": "system", "headless": True})
Ids = dict[int, int]


def clone(
    call: Call, project_id: int, workspace_id: int, name: str | None, include: Mapping[str, Any]
) -> int:
    """Copy a project into a workspace and return the id of the finished task, whose output it is.

    `include` may switch off `classes`, `datasets`, `images` and `figures`; what hangs on them goes too.
    """
    source = projects.form(projects.row(call.services.store, project_id))
    copy_id = projects.add(call, {**source, "name": name or f"{source['name']} (copy)"}, workspace_id)
    with_meta, with_datasets, with_items, with_labels = (
        flag(include, key, default=True) for key in ("classes", "datasets", "images", "figures")
    )
    if with_labels and not with_meta:
        raise Refused("figures cannot be cloned without classes")
    classes = _copy_meta(call, "class", project_id, copy_id) if with_meta else {}
    tags = _copy_meta(call, "tag", project_id, copy_id) if with_meta else {}
    datasets = _copy_datasets(call, project_id, copy_id) if with_datasets else {}
    images = _copy_images(call, copy_id, datasets) if with_items else {}
    figures = _copy_figures(call, images, classes) if with_labels else {}
    _copy_taggings(call, images, figures, tags)
    return _finished_task(call, workspace_id, copy_id)


def _copy_meta(call: Call, table: str, source_id: int, copy_id: int) -> Ids:
    store, ids = call.services.store, Ids()
    for row in store.all(f"SELECT * FROM {table} WHERE project_id = ? ORDER BY id", (source_id,)):  # noqa: S608 - our table
        ids[row["id"]] = store.insert(
            f"INSERT INTO {table} (project_id, name, body, created_at, updated_at)"  # noqa: S608 - our table
            " VALUES (?, ?, ?, ?, ?)",
            (copy_id, row["name"], row["body"], call.now, call.now),
        )
    return ids


def _copy_datasets(call: Call, source_id: int, copy_id: int) -> Ids:
    """Copy the datasets from the top down, since a dataset may lie in a younger one."""
    store, ids = call.services.store, Ids()
    waiting = store.all("SELECT * FROM dataset WHERE project_id = ? ORDER BY id", (source_id,))
    while waiting:
        ready = [row for row in waiting if row["parent_id"] is None or row["parent_id"] in ids]
        for row in ready:
            ids[row["id"]] = store.insert(
                "INSERT INTO dataset (project_id, parent_id, name, description, custom_data, created_by,"
                " created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(copy_id, ids.get(row["parent_id"]), row["name"], row["description"]),
                    *(row["custom_data"], call.principal.user_id, call.now, call.now),
                ),
            )
            call.made("dataset", ids[row["id"]])
        waiting = [row for row in waiting if row["id"] not in ids]
    return ids


def _copy_images(call: Call, copy_id: int, datasets: Ids) -> Ids:
    store, ids = call.services.store, Ids()
    for source_id, dataset_id in datasets.items():
        for row in store.all("SELECT * FROM image WHERE dataset_id = ? ORDER BY id", (source_id,)):
            ids[row["id"]] = store.insert(
                "INSERT INTO image (project_id, dataset_id, parent_id, name, description, sha256, link, mime,"
                " size, width, height, orientation, meta, annotation_description, annotation_data,"
                " created_by, created_at, updated_at) SELECT ?, ?, ?, name, description, sha256, link, mime,"
                " size, width, height, orientation, meta, annotation_description, annotation_data,"
                " ?, ?, ? FROM image WHERE id = ?",
                (
                    *(copy_id, dataset_id, ids.get(row["parent_id"])),
                    *(call.principal.user_id, call.now, call.now, row["id"]),
                ),
            )
    return ids


def _copy_figures(call: Call, images: Ids, classes: Ids) -> Ids:
    store, ids = call.services.store, Ids()
    for source_id, image_id in images.items():
        for row in store.all("SELECT * FROM figure WHERE image_id = ? ORDER BY id", (source_id,)):
            ids[row["id"]] = store.insert(
                "INSERT INTO figure (image_id, class_id, kind, geometry, extra, created_by, created_at,"
                " updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(image_id, classes[row["class_id"]], row["kind"], row["geometry"], row["extra"]),
                    *(row["created_by"], call.now, call.now),
                ),
            )
    return ids


def _copy_taggings(call: Call, images: Ids, figures: Ids, tags: Ids) -> None:
    store = call.services.store
    for source_id, image_id in images.items():
        for row in store.all("SELECT * FROM tagging WHERE image_id = ? ORDER BY id", (source_id,)):
            figure_id = figures.get(row["figure_id"])
            if row["tag_id"] not in tags or (row["figure_id"] is not None and figure_id is None):
                continue
            store.run(
                "INSERT INTO tagging (tag_id, image_id, figure_id, value, custom_data, created_by,"
                " created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(tags[row["tag_id"]], image_id, figure_id, row["value"], row["custom_data"]),
                    *(row["created_by"], call.now, call.now),
                ),
            )


def _finished_task(call: Call, workspace_id: int, project_id: int) -> int:
    """Return the id of a session, finished already, of an app that stands for the server itself."""
    store, name = call.services.store, projects.row(call.services.store, project_id)["name"]
    module = store.one("SELECT id FROM module WHERE slug = ?", (_SLUG,))
    module_id = module["id"] if module else _add_module(call)
    release = store.one("SELECT id FROM release WHERE module_id = ?", (module_id,))
    agent = store.one("SELECT id FROM agent ORDER BY id LIMIT 1")
    assert release is not None, "a module is made with a release"
    assert agent is not None, "an instance is seeded with an agent"
    output = {"project": {"id": project_id, "title": name}}
    return store.insert(
        "INSERT INTO session (workspace_id, user_id, agent_id, release_id, module_id, name, description,"
        " params, settings, status, output, exit_code, created_at, started_at, finished_at)"
        " VALUES (?, ?, ?, ?, ?, ?, '', '{}', '{}', 'finished', ?, 0, ?, ?, ?)",
        (
            *(workspace_id, call.principal.user_id, agent["id"], release["id"], module_id),
            *(f"Clone project to {name}", json.dumps(output), call.now, call.now, call.now),
        ),
    )


def _add_module(call: Call) -> int:
    store = call.services.store
    module_id = store.insert(
        "INSERT INTO module (slug, created_at, updated_at) VALUES (?, ?, ?)", (_SLUG, call.now, call.now)
    )
    store.insert(
        "INSERT INTO release (module_id, version, name, archive, config, config_dir, readme, created_at)"
        " VALUES (?, 'v1', ?, '', ?, '', '', ?)",
        (module_id, _NAME, _CONFIG, call.now),
    )
    return module_id
