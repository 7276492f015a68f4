"""Images: lists, bytes in and out, and their place in datasets."""

from slyflow.instance import datasets, imagefilter, images
from slyflow.instance.blobs import Blob, hash_of, sha256_of
from slyflow.instance.call import Call, Methods, Reply
from slyflow.instance.download import Piece, blob_response, multipart_response
from slyflow.instance.fields import (
    flag,
    integer,
    integers,
    objects,
    optional_integer,
    optional_mapping,
    optional_text,
    texts,
)
from slyflow.instance.listing import Listing, Row
from slyflow.instance.multipart import read_parts
from slyflow.instance.refusal import Refused, missing
from slyflow.instance.store import Argument
from slyflow.instance.tokens import token_page


def _list(call: Call) -> Reply:
    conditions = [_place(call), *imagefilter.conditions(call.body)]
    source = "FROM image i WHERE " + " AND ".join(sql for sql, _ in conditions)
    arguments = tuple(argument for _, values in conditions for argument in values)
    listing = Listing(source, arguments, images.FIELDS, images.COLUMNS)
    return token_page(call, listing, lambda row: images.form(row, call.services.url))


def _place(call: Call) -> tuple[str, tuple[Argument, ...]]:
    """Return the condition for the images of the dataset, or the project, that the call names."""
    dataset_id = optional_integer(call.body, "datasetId")
    if dataset_id is None:
        project_id = integer(call.body, "projectId")
        return "i.project_id = ?", (project_id,)
    datasets.row(call.services.store, dataset_id)
    if flag(call.body, "recursive"):
        return f"i.dataset_id IN ({datasets.BELOW})", (dataset_id,)
    return "i.dataset_id = ?", (dataset_id,)


def _info(call: Call) -> Reply:
    return _form(call, integer(call.body, "id"))


def _edit(call: Call) -> Reply:
    image_id = integer(call.body, "id")
    changes = {
        "name": optional_text(call.body, "name"),
        "description": optional_text(call.body, "description"),
        "meta": optional_mapping(call.body, "meta"),
    }
    with call.services.store.transaction():
        images.edit(call.services.store, image_id, changes, call.now)
    return _form(call, image_id)


def _sort(call: Call) -> Reply:
    with call.services.store.transaction():
        for wanted in objects(call.body, "images"):
            image_id = integer(wanted, "id")
            meta = _stored_meta(call, image_id)
            meta["customSort"] = optional_text(wanted, "customSort")
            images.edit(call.services.store, image_id, {"meta": meta}, call.now)
    return {"success": True}


def _stored_meta(call: Call, image_id: int) -> dict[str, object]:
    meta: dict[str, object] = images.form(images.row(call.services.store, image_id), "")["meta"]
    return meta


def _add(call: Call) -> Reply:
    dataset_id = integer(call.body, "datasetId")
    wanted = objects(call.body, "images")
    with call.services.store.transaction():
        added = images.add(call, dataset_id, wanted)
        datasets.touch(call.services.store, dataset_id, call.now)
    return [_form(call, image_id) for image_id in added]


def _remove(call: Call) -> Reply:
    image_ids = integers(call.body, "imageIds")
    with call.services.store.transaction():
        images.remove(call.services.store, image_ids)
    return {"success": True}


def _known_hashes(call: Call) -> Reply:
    blobs = call.services.blobs
    known = []
    for wanted in call.items or texts(call.body, "hashes"):
        sha256 = sha256_of(wanted) if isinstance(wanted, str) else None
        if sha256 is not None and images.read_content(blobs, sha256) is not None:
            known.append(wanted)
    return known


async def _upload(call: Call) -> Reply:
    reply: list[dict[str, object]] = []
    for part in await read_parts(call):
        if part.blob is None:
            continue
        content = images.read_content(call.services.blobs, part.blob.sha256)
        if content is None:
            problem = "not an image of a kind known here: PNG, JPEG, GIF, BMP, WebP or TIFF"
            reply.append({"errors": [{"name": part.name, "message": problem}]})
        else:
            size = {"size": content.size, "width": content.width, "height": content.height}
            reply.append({"hash": part.blob.hash, "mime": content.mime, **size})
    return reply


def _download(call: Call) -> Reply:
    image = images.row(call.services.store, integer(call.body, "id"))
    return blob_response(call, _blob(image), image["mime"])


def _download_many(call: Call) -> Reply:
    store, dataset_id = call.services.store, optional_integer(call.body, "datasetId")
    pieces = []
    for image_id in integers(call.body, "imageIds"):
        image = images.row(store, image_id)
        if dataset_id is not None and image["dataset_id"] != dataset_id:
            raise missing(f"In dataset {dataset_id}, image", image_id)
        pieces.append(Piece(str(image_id), image["mime"] or "", _blob(image)))
    return multipart_response(call.services.blobs, pieces)


def _download_by_hash(call: Call) -> Reply:
    pieces = []
    for wanted in texts(call.body, "hashes"):
        sha256 = sha256_of(wanted)
        blob = call.services.blobs.find(sha256) if sha256 else None
        if blob is None:
            raise missing("Image", wanted)
        pieces.append(Piece(hash_of(blob.sha256), "application/octet-stream", blob))
    return multipart_response(call.services.blobs, pieces)


def _blob(image: Row) -> Blob:
    if image["sha256"] is None:
        raise Refused(f"image {image['id']} is a link ({image['link']}), which this instance does not follow")
    return Blob(image["sha256"], image["size"])


def _form(call: Call, image_id: int) -> dict[str, object]:
    return images.form(images.row(call.services.store, image_id), call.services.url)


METHODS: Methods = {
    "images.list": _list,
    "images.info": _info,
    "images.editInfo": _edit,
    "images.bulk.set-custom-sort": _sort,
    "images.bulk.add": _add,
    "images.bulk.remove": _remove,
    "images.internal.hashes.list": _known_hashes,
    "images.bulk.upload": _upload,
    "images.download": _download,
    "images.bulk.download": _download_many,
    "images.bulk.download-by-hash": _download_by_hash,
}
