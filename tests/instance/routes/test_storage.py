"""The agent's folder over HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from slyflow.instance.folders import agent_storage
from tests.instance.dataapi import Api, running


@dataclass(frozen=True)
class Place:
    """An instance, and its agent's folder on this machine."""

    api: Api
    folder: Path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    home = tmp_path_factory.mktemp("instance")
    with running(home) as api:
        folder = agent_storage(home / "caches")
        (folder / "in").mkdir(parents=True)
        (folder / "in" / "a.txt").write_text("content")
        (folder / "b.json").write_text("{}")
        (home / "secret").write_text("secret")
        (folder / "way out").symlink_to(home)
        yield Place(api, folder)


def test_a_folder_shows_what_lies_directly_in_it(place: Place) -> None:
    shown = place.api("agents.storage.list", id=1, teamId=1, path="/")
    assert [(entry["type"], entry["path"], entry["size"]) for entry in shown] == [
        ("file", "agent://1/b.json", 2),
        ("directory", "agent://1/in", 0),
    ]
    (inner,) = place.api("agents.storage.list", id=1, teamId=1, path="/in/")
    assert (inner["path"], inner["meta"]) == (
        "agent://1/in/a.txt",
        {"size": 7, "mime": "text/plain", "ext": "txt"},
    )
    assert place.api("agents.storage.list", id=1, teamId=1, path="/nothing/") == []


def test_a_file_is_read(place: Place) -> None:
    assert place.api.send("agents.storage.download", {"id": 1, "path": "/in/a.txt"}).content == b"content"
    assert place.api.refused("agents.storage.download", id=1, path="/in/")[0] == 404
    assert place.api.refused("agents.storage.list", id=9, path="/")[0] == 404


@pytest.mark.parametrize("path", ["/../secret", "/way out/secret", "/in/../../secret"])
def test_nothing_outside_is_reached(place: Place, path: str) -> None:
    for method in ("agents.storage.download", "agents.storage.list"):
        assert place.api.refused(method, id=1, teamId=1, path=path)[0] == 400
