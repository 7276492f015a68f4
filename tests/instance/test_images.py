"""Images over HTTP."""

from collections.abc import Iterator
from email.parser import BytesParser
from typing import Any

import pytest
import requests

from tests.instance.dataapi import Api, hash_of, picture, running


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with running(tmp_path_factory.mktemp("instance")) as api:
        yield api


def parts(reply: requests.Response) -> dict[str, bytes]:
    """Read a multipart reply with the standard library."""
    head = f"Content-Type: {reply.headers['content-type']}\r\n\r\n".encode()
    found: dict[str, bytes] = {}
    for part in BytesParser().parsebytes(head + reply.content).walk():
        name = part.get_param("name", header="content-disposition")
        if isinstance(name, str):
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            found[name] = content
    return found


def names(page: Any) -> list[str]:
    return [entity["name"] for entity in page["entities"]]


def test_bytes_are_uploaded_once_and_shown_with_what_they_say(api: Api) -> None:
    dataset_id, content = api.dataset("bytes"), picture(10, (30, 20), "JPEG")
    assert api("images.internal.hashes.list", hashes=[hash_of(content)]) == []
    uploaded = api.send("images.bulk.upload", files={"0-file": ("0", content, "image/*")}).json()
    assert uploaded == [
        {"hash": hash_of(content), "mime": "image/jpeg", "size": len(content), "width": 30, "height": 20}
    ]
    bare = api.send("images.internal.hashes.list", [hash_of(content), hash_of(b"x"), "no hash", 5]).json()
    assert bare == [hash_of(content)]
    image = {"title": "a.jpg", "hash": hash_of(content), "meta": {"k": 1}}
    shown = api("images.bulk.add", datasetId=str(dataset_id), images=[image])[0]
    expected = {
        "name": "a.jpg",
        "mime": "image/jpeg",
        "ext": "jpeg",
        "size": len(content),
        "width": 30,
        "height": 20,
        "hash": hash_of(content),
        "meta": {"k": 1},
        "datasetId": dataset_id,
        "labelsCount": 0,
        "tags": [],
        "link": None,
    }
    assert expected.items() <= shown.items()
    assert api("images.info", id=shown["id"]) == shown


def test_a_download_has_its_exact_length_and_checksum(api: Api) -> None:
    content = picture(11)
    image_id = api.image(api.dataset("download"), "a.png", content)
    reply = api.send("images.download", {"id": image_id}, headers={"accept-encoding": "gzip, br"})
    assert reply.content == content
    assert reply.headers["content-length"] == str(len(content))
    assert reply.headers["x-content-checksum-sha256"] == hash_of(content)
    assert "content-encoding" not in reply.headers
    shown = api("images.info", id=image_id)
    assert api._http.get(shown["fullStorageUrl"], timeout=20).content == content


@pytest.mark.parametrize(
    ("wanted", "first", "last"), [("5-9", 5, 9), ("5-", 5, None), ("-4", -4, None), ("0-99999", 0, None)]
)
def test_a_stretch_of_an_image_is_sent_alone(api: Api, wanted: str, first: int, last: int | None) -> None:
    content = picture(11)
    image_id = api.image(api.dataset(f"range {wanted}"), "a.png", content)
    reply = api.send("images.download", {"id": image_id}, headers={"range": f"bytes={wanted}"})
    expected = content[first : None if last is None else last + 1]
    assert (reply.status_code, reply.content) == (206, expected)
    assert reply.headers["content-length"] == str(len(expected))
    start = content.index(expected)
    end = start + len(expected) - 1
    assert reply.headers["content-range"] == f"bytes {start}-{end}/{len(content)}"
    beyond = api.send("images.download", {"id": image_id}, headers={"range": "bytes=99999-"})
    assert beyond.status_code == 416


def test_many_images_come_as_parts_named_by_their_ids(api: Api) -> None:
    dataset_id = api.dataset("many")
    contents = [picture(20 + number) for number in range(3)]
    ids = [api.image(dataset_id, f"{number}.png", content) for number, content in enumerate(contents)]
    reply = api.send("images.bulk.download", {"datasetId": dataset_id, "imageIds": ids})
    assert int(reply.headers["content-length"]) == len(reply.content)
    assert parts(reply) == {str(image_id): content for image_id, content in zip(ids, contents, strict=True)}
    reply = api.send("images.bulk.download-by-hash", {"hashes": [hash_of(contents[1])]})
    assert parts(reply) == {hash_of(contents[1]): contents[1]}
    assert api.refused("images.bulk.download", datasetId=dataset_id, imageIds=[*ids, 999])[0] == 404
    assert api.refused("images.bulk.download", datasetId=api.dataset("not"), imageIds=ids)[0] == 404


def test_taken_names_are_all_told_and_nothing_is_added(api: Api) -> None:
    dataset_id, content = api.dataset("taken"), picture(12)
    ids = [api.image(dataset_id, name, content) for name in ("a.png", "b.png")]
    images = [{"title": name, "hash": hash_of(content)} for name in ("new.png", "b.png", "a.png")]
    status, error = api.refused("images.bulk.add", datasetId=dataset_id, images=images)
    told = error["details"][0]
    assert (status, told["type"]) == (400, "NONUNIQUE")
    assert [(clash["id"], clash["name"]) for clash in told["errors"]] == [
        (ids[0], "a.png"),
        (ids[1], "b.png"),
    ]
    assert names(api("images.list", datasetId=dataset_id)) == ["a.png", "b.png"]
    twice = [{"title": "c.png", "hash": hash_of(content)}] * 2
    assert "c.png" in api.refused("images.bulk.add", datasetId=dataset_id, images=twice)[1]["error"]


