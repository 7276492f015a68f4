"""Versions of projects over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.instance.dataapi import Api, running


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with running(tmp_path_factory.mktemp("instance")) as api:
        yield api


def commit(api: Api, reserved: Any, **extra: Any) -> None:
    token = {"id": reserved["id"], "commitToken": reserved["commitToken"]}
    assert api("projects.versions.commit", **token, teamFileId=1, **extra) == {"success": True}


def test_a_version_counts_once_it_is_committed(api: Api) -> None:
    project_id = api.project("counts")
    reserved = api("projects.versions.reserve", projectId=project_id)
    assert api("projects.versions.list", projectId=project_id)["total"] == 0
    assert api("projects.info", id=project_id)["version"] is None
    commit(api, reserved, title="first", description="d", projectUpdatedAt="2026-01-01T00:00:00Z")
    (shown,) = api("projects.versions.list", projectId=project_id)["entities"]
    assert (shown["id"], shown["version"], shown["name"], shown["teamFileId"]) == (
        reserved["id"],
        1,
        "first",
        1,
    )
    assert api("projects.info", id=project_id)["version"] == {"id": reserved["id"], "version": 1}
    assert "not reserved" in api.refused("projects.versions.commit", **reserved, teamFileId=1)[1]["error"]


def test_a_version_is_found_by_its_number(api: Api) -> None:
    project_id = api.project("numbers")
    ids = []
    for _ in range(3):
        reserved = api("projects.versions.reserve", projectId=project_id)
        commit(api, reserved)
        ids.append(reserved["id"])
    second = [{"field": "version", "operator": "=", "value": 2}]
    page = api("projects.versions.list", projectId=project_id, filter=second)
    assert [entity["id"] for entity in page["entities"]] == ids[1:2]


def test_a_reservation_is_given_up_with_its_token_only(api: Api) -> None:
    project_id = api.project("given up")
    reserved = api("projects.versions.reserve", projectId=project_id)
    wrong = {"id": reserved["id"], "commitToken": "guess"}
    assert api.refused("projects.versions.cancel-reservation", **wrong)[0] == 400
    assert api("projects.versions.cancel-reservation", **reserved) == {"success": True}
    assert api.refused("projects.versions.info", id=reserved["id"])[0] == 404


def test_name_and_description_change(api: Api) -> None:
    reserved = api("projects.versions.reserve", projectId=api.project("renamed"))
    commit(api, reserved, title="old", description="d")
    shown = api("projects.versions.update", id=reserved["id"], name="new")
    assert (shown["name"], shown["description"], shown["status"]) == ("new", "d", "committed")
