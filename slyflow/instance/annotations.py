"""Annotations: all that is said about an image, in and out as one JSON object."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from slyflow.instance import figures, taggings
from slyflow.instance.call import Call
from slyflow.instance.fields import objects, optional_mapping, optional_text
from slyflow.instance.figures import Names
from slyflow.instance.refusal import missing
from slyflow.instance.store import Store

_COLUMNS = f"i.*, {taggings.OF_IMAGE} AS tags"


def replace(call: Call, image_id: int, annotation: Mapping[str, Any], known: dict[int, Names]) -> None:
    """Make this the image's annotation. Coordinates are kept to the last digit; ids given are ignored.

    `known` keeps each project's classes and tags between calls.
    """
    store = call.services.store
    image = store.one("SELECT id, project_id FROM image WHERE id = ?", (image_id,))
    if image is None:
        raise missing("Image", image_id)
    if image["project_id"] not in known:
        known[image["project_id"]] = Names(store, image["project_id"])
    names = known[image["project_id"]]
    clear(call, image_id)
    store.run(
        "UPDATE image SET annotation_description = ?, annotation_data = ? WHERE id = ?",
        (
            optional_text(annotation, "description") or "",
            json.dumps(optional_mapping(annotation, "customBigData") or {}),
            image_id,
        ),
    )
    for tag in objects(annotation, "tags"):
        taggings.put(call, names.tags.resolve(tag), image_id, None, tag)
    for label in objects(annotation, "objects"):
        figures.add(call, names, image_id, label)


def clear(call: Call, image_id: int) -> None:
    """Take all figures and tags off an image."""
    store = call.services.store
    store.run("DELETE FROM figure WHERE image_id = ?", (image_id,))
    store.run("DELETE FROM tagging WHERE image_id = ?", (image_id,))
    store.run("UPDATE image SET updated_at = ? WHERE id = ?", (call.now, image_id))


def forms(store: Store, image_ids: Sequence[int], *, whole: bool, custom: bool) -> list[dict[str, Any]]:
    """Return the annotations of images in the order of their ids; Refused (404) when one is gone.

    `whole` gives whole pixels instead of the stored coordinates, `custom` adds the custom data.
    """
    wanted = json.dumps(image_ids)
    images = {
        image["id"]: image
        for image in store.all(
            f"SELECT {_COLUMNS} FROM image i WHERE i.id IN (SELECT value FROM json_each(?))",  # noqa: S608 - constants
            (wanted,),
        )
    }
    gone = [image_id for image_id in image_ids if image_id not in images]
    if gone:
        raise missing("Image", gone[0])
    labels: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for figure in store.all(
        f"SELECT {figures.COLUMNS} FROM {figures.TABLES}"  # noqa: S608 - constants
        " WHERE f.image_id IN (SELECT value FROM json_each(?)) ORDER BY f.id",
        (wanted,),
    ):
        labels[figure["image_id"]].append(figures.label(figure, whole=whole))
    return [_form(images[image_id], labels[image_id], custom=custom) for image_id in image_ids]


def _form(image: sqlite3.Row, labels: list[dict[str, Any]], *, custom: bool) -> dict[str, Any]:
    annotation = {
        "description": image["annotation_description"],
        "tags": json.loads(image["tags"]),
        "size": {"height": image["height"], "width": image["width"]},
        "objects": labels,
    }
    if custom:
        annotation["customBigData"] = json.loads(image["annotation_data"])
    return {
        "imageId": image["id"],
        "imageName": image["name"],
        "datasetId": image["dataset_id"],
        "annotation": annotation,
        "createdAt": image["created_at"],
        "updatedAt": image["updated_at"],
    }
