"""Images: their rows, what their bytes say of them, and their form in the API."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slyflow.instance import taggings
from slyflow.instance.blobs import Blobs, hash_of, sha256_of
from slyflow.instance.call import Call
from slyflow.instance.fields import Body, integer, optional_integer, optional_mapping, optional_text, text
from slyflow.instance.imagefile import read_header
from slyflow.instance.refusal import Refused, missing
from slyflow.instance.store import Argument, Store

_LABELS = "(SELECT count(*) FROM figure f WHERE f.image_id = i.id)"
COLUMNS = f"i.*, {taggings.OF_IMAGE} AS tags, {_LABELS} AS labels"
FIELDS = {
    "id": "i.id",
    "name": "i.name",
    "title": "i.name",
    "description": "i.description",
    "datasetId": "i.dataset_id",
    "projectId": "i.project_id",
    "parentId": "i.parent_id",
    "mime": "i.mime",
    "size": "i.size",
    "width": "i.width",
    "height": "i.height",
    "link": "i.link",
    "createdBy": "i.created_by",
    "createdAt": "i.created_at",
    "updatedAt": "i.updated_at",
    "labelsCount": _LABELS,
    "customSort": "json_extract(i.meta, '$.customSort')",
}


@dataclass(frozen=True, slots=True)
class Content:
    """What an image shows: a blob with its size in bytes and pixels, or a link."""

    sha256: str | None = None
    link: str | None = None
    mime: str | None = None
    size: int | None = None
    width: int | None = None
    height: int | None = None
    orientation: int = 1


def read_content(blobs: Blobs, sha256: str) -> Content | None:
    """Return what the stored bytes say, None when they are no image or not there."""
    blob = blobs.find(sha256)
    if blob is None:
        return None
    with blobs.open(sha256) as file:
        header = read_header(file)
    if header is None:
        return None
    return Content(sha256, None, header.mime, blob.size, header.width, header.height, header.orientation)


def row(store: Store, image_id: int) -> sqlite3.Row:
    """Return one image; Refused (404) when it is gone."""
    found = store.one(f"SELECT {COLUMNS} FROM image i WHERE i.id = ?", (image_id,))  # noqa: S608 - constants
    if found is None:
        raise missing("Image", image_id)
    return found


def form(image: sqlite3.Row, url: str) -> dict[str, Any]:
    """Return the image as the API shows it; size in bytes, `url` is the instance's address."""
    path = f"/public/api/v3/images.download?id={image['id']}"
    mime = image["mime"]
    return {
        "id": image["id"],
        "name": image["name"],
        "title": image["name"],
        "description": image["description"],
        "link": image["link"],
        "hash": hash_of(image["sha256"]) if image["sha256"] else None,
        "mime": mime,
        "ext": mime.partition("/")[2] if mime else None,
        "size": image["size"],
        "width": image["width"],
        "height": image["height"],
        "orientation": image["orientation"],
        "labelsCount": image["labels"],
        "datasetId": image["dataset_id"],
        "projectId": image["project_id"],
        "parentId": image["parent_id"],
        "meta": json.loads(image["meta"]),
        "tags": json.loads(image["tags"]),
        "pathOriginal": path,
        "fullStorageUrl": url.rstrip("/") + path,
        "createdBy": image["created_by"],
        "createdAt": image["created_at"],
        "updatedAt": image["updated_at"],
    }


def add(call: Call, dataset_id: int, wanted: Sequence[Body]) -> list[int]:
    """Add images `{title, hash | imageId | link, meta?, parentId?, description?}`; return their ids in order.

    A name that the dataset has already refuses all of them and names each (NONUNIQUE).
    """
    store = call.services.store
    dataset = store.one("SELECT id, project_id FROM dataset WHERE id = ?", (dataset_id,))
    if dataset is None:
        raise missing("Dataset", dataset_id)
    names = [optional_text(image, "title") or text(image, "name") for image in wanted]
    refuse_taken(store, dataset_id, names)
    contents = [_content(call, image) for image in wanted]
    return [
        _insert(call, dataset, name, content, image)
        for name, content, image in zip(names, contents, wanted, strict=True)
    ]


