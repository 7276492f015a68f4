"""Images of a dataset and their annotations: listed, uploaded once by content, downloaded, labelled."""

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from slyflow.client.multipart import Part
from slyflow.client.page import entities
from slyflow.client.retry import READ, WRITE
from slyflow.client.row import Row, identity, mapping, rows, text, whole
from slyflow.client.transport import Transport
from slyflow.errors import BadReply
from slyflow.model.value import Json

IMAGE_LIMIT = 256 * 1024 * 1024
BATCH_BYTES = 24 * 1024 * 1024
BATCH = 50
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Image:
    """One image; sizes in pixels, `hash` is the base64 SHA-256 of its content."""

    id: int
    name: str
    width: int
    height: int
    hash: str | None
    mime: str | None
    dataset_id: int


class Images:
    """Reads and writes the images of datasets."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, dataset_id: int) -> Sequence[Image]:
        """Return all images of the dataset, by id."""
        body: Row = {"datasetId": dataset_id, "projectId": None, "filter": [], "forceMetadataForLinks": False}
        found = entities(self._transport, "images.list", body)
        return [_image(row, "images.list") for row in found]

    def upload(self, dataset_id: int, images: Sequence[tuple[str, bytes]]) -> Sequence[Image]:
        """Add images, given as name and content, and return them in the same order.

        Content that the instance has already is not sent. Rejected when a name is taken.
        """
        contents = {content_hash(content): content for _, content in images}
        for hashes in _batched(list(contents)):
            answer = self._transport.call("images.internal.hashes.list", hashes, retry=READ)
            for known in answer if isinstance(answer, Sequence) else ():
                contents.pop(str(known), None)
        for batch in _by_size(contents):
            self._send(batch)
        added: list[Image] = []
        for named in _batched(images):
            added += self._add(dataset_id, named)
        return added

    def download(self, image_id: int) -> bytes:
        """Return the image file's bytes, as they were uploaded."""
        return self._transport.fetch("images.download", {"id": image_id}, limit=IMAGE_LIMIT)

    def annotations(self, dataset_id: int, image_ids: Sequence[int]) -> dict[int, dict[str, Json]]:
        """Return the annotation of each image by its id, as Supervisely's annotation JSON."""
        method = "annotations.bulk.info"
        found: dict[int, dict[str, Json]] = {}
        for ids in _batched(image_ids):
            body: Json = {
                "datasetId": dataset_id,
                "imageIds": ids,
                "withCustomBigData": True,
                "forceMetadataForLinks": False,
                "integerCoords": False,
            }
            for row in rows(self._transport.call(method, body, retry=READ), method):
                annotation = mapping(row.get("annotation"), method)
                found[identity(row, "imageId", method)] = dict(annotation)
        return found

    def annotate(self, dataset_id: int, annotations: Mapping[int, Mapping[str, Json]]) -> None:
        """Replace the annotations of images, given by image id; classes and tags go by their names."""
        for batch in _batched(list(annotations.items())):
            body: Json = {
                "datasetId": dataset_id,
                "annotations": [
                    {"imageId": image_id, "annotation": annotation} for image_id, annotation in batch
                ],
                "skipBoundsValidation": False,
            }
            # Replacing by the same annotation twice changes nothing.
            self._transport.call("annotations.bulk.add", body, retry=READ)

    def _send(self, batch: Mapping[str, bytes]) -> None:
        method = "images.bulk.upload"
        parts = [
            Part(f"{position}-file", content, str(position))
            for position, content in enumerate(batch.values())
        ]
        # Stored by content: sending it again changes nothing.
        answer = rows(self._transport.upload(method, parts, retry=READ), method)
        missing = set(batch) - {text(row, "hash") for row in answer}
        if missing:
            raise BadReply(
                f"{method}: {len(missing)} of {len(batch)} images were not stored; are they images?"
            )

    def _add(self, dataset_id: int, named: Sequence[tuple[str, bytes]]) -> Sequence[Image]:
        method = "images.bulk.add"
        body: Json = {
            "datasetId": dataset_id,
            "images": [{"title": name, "hash": content_hash(content)} for name, content in named],
            "forceMetadataForLinks": False,
            "skipValidation": False,
        }
        answer = rows(self._transport.call(method, body, retry=WRITE), method)
        if len(answer) != len(named):
            raise BadReply(f"{method}: sent {len(named)} images, the instance answered {len(answer)}")
        return [_image({"datasetId": dataset_id, **row}, method) for row in answer]


def content_hash(content: bytes) -> str:
    """Return the hash by which instances know an image's content."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def _batched(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def _by_size(contents: Mapping[str, bytes]) -> Iterator[dict[str, bytes]]:
    """Yield batches of at most 24 MiB, or of one image that is larger."""
    batch: dict[str, bytes] = {}
    size = 0
    for key, content in contents.items():
        if batch and (size + len(content) > BATCH_BYTES or len(batch) == BATCH):
            yield batch
            batch, size = {}, 0
        batch[key] = content
        size += len(content)
    if batch:
        yield batch


def _image(row: Row, method: str) -> Image:
    return Image(
        id=identity(row, "id", method),
        name=text(row, "name") or "",
        width=whole(row, "width"),
        height=whole(row, "height"),
        hash=text(row, "hash"),
        mime=text(row, "mime"),
        dataset_id=identity(row, "datasetId", method),
    )
