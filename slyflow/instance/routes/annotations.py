"""Annotations of images."""

from slyflow.instance import annotations, datasets, images
from slyflow.instance.call import Call, Methods, Reply
from slyflow.instance.fields import flag, integer, integers, mapping, objects, optional_integer
from slyflow.instance.figures import Names
from slyflow.instance.listing import Listing
from slyflow.instance.refusal import Refused, missing
from slyflow.instance.tokens import token_page


def _list(call: Call) -> Reply:
    dataset_id = integer(call.body, "datasetId")
    datasets.row(call.services.store, dataset_id)
    fields = {**images.FIELDS, "imageId": "i.id", "imageName": "i.name"}
    listing = Listing("FROM image i WHERE i.dataset_id = ?", (dataset_id,), fields, "i.id")
    reply = token_page(call, listing, lambda row: row["id"])
    return {**reply, "entities": _forms(call, reply["entities"])}


def _info(call: Call) -> Reply:
    return _forms(call, [integer(call.body, "imageId")])[0]


def _bulk_info(call: Call) -> Reply:
    image_ids, dataset_id = integers(call.body, "imageIds"), optional_integer(call.body, "datasetId")
    reply = _forms(call, image_ids)
    for annotation in reply if dataset_id is not None else ():
        if annotation["datasetId"] != dataset_id:
            raise missing(f"In dataset {dataset_id}, image", annotation["imageId"])
    return reply


def _forms(call: Call, image_ids: list[int]) -> list[dict[str, object]]:
    return annotations.forms(
        call.services.store,
        image_ids,
        whole=flag(call.body, "integerCoords"),
        custom=flag(call.body, "withCustomBigData"),
    )


def _bulk_add(call: Call) -> Reply:
    known: dict[int, Names] = {}
    with call.services.store.transaction():
        for entry in objects(call.body, "annotations"):
            annotations.replace(call, integer(entry, "imageId"), mapping(entry, "annotation"), known)
    return {"success": True}


def _bulk_copy(call: Call) -> Reply:
    sources, targets = integers(call.body, "srcImageIds"), integers(call.body, "destImageIds")
    if len(sources) != len(targets):
        raise Refused(f"{len(sources)} source images and {len(targets)} destination images do not pair up")
    known: dict[int, Names] = {}
    forms = annotations.forms(call.services.store, sources, whole=False, custom=True)
    with call.services.store.transaction():
        for form, target in zip(forms, targets, strict=True):
            annotations.replace(call, target, form["annotation"], known)
    return {"success": True}


METHODS: Methods = {
    "annotations.list": _list,
    "annotations.info": _info,
    "annotations.bulk.info": _bulk_info,
    "annotations.bulk.add": _bulk_add,
    "annotations.bulk.copy": _bulk_copy,
}
