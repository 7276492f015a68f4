"""Datasets."""

from typing import Any

from slyflow.instance import datasets
from slyflow.instance.call import Call, Methods, Reply
from slyflow.instance.fields import (
    flag,
    integer,
    objects,
    optional_integer,
    optional_mapping,
    optional_text,
    text,
    texts,
)
from slyflow.instance.listing import page


def _list(call: Call) -> Reply:
    return _page(call, integer(call.body, "projectId"), nested=flag(call.body, "recursive"))


def _list_all(call: Call) -> Reply:
    return _page(call, None, nested=True)


def _page(call: Call, project_id: int | None, *, nested: bool) -> Reply:
    wanted = "customData" in texts(call.body, "extraFields")
    listing = datasets.listing(project_id, nested=nested)
    return page(call, listing, lambda row: datasets.form(row, custom_data=wanted))


def _info(call: Call) -> Reply:
    return _form(call, integer(call.body, "id"))


def _add(call: Call) -> Reply:
    body = {**_checked(call), "name": text(call.body, "name")}
    project_id, parent_id = integer(call.body, "projectId"), optional_integer(call.body, "parentId")
    with call.services.store.transaction():
        dataset_id = datasets.add(call, body, project_id, parent_id)
    return _form(call, dataset_id)


def _edit(call: Call) -> Reply:
    dataset_id = integer(call.body, "id")
    with call.services.store.transaction():
        datasets.edit(call.services.store, dataset_id, _checked(call), call.now)
    return _form(call, dataset_id)


def _checked(call: Call) -> dict[str, Any]:
    """Return the fields that make or change a dataset, each of its type."""
    fields: dict[str, Any] = {key: optional_text(call.body, key) for key in ("name", "description")}
    return {**fields, "customData": optional_mapping(call.body, "customData")}


def _move(call: Call) -> Reply:
    dataset_id, parent_id = integer(call.body, "srcId"), integer(call.body, "destId")
    with call.services.store.transaction():
        datasets.move(call.services.store, dataset_id, parent_id, call.now)
    return {"success": True}


def _remove(call: Call) -> Reply:
    dataset_id = integer(call.body, "id")
    with call.services.store.transaction():
        datasets.remove(call.services.store, dataset_id)
    return {"success": True}


def _remove_permanently(call: Call) -> Reply:
    with call.services.store.transaction():
        for dataset in objects(call.body, "datasets"):
            datasets.remove(call.services.store, integer(dataset, "id"))
    return {"success": True}


def _form(call: Call, dataset_id: int) -> Reply:
    return datasets.form(datasets.row(call.services.store, dataset_id), custom_data=True)


METHODS: Methods = {
    "datasets.list": _list,
    "datasets.list.all": _list_all,
    "datasets.info": _info,
    "datasets.add": _add,
    "datasets.editInfo": _edit,
    "datasets.move": _move,
    "datasets.remove": _remove,
    "datasets.archive": _remove,
    "datasets.remove.permanently": _remove_permanently,
}