def test_an_image_is_copied_by_its_id(api: Api) -> None:
    content = picture(13)
    image_id = api.image(api.dataset("source"), "a.png", content)
    copy = api(
        "images.bulk.add", datasetId=api.dataset("copy"), images=[{"title": "b.png", "imageId": image_id}]
    )[0]
    assert (copy["hash"], copy["width"], copy["id"] > image_id) == (hash_of(content), 12, True)
    assert api.send("images.download", {"id": copy["id"]}).content == content


def test_an_image_is_cut_out_of_a_team_file(api: Api) -> None:
    content = picture(14)
    blob = b"head" + content + b"tail"
    binary = {"content-type": "application/octet-stream"}
    file = api.send("file-storage.upload?teamId=1&path=/blob.bin", headers=binary, data=blob).json()
    stretch = {"offsetStart": 4, "offsetEnd": 4 + len(content)}
    image = {"title": "a.png", "teamFileId": file["id"], "sourceBlob": stretch}
    dataset_id = api.dataset("cut")
    shown = api("images.bulk.add", datasetId=dataset_id, images=[image])[0]
    assert api.send("images.download", {"id": shown["id"]}).content == content
    beyond = {**image, "title": "b.png", "sourceBlob": {"offsetStart": 4, "offsetEnd": 10**6}}
    assert (
        "do not lie in" in api.refused("images.bulk.add", datasetId=dataset_id, images=[beyond])[1]["error"]
    )


def test_what_is_no_image_is_refused_at_both_doors(api: Api) -> None:
    dataset_id, content = api.dataset("door"), b"this is text"
    answer = api.send("images.bulk.upload", files={"0-file": ("0", content, "image/*")}).json()
    assert "hash" not in answer[0]
    assert "not an image" in answer[0]["errors"][0]["message"]
    image = {"title": "a.png", "hash": hash_of(content)}
    assert (
        "no uploaded image"
        in api.refused("images.bulk.add", datasetId=dataset_id, images=[image])[1]["error"]
    )
    unknown = {"title": "a.png", "hash": "nonsense"}
    assert "no hash" in api.refused("images.bulk.add", datasetId=dataset_id, images=[unknown])[1]["error"]


def test_a_link_is_kept_but_never_followed(api: Api) -> None:
    image = {"title": "a.png", "link": "https://example.com/a.png"}
    shown = api("images.bulk.add", datasetId=api.dataset("link"), images=[image])[0]
    assert (shown["link"], shown["hash"], shown["mime"]) == ("https://example.com/a.png", None, None)
    assert "does not follow" in api.refused("images.download", id=shown["id"])[1]["error"]


def test_lists_by_token_give_every_image_once(api: Api) -> None:
    dataset_id, content = api.dataset("token"), picture(15)
    images = [{"title": f"{number}.png", "hash": hash_of(content)} for number in range(5)]
    api.image(dataset_id, "x.png", content)
    api("images.bulk.add", datasetId=dataset_id, images=images)
    found: list[str] = []
    after: str | None = None
    while True:
        page = api("images.list", datasetId=dataset_id, pagination_mode="token", per_page=4, after=after)
        assert page["total"] == 6
        found += names(page)
        after = page["after"]
        if after is None:
            break
    assert found == ["x.png", *(f"{number}.png" for number in range(5))]


def test_lists_reach_into_nested_datasets_and_whole_projects(api: Api) -> None:
    top = api.dataset("reach")
    project_id = api("datasets.info", id=top)["projectId"]
    inner = api("datasets.add", projectId=project_id, name="inner", parentId=top)["id"]
    api.image(top, "a.png", picture(16))
    api.image(inner, "b.png", picture(17))
    assert names(api("images.list", datasetId=top, projectId=None)) == ["a.png"]
    assert names(api("images.list", datasetId=top, recursive=True)) == ["a.png", "b.png"]
    assert names(api("images.list", projectId=project_id, datasetId=None)) == ["a.png", "b.png"]
    assert api.refused("images.list", datasetId=999)[0] == 404
    assert "projectId" in api.refused("images.list")[1]["error"]


def test_edits_keep_what_they_do_not_name(api: Api) -> None:
    dataset_id = api.dataset("edits")
    image_id = api.image(dataset_id, "a.png", picture(18))
    other = api.image(dataset_id, "b.png", picture(18))
    shown = api("images.editInfo", id=image_id, meta={"z": 1})
    assert (shown["name"], shown["meta"]) == ("a.png", {"z": 1})
    shown = api("images.editInfo", id=image_id, name="c.png", description="d")
    assert (shown["name"], shown["meta"], shown["description"]) == ("c.png", {"z": 1}, "d")
    assert api.refused("images.editInfo", id=image_id, name="b.png")[1]["details"][0]["type"] == "NONUNIQUE"
    order = [{"id": image_id, "customSort": "2"}, {"id": other, "customSort": "1"}]
    api("images.bulk.set-custom-sort", images=order)
    assert names(api("images.list", datasetId=dataset_id, sort="customSort")) == ["b.png", "c.png"]
    assert api("images.info", id=image_id)["meta"] == {"z": 1, "customSort": "2"}


def test_removed_images_are_gone_and_their_names_are_free(api: Api) -> None:
    dataset_id = api.dataset("gone")
    image_id = api.image(dataset_id, "a.png", picture(19))
    api("images.bulk.remove", imageIds=[image_id])
    api("images.bulk.remove", imageIds=[image_id])
    assert api.refused("images.info", id=image_id)[0] == 404
    assert api.image(dataset_id, "a.png", picture(19)) > image_id