def refuse_taken(store: Store, dataset_id: int, names: Sequence[str]) -> None:
    """Refuse names that images of the dataset have, and names given twice."""
    taken = store.all(
        "SELECT id, name FROM image WHERE dataset_id = ?"
        " AND name IN (SELECT value FROM json_each(?)) ORDER BY id",
        (dataset_id, json.dumps(names)),
    )
    if taken:
        listed = ", ".join(f'"{image["name"]}"' for image in taken[:5])
        raise Refused(
            f"dataset {dataset_id} has images with these names already: {listed}",
            clashes=[{"id": image["id"], "name": image["name"]} for image in taken],
        )
    if len(set(names)) < len(names):
        twice = next(name for place, name in enumerate(names) if name in names[:place])
        raise Refused(f'two of the images are named "{twice}"')


def edit(store: Store, image_id: int, changes: Mapping[str, Any], now: str) -> None:
    """Change `name`, `description` and `meta` where they are there; `meta` is replaced whole."""
    image = row(store, image_id)
    name = changes.get("name") or image["name"]
    if name != image["name"]:
        refuse_taken(store, image["dataset_id"], [name])
    description, meta = changes.get("description"), changes.get("meta")
    store.run(
        "UPDATE image SET name = ?, description = ?, meta = ?, updated_at = ? WHERE id = ?",
        (
            name,
            image["description"] if description is None else description,
            image["meta"] if meta is None else json.dumps(meta),
            now,
            image_id,
        ),
    )


def remove(store: Store, image_ids: Sequence[int]) -> None:
    """Remove images with their labels; those that are gone already are no error."""
    store.run("DELETE FROM image WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(image_ids),))


def _content(call: Call, image: Body) -> Content:
    """Return what an image to add shows; Refused when it cannot be had."""
    source = optional_integer(image, "imageId")
    if source is not None:
        return _of_row(row(call.services.store, source))
    link = optional_text(image, "link")
    if link is not None:
        return Content(link=link)
    if image.get("teamFileId") is not None:
        return _cut_out(call, image)
    return _of_hash(call, text(image, "hash"))


def _of_row(image: sqlite3.Row) -> Content:
    columns = ("sha256", "link", "mime", "size", "width", "height", "orientation")
    return Content(*(image[column] for column in columns))


def _of_hash(call: Call, wanted: str) -> Content:
    sha256 = sha256_of(wanted)
    if sha256 is None:
        raise Refused(f"{wanted!r} is no hash, expected the sha256 of the bytes in base64")
    known = call.services.store.one("SELECT * FROM image WHERE sha256 = ? LIMIT 1", (sha256,))
    content = _of_row(known) if known else read_content(call.services.blobs, sha256)
    if content is None:
        raise Refused(
            f"there is no uploaded image with the hash {wanted}, upload it first (images.bulk.upload)"
        )
    return content


def _cut_out(call: Call, image: Body) -> Content:
    """Store a stretch of bytes of a Team File as an image of its own."""
    file_id = integer(image, "teamFileId")
    stretch = optional_mapping(image, "sourceBlob") or {}
    start, end = integer(stretch, "offsetStart"), integer(stretch, "offsetEnd")
    file = call.services.store.one("SELECT sha256, size FROM file WHERE id = ?", (file_id,))
    if file is None:
        raise missing("File", file_id)
    if not 0 <= start < end <= file["size"]:
        raise Refused(f"bytes {start} to {end} do not lie in file {file_id} of {file['size']} bytes")
    with call.services.blobs.open(file["sha256"]) as source:
        source.seek(start)
        blob = call.services.blobs.put(source.read(end - start))
    content = read_content(call.services.blobs, blob.sha256)
    if content is None:
        raise Refused(f"bytes {start} to {end} of file {file_id} are no image")
    return content


def _insert(call: Call, dataset: sqlite3.Row, name: str, content: Content, image: Body) -> int:
    values: tuple[Argument, ...] = (
        *(dataset["project_id"], dataset["id"], _parent(call, dataset, image), name),
        *(optional_text(image, "description") or "", content.sha256, content.link, content.mime),
        *(content.size, content.width, content.height, content.orientation),
        *(json.dumps(optional_mapping(image, "meta") or {}), call.principal.user_id, call.now, call.now),
    )
    return call.services.store.insert(
        "INSERT INTO image (project_id, dataset_id, parent_id, name, description, sha256, link, mime, size,"
        " width, height, orientation, meta, created_by, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        values,
    )


def _parent(call: Call, dataset: sqlite3.Row, image: Body) -> int | None:
    parent_id = optional_integer(image, "parentId")
    if parent_id is not None and row(call.services.store, parent_id)["dataset_id"] != dataset["id"]:
        raise Refused(f"image {parent_id} is of another dataset, it cannot be the parent")
    return parent_id
