"""Apps are looked up for a lock as an instance tells them: a remote one, in its own spelling."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from slyflow.catalog.lock import LockedApp
from slyflow.client.instance import Instance
from slyflow.errors import BadReply, NotFound
from slyflow.model.pipeline import AppRef
from slyflow.problem import Span
from slyflow.running.lockup import Offer, at_release, look_up, offered
from slyflow.secret import Secret
from tests.client.scripted import Scripted, api

HERE = Span("p.yaml", 1, 1, 1, 2)
CONFIGS: Mapping[str, Mapping[str, Any]] = {
    "v1.2.0": {"modalTemplateState": {"a": [1]}, "contextMenu": {"target": ["images_project"]}},
    "v1.10.0": {"modalTemplateState": {"a": [1], "b": None}, "restartPolicy": "on_error", "headless": True},
    "main": {"modalTemplateState": {}, "description": "Exports\nall"},
}


class Server:
    """What the instance tells; `gone` are versions that it no longer has."""

    def __init__(self) -> None:
        self.configs = dict(CONFIGS)
        self.slug = "me/export"

    def info(self, body: Any) -> Any:
        if body.get("id") != 7 and body.get("slug") != "me/export":
            return 404, {}
        version = body.get("version") or "v1.10.0"
        if version not in self.configs:
            return 404, {}
        releases = [{"version": tag} for tag in sorted(self.configs) if tag != "main"]
        return {
            "id": 7,
            "slug": self.slug,
            "name": "Export",
            "config": self.configs[version],
            "meta": {"releases": releases},
        }

    def listed(self, body: Any) -> Any:
        row = {"id": 7, "slug": "me/export", "name": "Export", "config": {}}
        return {"total": 1, "perPage": 100, "pagesCount": 1, "entities": [row]}


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def instance(server: Server) -> Iterator[Instance]:
    answers = {
        "instance.version": lambda _: {"version": "6.17.8"},
        "ecosystem.info": server.info,
        "ecosystem.list": server.listed,
    }
    with Scripted(api(answers)) as scripted:
        opened = Instance(scripted.url, Secret("token-0123456789abcdef"))
        yield opened
        opened.close()


def locked(instance: Instance, **ref: Any) -> LockedApp:
    return look_up(instance, AppRef(**ref, span=HERE), None)


def test_the_newest_release_is_locked_with_what_it_takes(instance: Instance) -> None:
    app = locked(instance, slug="me/export")
    assert (app.asked, app.release, app.module_id, app.archive_sha256) == ("newest", "v1.10.0", 7, None)
    assert app.interface.arguments == {"a": [1], "b": None}
    assert (app.interface.headless, app.interface.restart_policy) == (True, "on_error")
    assert len(app.config_sha256) == 64


def test_a_release_that_is_given_is_kept_unless_a_version_is_asked_for(instance: Instance) -> None:
    ref = AppRef(slug="me/export", span=HERE)
    assert look_up(instance, ref, "v1.2.0").release == "v1.2.0"
    pinned = look_up(instance, AppRef(module_id=7, version="v1.10.0", span=HERE), "v1.2.0")
    assert (pinned.asked, pinned.release) == ("version", "v1.10.0")
    assert pinned.config_sha256 != look_up(instance, ref, "v1.2.0").config_sha256


def test_an_app_is_found_by_its_name_and_on_a_branch(instance: Instance) -> None:
    assert locked(instance, name="Export").slug == "me/export"
    branch = locked(instance, slug="me/export", branch="main")
    assert (branch.asked, branch.release, branch.description) == ("branch", "main", "Exports all")
    assert branch.interface.arguments == {}


def test_what_is_not_there_is_not_found(instance: Instance, server: Server) -> None:
    with pytest.raises(NotFound):
        locked(instance, slug="me/other")
    with pytest.raises(NotFound):
        locked(instance, slug="me/export", version="v9")
    server.slug = ""
    with pytest.raises(BadReply, match="the module 7 has no slug"):
        locked(instance, slug="me/export")


def test_an_offer_is_the_newest_and_the_newest_that_fits(instance: Instance) -> None:
    old = look_up(instance, AppRef(slug="me/export", span=HERE), "v1.2.0")
    assert offered(instance, old) == Offer("v1.10.0", "v1.10.0")
    pinned = locked(instance, slug="me/export", version="v1.2.0")
    assert offered(instance, pinned) == Offer("v1.10.0", "v1.2.0")
    assert offered(instance, locked(instance, slug="me/export", branch="main")).fitting == "main"


def test_what_changed_or_went_is_noted(instance: Instance, server: Server) -> None:
    newest, pinned = locked(instance, slug="me/export"), locked(instance, slug="me/export", version="v1.2.0")
    server.configs["v1.2.0"] = {**CONFIGS["v1.2.0"], "headless": True}
    assert offered(instance, pinned).note == "its config changed"
    del server.configs["v1.2.0"]
    assert offered(instance, pinned) == Offer("v1.10.0", None, "v1.2.0 is gone")
    server.slug = "me/else"
    assert offered(instance, newest).note == "it is me/else now"
    server.configs.clear()
    assert offered(instance, newest) == Offer(None, None, "the instance no longer has it")


def test_an_app_moves_to_another_release(instance: Instance) -> None:
    pinned = locked(instance, slug="me/export", version="v1.2.0")
    assert at_release(instance, pinned, None).release == "v1.10.0"
    assert at_release(instance, pinned, "v1.10.0").release == "v1.10.0"
    with pytest.raises(NotFound):
        at_release(instance, pinned, "v3")
    branch = locked(instance, slug="me/export", branch="main")
    assert at_release(instance, branch, None).release == "main"
