"""Figures: the labels on images, one by one."""

import json
from typing import Any

from slyflow.instance import datasets, figures
from slyflow.instance.call import Call, Methods, Reply
from slyflow.instance.download import Piece, multipart_response
from slyflow.instance.fields import (
    as_integer,
    flag,
    integer,
    integers,
    objects,
    optional_integer,
)
from slyflow.instance.listing import Listing
from slyflow.instance.multipart import Part, read_parts
from slyflow.instance.refusal import Refused
from slyflow.instance.tokens import token_page


def _list(call: Call) -> Reply:
    dataset_id = integer(call.body, "datasetId")
    datasets.row(call.services.store, dataset_id)
    if objects(call.body, "filters"):
        raise Refused('figures cannot be filtered by "filters" here, use "filter"')
    listing = Listing(
        f"FROM {figures.TABLES} WHERE i.dataset_id = ?", (dataset_id,), figures.FIELDS, figures.COLUMNS
    )
    whole = flag(call.body, "integerCoords")
    return token_page(call, listing, lambda row: figures.form(row, whole=whole))


def _info(call: Call) -> Reply:
    figure = figures.row(call.services.store, integer(call.body, "id"))
    return figures.form(figure, whole=flag(call.body, "integerCoords"))


def _tags(call: Call) -> Reply:
    figure = figures.row(call.services.store, integer(call.body, "id"))
    tags: list[dict[str, Any]] = json.loads(figure["tags"])
    return tags


def _bulk_add(call: Call) -> Reply:
    image_id = optional_integer(call.body, "entityId")
    labels = objects(call.body, "figures")
    with call.services.store.transaction():
        added = figures.add_all(call, labels, image_id)
    return [{"id": figure_id} for figure_id in added]


def _edit(call: Call) -> Reply:
    return _change(call, call.body)


def _set_priority(call: Call) -> Reply:
    return _change(call, {"priority": integer(call.body, "priority")})


def _change(call: Call, changes: Any) -> Reply:
    figure_id = integer(call.body, "id")
    with call.services.store.transaction():
        figures.edit(call, figure_id, changes)
    return figures.form(figures.row(call.services.store, figure_id), whole=False)


def _remove(call: Call) -> Reply:
    figure_ids = integers(call.body, "figureIds")
    with call.services.store.transaction():
        figures.remove(call.services.store, figure_ids)
    return {"success": True}


def _download_geometry(call: Call) -> Reply:
    pieces = []
    for figure_id in integers(call.body, "ids"):
        geometry = figures.stored_geometry(figures.row(call.services.store, figure_id))
        pieces.append(Piece(str(figure_id), "application/json", json.dumps(geometry).encode()))
    return multipart_response(call.services.blobs, pieces)


async def _upload_geometry(call: Call) -> Reply:
    """Take pairs of parts: a figure's id, then its geometry as JSON."""
    parts = await read_parts(call)
    if len(parts) % 2:
        raise Refused("expected pairs of parts, figureId and geometry")
    pairs = [(_figure_id(a), _geometry(call, b)) for a, b in zip(parts[::2], parts[1::2], strict=True)]
    with call.services.store.transaction():
        for figure_id, geometry in pairs:
            figures.store_geometry(call.services.store, figure_id, geometry, call.now)
    return {"success": True}


def _figure_id(part: Part) -> int:
    return as_integer(part.text, f'the part "{part.name}"')


def _geometry(call: Call, part: Part) -> Any:
    content = part.text.encode()
    if part.blob is not None:
        with call.services.blobs.open(part.blob.sha256) as file:
            content = file.read()
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Refused(f'the part "{part.name}" is not JSON: {error}') from error


METHODS: Methods = {
    "figures.list": _list,
    "figures.info": _info,
    "figures.tags.list": _tags,
    "figures.bulk.add": _bulk_add,
    "figures.editInfo": _edit,
    "figures.priority.update": _set_priority,
    "figures.bulk.remove": _remove,
    "figures.bulk.download.geometry": _download_geometry,
    "figures.bulk.upload.geometry": _upload_geometry,
}
