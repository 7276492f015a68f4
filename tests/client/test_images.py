"""Images over the wire."""

from collections.abc import Callable
from typing import Any

import pytest

from slyflow.client import images as module
from slyflow.client.images import Image, Images, content_hash
from slyflow.client.transport import Transport
from slyflow.errors import BadReply
from tests.client.scripted import Script, Scripted, api, in_turn, reply

Serve = Callable[[Script], Scripted]
Connect = Callable[[Scripted], Transport]


def row(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"{number}.png",
        "width": 4,
        "height": "3",
        "hash": "h",
        "mime": "image/png",
        **more,
    }


class Store:
    """A server that keeps images by their hash."""

    def __init__(self, known: set[str]) -> None:
        self.known = known
        self.sent: list[int] = []

    def script(self) -> Script:
        import json
        import socket

        from tests.client.scripted import Received

        def answer(received: Received, connection: socket.socket) -> bool:
            connection.sendall(reply(json.dumps(self.answer(received)).encode()))
            return True

        return answer

    def answer(self, received: Any) -> Any:
        if received.method == "images.internal.hashes.list":
            return [hash_ for hash_ in received.json if hash_ in self.known]
        if received.method == "images.bulk.upload":
            boundary = received.headers["content-type"].split("boundary=")[1].encode()
            bodies = [
                part.split(b"\r\n\r\n", 1)[1][:-2] for part in received.body.split(b"--" + boundary)[1:-1]
            ]
            self.sent.append(len(bodies))
            return [{"hash": content_hash(body)} for body in bodies]
        assert received.method == "images.bulk.add"
        return [
            row(n, name=item["title"], hash=item["hash"]) for n, item in enumerate(received.json["images"], 1)
        ]


def test_a_hash_is_base64_of_sha256() -> None:
    assert content_hash(b"") == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


def test_images_are_listed(serve: Serve, connect: Connect) -> None:
    page = {"total": 1, "perPage": 10, "pagesCount": 1, "entities": [row(5, datasetId=9)]}
    images = Images(connect(serve(api({"images.list": lambda _: page}))))
    assert images.list(9) == [Image(5, "5.png", 4, 3, "h", "image/png", 9)]


def test_only_unknown_content_is_sent_and_once(serve: Serve, connect: Connect) -> None:
    store = Store({content_hash(b"known")})
    server = serve(store.script())
    added = Images(connect(server)).upload(
        9, [("a", b"known"), ("b", b"new"), ("c", b"new"), ("d", b"other")]
    )
    assert store.sent == [2]
    assert [(image.name, image.hash) for image in added] == [
        ("a", content_hash(b"known")),
        ("b", content_hash(b"new")),
        ("c", content_hash(b"new")),
        ("d", content_hash(b"other")),
    ]
    assert {image.dataset_id for image in added} == {9}


def test_no_images_ask_nothing(serve: Serve, connect: Connect) -> None:
    server = serve(Store(set()).script())
    assert list(Images(connect(server)).upload(9, [])) == []
    assert server.requests == []


def test_uploads_are_split_by_size_and_number(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH_BYTES", 10)
    monkeypatch.setattr(module, "BATCH", 3)
    store = Store(set())
    contents = [b"1" * 6, b"2" * 6, b"3" * 20, b"4", b"5", b"6", b"7"]
    added = Images(connect(serve(store.script()))).upload(
        9, [(content.decode(), content) for content in contents]
    )
    assert store.sent == [1, 1, 1, 3, 1]
    assert [image.name for image in added] == [content.decode() for content in contents]


def test_an_image_the_server_did_not_store_is_told(serve: Serve, connect: Connect) -> None:
    def script(received: Any, connection: Any) -> bool:
        body = (
            b"[]" if received.method == "images.internal.hashes.list" else b'[{"errors": ["not an image"]}]'
        )
        connection.sendall(reply(body))
        return True

    with pytest.raises(BadReply, match="1 of 1 images were not stored"):
        Images(connect(serve(script))).upload(9, [("a", b"junk")])


def test_an_image_is_downloaded_as_it_is(serve: Serve, connect: Connect) -> None:
    assert Images(connect(serve(in_turn(reply(b"\x89PNG"))))).download(5) == b"\x89PNG"


def test_annotations_are_read_by_image(serve: Serve, connect: Connect) -> None:
    def answer(body: Any) -> Any:
        return [{"imageId": image_id, "annotation": {"objects": [image_id]}} for image_id in body["imageIds"]]

    server = serve(api({"annotations.bulk.info": answer}))
    found = Images(connect(server)).annotations(9, range(1, 121))
    assert found[120] == {"objects": [120]}
    assert len(found) == 120
    assert [len(received.json["imageIds"]) for received in server.requests] == [50, 50, 20]


def test_annotations_are_replaced_together(serve: Serve, connect: Connect) -> None:
    server = serve(in_turn(None, reply(b"{}")))
    Images(connect(server)).annotate(9, {5: {"objects": []}, 6: {"objects": []}})
    assert server.requests[1].json["annotations"] == [
        {"imageId": 5, "annotation": {"objects": []}},
        {"imageId": 6, "annotation": {"objects": []}},
    ]
